"""Text for the head of a multiplier's Verilog file."""

import textwrap
from typing import Any

from lmul.golden.formats import Format, FormatKind
from lmul.golden.methods import Rounding
from lmul.golden.parameters import Overflow, Parameters, Policy

_WIDTH = 110


def describe(name: str, parameters: Parameters, pipeline: int) -> list[str]:
    """Write the comment lines of a multiplier."""
    if pipeline == 0:
        timing = "Combinational."
    else:
        cycles = "1 clock cycle" if pipeline == 1 else f"{pipeline} clock cycles"
        timing = f"Latency {cycles}, one product a cycle; ready/valid on both sides; rst is synchronous, active high."
    what, *fields = _formats(parameters)
    return [
        f"{name}: p = x * y, {what}",
        timing,
        "",
        *fields,
        "",
        *_method(parameters),
        "",
        *_policy(parameters),
    ]


def _formats(p: Parameters) -> list[str]:
    x, y, z = p.format, p.y_format, p.result
    if x == y == z:
        lines = [
            f"in codes of the format {x}.",
            f"A code is {_fields(x)}.",
            f"X and Y are the low {x.magnitude_bits} bits of x and y; T is the same of the product, as an integer "
            "without bounds.",
        ]
    else:
        lines = [
            f"x in codes of the format {x}, y of {y}, p of {z}.",
            *(f"{what} is {_fields(f)}." for what, f in (("x", x), ("y", y), ("p", z))),
            f"X and Y are the low {x.magnitude_bits} bits of x and the low {y.magnitude_bits} bits of y, with zeros "
            f"appended up to {p.mantissa_bits} mantissa bits;",
            f"T is the low {z.magnitude_bits} bits of the product, as an integer without bounds.",
        ]
    if p.policy is Policy.IEEE:
        lines.append(
            "Of a subnormal operand X, or Y, is that of the normal number it equals: its exponent field is <= 0."
        )
    return lines


def _fields(f: Format) -> str:
    return f"sign | {f.exponent_bits} exponent bits with bias {f.bias} | {f.mantissa_bits} mantissa bits"


def _less(amount: int) -> str:
    return f"- 0x{amount:X}" if amount >= 0 else f"+ 0x{-amount:X}"


def _method(p: Parameters) -> list[str]:
    if p.method.is_exact:
        way = "to nearest, ties to even" if p.rounding is Rounding.NEAREST else "toward zero"
        return [f"Method {p.method}: T is the code of the true product rounded {way}."]
    return [*_sum(p), *_conversion(p)]


def _conversion(p: Parameters) -> list[str]:
    """Say how the sum becomes T of a result with other mantissa bits."""
    m, z = p.mantissa_bits, p.result.mantissa_bits
    if z == m:
        return []
    if z > m:
        return [f"That sum has {m} mantissa bits; {z - m} zeros below it make it T."]
    return [f"That sum has {m} mantissa bits; without the lowest {m - z}, to nearest, ties to even, it is T."]


def _sum(p: Parameters) -> list[str]:
    bias = p.bias << p.mantissa_bits
    if p.offset is None:
        rows = " ".join(str(list(row)) for row in p.correction)
        return wrapped(
            f"Method {p.method}: T = X + Y {_less(bias)} + D. D is chosen by the {p.table_bits} top mantissa bits of "
            f"each operand, by those of x the row and by those of y the column: {rows}"
        )
    kind, d = p.method.kind, p.correction[0][0]
    if p.offset >= 0:
        return [f"Method {kind}: T = X + Y - 0x{p.offset:X}, which is the bias, 0x{bias:X}, less D = {d}."]
    shown = f"0x{bias:X}" if bias >= 0 else f"-0x{-bias:X}"
    return [f"Method {kind}: T = X + Y + 0x{-p.offset:X}, which is D = {d} less the bias, {shown}."]


def _policy(p: Parameters) -> list[str]:
    z = p.result
    if p.policy is Policy.RAW:
        return [f"Policy raw: p is sign of x ^ sign of y | T mod 2^{z.magnitude_bits}. It wraps; no code is special."]
    if p.policy.has_special_values:
        return _special_values(p)
    lines = [
        "Policy flush: an operand whose exponent field is 0 counts as zero. p is zero, with the sign of x ^ that",
        f"of y, if an operand is or if T < 0x{z.hidden_one:X}; it is 0x{z.top:X}, the largest number, if T is larger.",
    ]
    if _reserved(p):
        lines.append(
            "Codes that the format reserves for Inf or NaN are multiplied as the numbers that their bits spell."
        )
    return lines


def _reserved(p: Parameters) -> bool:
    return any(f.kind is not FormatKind.FINITE for f in (p.format, p.y_format))


def _special_values(p: Parameters) -> list[str]:
    z = p.result
    once = "the true product rounded once" if p.method.is_exact else "rounded once to nearest, ties to even"
    ftz = p.policy is Policy.FTZ
    operands = "an operand whose exponent field is 0 counts as zero" if ftz else "subnormal operands count in full"
    lines = [
        f"Policy {p.policy}: {operands}. Zero times a number is zero.",
        f"The sign of p is that of x ^ that of y{', but 0 for NaN' if z.nan is not None else ''}.",
        f"T < 0x{z.hidden_one:X} gives {'zero' if ftz else f'a subnormal number or zero, {once}'}.",
    ]
    saturates = p.overflow is Overflow.SATURATE or p.rounding is Rounding.ZERO or z.nan is None
    beyond = z.top if saturates or z.nan is None else z.infinity or z.nan
    kind = "the largest number" if beyond == z.top else "NaN" if beyond == z.nan else "Inf"
    lines.append(f"T > 0x{z.top:X} gives 0x{beyond:X}, {kind}.")
    infinity = any(f.kind is FormatKind.IEEE for f in (p.format, p.y_format))
    if _reserved(p):
        zero = ", and Inf times 0," if infinity else ""
        lines.append(f"NaN times anything{zero} is the NaN 0x{z.nan:X}.")
    if infinity:
        infinite = f"0x{z.infinity:X}" if z.infinity is not None else f"the NaN 0x{z.nan:X}, for {z} has no Inf"
        lines.append(f"Inf times anything else is {infinite}.")
    return lines


def wrapped(text: str, indent: str = "") -> list[str]:
    """Wrap a paragraph to lines."""
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=f"{indent}  " if indent else "")


def format_manifest(f: Format) -> dict[str, Any]:
    """List the properties of a format for a manifest."""
    return {
        "name": f.name,
        "exponent_bits": f.exponent_bits,
        "mantissa_bits": f.mantissa_bits,
        "bias": f.bias,
        "kind": f.kind,
        "top": f.top,
    }
