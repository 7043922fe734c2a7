"""Layout of the operands that lanes multiply: codes, or what the converter before them makes of codes."""

from dataclasses import dataclass

from lmul.golden.parameters import Parameters


@dataclass(frozen=True)
class Entering:
    """Layout of an operand as a lane takes it: sign | exponent | mantissa. Exponent field 0 is a zero.

    Attributes
    ----------
    exponent_bits, mantissa_bits : int
        Bits of the fields.
    highest : int
        The largest exponent field.
    excess : int
        What the exponent field has more than the operand's own, where a converter adds some.
    """

    exponent_bits: int
    mantissa_bits: int
    highest: int
    excess: int = 0

    @property
    def width(self) -> int:
        """Return the bits of an operand."""
        return 1 + self.exponent_bits + self.mantissa_bits


def entering(p: Parameters) -> tuple[Entering, Entering]:
    """Return the layouts of x and of y, before the loader makes a stored word of y."""
    if p.entry_formats is not None:
        x, y = (Entering(f.exponent_bits, f.fraction_bits, f.highest_field, f.excess) for f in p.entry_formats)
    else:
        # Of integers, sign and magnitude, without an exponent.
        formats = p.format, p.y_format
        x, y = (Entering(f.exponent_bits, f.mantissa_bits, (1 << f.exponent_bits) - 1) for f in formats)
    return x, y
