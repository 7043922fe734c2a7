"""Policies at the edges of a format: from T, or from an unrounded product, to the code of the product."""

from amaranth.hdl import Cat, Const, Module, Mux, Value

from lmul.golden.formats import Format, FormatKind
from lmul.golden.methods import Rounding
from lmul.golden.parameters import Parameters
from lmul.hdl.arith.ieee import special_codes
from lmul.hdl.rtl.extended import Significand
from lmul.hdl.rtl.fields import Special
from lmul.hdl.rtl.words import named, resized


def is_below(m: Module, f: Format, t: Value) -> Value:
    """Tell whether T, signed, is below the smallest normal code."""
    return named(m, "below", t[-1] | ~t[f.mantissa_bits : -1].any())


def is_above(m: Module, f: Format, t: Value) -> Value:
    """Tell whether T, signed, is above the format's largest number."""
    beyond = t[f.magnitude_bits : -1].any()
    code = t[: f.magnitude_bits]
    if f.kind is FormatKind.IEEE:
        beyond |= code[f.mantissa_bits :].all()
    if f.kind is FormatKind.FN:
        beyond |= code.all()
    return named(m, "above", ~t[-1] & beyond)


def flushed(m: Module, f: Format, t: Value, operands_normal: Value) -> Value:
    """Build the magnitude code under flush: zero below the smallest normal code, TOP above TOP."""
    keep = named(m, "keep", operands_normal & ~is_below(m, f, t))
    number = Mux(is_above(m, f, t), Const(f.top, f.magnitude_bits), t[: f.magnitude_bits])
    return Mux(keep, number, Const(0, f.magnitude_bits))


def denormalised(m: Module, p: Parameters, exact: Significand) -> Value:
    """Round a significand once to a code, normal or subnormal; return it, unsigned and beyond TOP where it is.

    With an exponent of 0 or less it is shifted right by 1 - exponent first. A carry of the rounding goes into the
    exponent field, where it makes a normal number of the largest subnormal one.
    """
    width, exponent = p.result.mantissa_bits, exact.exponent
    below = named(m, "below", exponent <= 0)
    places = named(m, "places", resized(1 - exponent, len(exponent)))
    far = width + 2  # from here on it is less than half of the smallest number
    distance = named(m, "distance", Mux(places > far, far, places[: far.bit_length()]))
    fraction = exact.fraction
    # Mantissa, guard and sticky bit, and below them room for what is shifted out.
    more = len(fraction) - (width + 2)
    fraction = Cat(fraction[: more + 1].any(), fraction[more + 1 :]) if more > 0 else Cat(Const(0, -more), fraction)
    one = Cat(Const(0, far), fraction, Const(1, 1))
    shifted = named(m, "shifted", one >> Mux(below, distance, 0))
    # The leading one is still on top where nothing was shifted.
    normal, mantissa, lost = shifted[-1], shifted[far + 2 : -1], shifted[: far + 2]
    kept = Cat(mantissa, Mux(normal, exponent[:-1], Const(0, len(exponent) - 1)))
    if p.rounding is Rounding.ZERO:
        return named(m, "rounded", kept)
    up = named(m, "round_up", lost[-1] & (lost[:-1].any() | mantissa[0]))
    return named(m, "rounded", kept + up)


def with_special_values(m: Module, p: Parameters, number: Value, above: Value, special: Special) -> tuple[Value, Value]:
    """Replace a magnitude code by the code for overflow, Inf or NaN where their conditions hold, and by zero.

    Returns
    -------
    tuple of Value
        The magnitude code, and whether it is a NaN, which has no sign.
    """
    z = p.result
    infinity, beyond = special_codes(p)

    def constant(code: int | None) -> Const:
        return Const(code or 0, z.magnitude_bits)

    over = above & ~special.zero
    magnitude = Mux(special.zero, constant(0), Mux(above, constant(beyond), number))
    magnitude = Mux(special.infinite, constant(infinity), magnitude)
    magnitude = Mux(special.nan, constant(z.nan), magnitude)
    is_nan = special.nan
    if infinity is not None and infinity == z.nan:
        is_nan |= special.infinite
    if beyond == z.nan:
        is_nan |= over
    return named(m, "magnitude", magnitude), named(m, "is_nan", is_nan)
