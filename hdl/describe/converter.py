"""Text for the head of a converter's Verilog."""

from lmul.golden.logarithms import LogFormat
from lmul.hdl.describe.multiplier import wrapped


def describe_converter(name: str, f: LogFormat) -> list[str]:
    """Write the comment lines of a converter to log codes or normalised codes."""
    own, fraction = f.format, f.fraction_bits
    subnormals = "counts in full, normalised" if f.subnormals else "is a zero"
    excess = f" + {f.excess}" if f.excess else ""
    if f.table is None:
        return [
            *wrapped(f"{name}: a code of the format {own}, with a subnormal number normalised. Combinational."),
            "",
            *wrapped(
                f"The word is sign | exponent, {f.exponent_bits} bits | mantissa, {fraction} bits: the number (1 + "
                f"mantissa / 2^{fraction}) 2^(exponent - {own.bias + f.excess}). A zero has the exponent field 0."
            ),
        ]
    return [
        *wrapped(f"{name}: a code of the format {own} to its log code. Combinational."),
        "",
        *wrapped(
            f"A log code is sign | exponent, {f.exponent_bits} bits | fraction, {fraction} bits. Without its sign it "
            f"is (e{excess}) * 2^{fraction} + L[m], e the exponent field of the code and m its mantissa; L[m] is "
            f"2^{fraction} log2(1 + m / 2^{own.mantissa_bits}) as its table has it. A code with the exponent field 0 "
            f"{subnormals}; a zero has the exponent field 0."
        ),
    ]
