"""Layout of the operands that lanes multiply: codes, or log codes where a converter stands before them."""

from dataclasses import dataclass

from lmul.golden.parameters import Parameters


@dataclass(frozen=True)
class Entering:
    """Layout of an operand as a lane takes it: sign | exponent | mantissa. Exponent field 0 is a zero.

    Attributes
    ----------
    exponent_bits, mantissa_bits : int
        Bits of the fields.
    excess : int
        What the exponent field has more than the operand's own; log codes alone have one.
    """

    exponent_bits: int
    mantissa_bits: int
    excess: int = 0

    @property
    def width(self) -> int:
        """Return the bits of an operand."""
        return 1 + self.exponent_bits + self.mantissa_bits


def entering(p: Parameters) -> tuple[Entering, Entering]:
    """Return the layouts of x and of y, before the loader makes a stored word of y."""
    if p.log_formats is not None:
        x, y = (Entering(f.exponent_bits, f.fraction_bits, f.excess) for f in p.log_formats)
    else:
        x, y = (Entering(f.exponent_bits, f.mantissa_bits) for f in (p.format, p.y_format))
    return x, y
