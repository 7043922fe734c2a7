"""Datapath of a multiplier as operators on words."""

from collections.abc import Callable
from typing import Any

from amaranth.hdl import Cat, Module, Value

from lmul.golden.parameters import Parameters, Policy
from lmul.hdl.arith.exponent import exponent_width
from lmul.hdl.arith.wire_names import SIGNIFICAND_PRODUCT
from lmul.hdl.rtl import edges, extended
from lmul.hdl.rtl.extended import Significand
from lmul.hdl.rtl.fields import Special, operand, special_values
from lmul.hdl.rtl.words import named

Cut = Callable[[dict[str, Value]], dict[str, Value]]
"""Registers named values, or passes them on."""


def product(m: Module, p: Parameters, x: Value, y: Value, cut: Cut) -> Value:
    """Build the code of the product of two codes.

    Parameters
    ----------
    x, y : Value
        Codes of the operands.
    cut : Cut
        Takes what the second half needs, once: behind a multiplication of significands, else behind T.
    """
    left, right = operand(m, p, p.format, "x", x), operand(m, p, p.y_format, "y", y)
    aside: dict[str, Value] = {"sign": named(m, "sign", left.sign ^ right.sign)}
    if p.policy.has_special_values:
        special = special_values(m, p, (x, y), (left.normal, right.normal))
        aside |= {"nan": special.nan, "infinite": special.infinite, "zero": special.zero}
    elif p.policy is Policy.FLUSH:
        aside["operands_normal"] = named(m, "operands_normal", left.normal & right.normal)
    if p.method.is_exact and not extended.is_tabled(p):
        whole = extended.multiplied(m, left, right)
        held = cut(aside | {SIGNIFICAND_PRODUCT: whole, "x_exponent": left.exponent, "y_exponent": right.exponent})
        operands = held[SIGNIFICAND_PRODUCT], (held["x_exponent"], held["y_exponent"])
        if p.policy is Policy.IEEE:
            return _ieee(m, p, extended.significand(m, p, *operands), held)
        return _edges(m, p, extended.rounded(m, p, *operands, p.bias, exponent_width(p)), held)
    held = cut(aside | {"t": extended.added(m, p, left, right)})
    t = held["t"].as_signed()
    if p.policy is Policy.IEEE:
        width = p.result.mantissa_bits
        return _ieee(m, p, Significand(t[:width], t[width:].as_signed()), held)
    return _edges(m, p, t, held)


def _edges(m: Module, p: Parameters, t: Value, held: dict[str, Value]) -> Value:
    z = p.result
    if p.policy is Policy.RAW:
        return Cat(t[: z.magnitude_bits], held["sign"])
    if p.policy is Policy.FLUSH:
        return Cat(named(m, "magnitude", edges.flushed(m, z, t, held["operands_normal"])), held["sign"])
    zero = held["zero"] | edges.is_below(m, z, t)
    return _special(m, p, t[: z.magnitude_bits], edges.is_above(m, z, t), held | {"zero": zero})


def _ieee(m: Module, p: Parameters, exact: Significand, held: dict[str, Value]) -> Value:
    code = edges.denormalised(m, p, exact)
    # A sign that is always 0 makes it an extended code.
    above = edges.is_above(m, p.result, Cat(code, 0))
    return _special(m, p, code[: p.result.magnitude_bits], above, held)


def _special(m: Module, p: Parameters, number: Value, above: Value, held: dict[str, Any]) -> Value:
    special = Special(held["nan"], held["infinite"], held["zero"])
    magnitude, is_nan = edges.with_special_values(m, p, number, above, special)
    return Cat(magnitude, named(m, "product_sign", held["sign"] & ~is_nan))
