"""What a multiplier computes, in words: the head of its Verilog file."""

from lmul.golden.parameters import Method, Parameters, Policy


def describe(name: str, parameters: Parameters, pipeline: int) -> list[str]:
    """The comment lines of a multiplier."""
    f, width = parameters.format, parameters.format.magnitude_bits
    if pipeline == 0:
        timing = "Combinational."
    else:
        cycles = "1 clock cycle" if pipeline == 1 else f"{pipeline} clock cycles"
        timing = f"Latency {cycles}, one product a cycle; ready/valid on both sides; rst is synchronous, active high."
    return [
        f"{name}: p = x * y, in codes of the format {f}.",
        timing,
        "",
        f"A code is sign | {f.exponent_bits} exponent bits with bias {f.bias} | {f.mantissa_bits} mantissa bits.",
        f"X and Y are the low {width} bits of x and y; T is the same of the product, as an integer without bounds.",
        "",
        *_method(parameters),
        "",
        *_policy(parameters),
    ]


def _method(parameters: Parameters) -> list[str]:
    f = parameters.format
    bias = f"0x{f.bias << f.mantissa_bits:X}"
    match parameters.method:
        case Method.EXACT:
            return ["Method exact: T is the code of the true product rounded to nearest, ties to even."]
        case Method.CORRECTED:
            rows, t = " ".join(str(list(row)) for row in parameters.correction), parameters.table_bits
            return [
                f"Method {parameters.method_name}: T = X + Y - {bias} + D. D is chosen by the {t} top",
                f"mantissa bits of each operand, by those of x the row and by those of y the column: {rows}",
            ]
        case method:
            d = parameters.correction[0][0]
            return [f"Method {method}: T = X + Y - 0x{parameters.offset:X}, which is the bias, {bias}, less D = {d}."]


def _policy(parameters: Parameters) -> list[str]:
    f = parameters.format
    if parameters.policy is Policy.RAW:
        return [f"Policy raw: p is sign of x ^ sign of y | T mod 2^{f.magnitude_bits}. It wraps; no code is special."]
    return [
        "Policy flush: an operand whose exponent field is 0 counts as zero. p is zero, with the sign of x ^ that",
        f"of y, if an operand is or if T < 0x{f.hidden_one:X}; it is 0x{f.top:X}, the largest number, if T is larger.",
        "Codes that the format reserves for Inf or NaN are multiplied as the numbers that their bits spell.",
    ]
