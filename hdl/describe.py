"""What a multiplier computes, in words: the head of its Verilog file."""

from lmul.golden.parameters import Method, Parameters, Policy


def describe(parameters: Parameters, pipeline: int) -> list[str]:
    """The comment lines of a multiplier."""
    f, width = parameters.format, parameters.format.magnitude_bits
    kind = "Combinational." if pipeline == 0 else f"{pipeline} cycles latency, one product a cycle, ready/valid."
    return [
        f"{parameters.name}: p = x * y, both codes of the format {f}. {kind}",
        "",
        f"Code: sign | {f.exponent_bits} exponent bits (bias {f.bias}) | {f.mantissa_bits} mantissa bits.",
        f"X, Y: the low {width} bits of x, y. T: the same of the product, without bounds.",
        "",
        *_method(parameters),
        "",
        *_policy(parameters),
    ]


def _method(parameters: Parameters) -> list[str]:
    f, size = parameters.format, parameters.format.hidden_one
    bias = f"0x{f.bias << f.mantissa_bits:X}"
    match parameters.method:
        case Method.EXACT:
            return ["Method exact: T is the code of the true product, rounded to nearest, ties to even."]
        case Method.CORRECTED:
            rows = " ".join(str(list(row)) for row in parameters.correction)
            return [
                f"Method corrected: T = X + Y - {bias} + D, D of the {parameters.table_bits} top mantissa bits of x and of y.",
                f"D by x (rows) and y (columns), in units of 2^-{f.mantissa_bits}: {rows}",
            ]
        case method:
            return [
                f"Method {method}: T = X + Y - 0x{parameters.offset:X} (= {bias} - {parameters.correction[0][0]}/{size} of the hidden bit)."
            ]


def _policy(parameters: Parameters) -> list[str]:
    f = parameters.format
    if parameters.policy is Policy.RAW:
        return [f"Policy raw: p is the sign x ^ y and T mod 2^{f.magnitude_bits}. It wraps; nothing is special."]
    return [
        "Policy flush: an operand whose exponent field is 0 counts as zero. p is a zero of the sign x ^ y where an",
        f"operand is zero or T < 0x{f.hidden_one:X}, and saturates at 0x{f.top:X} where T is larger. Codes reserved for Inf",
        "or NaN are multiplied as the numbers that their bits spell.",
    ]
