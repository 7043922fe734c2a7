"""Text for the head of a converter's Verilog, and of units that take what it makes."""

from lmul.golden.logarithms import LogFormat
from lmul.hdl.describe.multiplier import wrapped


def describe_converter(name: str, f: LogFormat) -> list[str]:
    """Write the comment lines of a converter to log codes or normalised codes."""
    what = "with a subnormal number normalised" if f.table is None else "to its log code"
    return [
        *wrapped(f"{name}: a code of the format {f.format}, {what}. Combinational."),
        "",
        *wrapped(word_layout(f)),
    ]


def word_layout(f: LogFormat) -> str:
    """Say which bits a log code or a normalised code has, and what they mean."""
    own, fraction = f.format, f.fraction_bits
    if f.table is None:
        return (
            f"A normalised code is sign | exponent, {f.exponent_bits} bits | mantissa, {fraction} bits: the number (1 "
            f"+ mantissa / 2^{fraction}) 2^(exponent - {own.bias + f.excess}). A zero has the exponent field 0."
        )
    subnormals = "counts in full, normalised" if f.subnormals else "is a zero"
    excess = f" + {f.excess}" if f.excess else ""
    return (
        f"A log code is sign | exponent, {f.exponent_bits} bits | fraction, {fraction} bits. Without its sign it is "
        f"(e{excess}) * 2^{fraction} + L[m], e the exponent field of the code and m its mantissa; L[m] is 2^{fraction} "
        f"log2(1 + m / 2^{own.mantissa_bits}) as its table has it. A code with the exponent field 0 {subnormals}; a "
        f"zero has the exponent field 0."
    )
