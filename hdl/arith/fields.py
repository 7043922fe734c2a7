"""Sign, exponent and mantissa fields of an operand."""

from dataclasses import dataclass

from amaranth.hdl import Value

from lmul.golden.formats import Format
from lmul.hdl.arith.entering import Entering
from lmul.hdl.arith.gates import Bit, bits_of


@dataclass(frozen=True)
class OperandFields:
    """Mantissa and exponent field of an operand, lowest bits first.

    Attributes
    ----------
    mantissa : list of Bit
        Mantissa, as wide as the product's; a narrower one is padded with zeros below.
    exponent : list of Bit
        Exponent field, unsigned; in two's complement after normalisation of subnormal numbers.
    """

    mantissa: list[Bit]
    exponent: list[Bit]


def split(f: Format | Entering, width: int, code: Value) -> tuple[OperandFields, Bit]:
    """Split a code or a log code into its fields, the mantissa padded to `width` bits, and its sign."""
    *bits, sign = bits_of(code)
    padding: list[Bit] = [0] * (width - f.mantissa_bits)
    return OperandFields([*padding, *bits[: f.mantissa_bits]], bits[f.mantissa_bits :]), sign
