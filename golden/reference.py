"""Definition of products and their sums on Python's integers and fractions: slow, unbounded, easy to read.

It follows docs/arithmetic.md, one pair of codes or one sum at a time. The vectorised model is tested against it, so it
works differently: it goes from codes to numbers and back, and that model shifts codes.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import cache

from lmul.golden.accumulators import DotParameters
from lmul.golden.formats import Format
from lmul.golden.methods import Rounding
from lmul.golden.parameters import Overflow, Parameters, Policy


def extended_code(parameters: Parameters, x: int, y: int) -> int:
    """Compute T, the magnitude code of the product of two magnitude codes, without bounds.

    T mod 2^M is the mantissa and T >> M the exponent field, with the M of the result, to which the adder family's sum
    is rounded. Every operand counts as a normal number; where subnormal ones count they are normalised first.
    """
    z, (ex, mx), (ey, my) = parameters.result, *_parts(parameters, x, y)
    one = parameters.hidden_one
    if parameters.method.is_exact:
        significands = Fraction((one + mx) * (one + my), one**2)
        return _code(z, significands * _power(ex + ey - parameters.bias - z.bias), parameters.rounding)
    side = len(parameters.correction)
    d = parameters.correction[mx * side // one][my * side // one]
    exponent, mantissa = divmod((ex + ey - parameters.bias) * one + mx + my + d, one)
    return _code(z, (1 + Fraction(mantissa, one)) * _power(exponent - z.bias), Rounding.NEAREST)


def product(parameters: Parameters, x: int, y: int) -> int:
    """Multiply two codes; return the code of the product."""
    z = parameters.result
    (negative_x, x), (negative_y, y) = divmod(x, parameters.format.sign_bit), divmod(y, parameters.y_format.sign_bit)
    if parameters.policy is Policy.RAW:
        magnitude = extended_code(parameters, x, y) % z.sign_bit
    elif parameters.policy is Policy.FLUSH:
        magnitude = _flushed(parameters, x, y)
    else:
        magnitude = _with_specials(parameters, x, y)
        if magnitude == z.nan:
            return magnitude
    return magnitude + (z.sign_bit if negative_x != negative_y else 0)


def dot_product(
    parameters: DotParameters, x: Sequence[int], y: Sequence[int], anchor: int = 0, saturate: bool = False
) -> tuple[int, bool]:
    """Sum products; return the accumulator's or output's code, and whether any step saturated."""
    pairs = zip(x, y, strict=True)
    products = [wide_product(parameters, xk, yk) for xk, yk in pairs]
    if not parameters.kind.is_integer:
        code, saturated = _floating_sum(parameters.float_format, products)
        total = _signed_value(parameters.float_format, code)
    else:
        anchored = parameters.kind.has_anchor
        unit = _power(parameters.anchored_lsb(anchor) if anchored else parameters.lsb)
        code, saturated = 0, False
        for value in products:
            size = abs(value) / unit
            if anchored and size >= 2**parameters.window_bits:
                if not saturate:
                    raise ValueError(f"a product is above the anchor {anchor}")
                size, saturated = Fraction(2**parameters.window_bits - 1), True
            assert anchored or size.denominator == 1
            code += int(size) if value > 0 else -int(size)
        total = code * unit
    if parameters.output is not None:
        code, above = _rounded(parameters.output, total)
        return code, saturated or above
    return code, saturated


def wide_product(parameters: DotParameters, x: int, y: int) -> Fraction:
    """Compute the product of two codes that a dot product adds, exactly."""
    p = parameters.product
    if p.is_integer:
        return Fraction(_integer(p.format, x) * _integer(p.y_format, y))
    (negative_x, x), (negative_y, y) = divmod(x, p.format.sign_bit), divmod(y, p.y_format.sign_bit)
    least = (1, 1) if p.subnormals else (p.format.hidden_one, p.y_format.hidden_one)
    if x < least[0] or y < least[1]:
        return Fraction(0)
    if p.log_formats is not None:
        size = _antilogarithm(p, _logarithm(p, p.format, x) + _logarithm(p, p.y_format, y) + p.correction[0][0])
    elif parameters.full:
        size = _value(p.format, x) * _value(p.y_format, y)
    else:
        size = _normal_value(p.result, extended_code(p, x, y))
    return size if negative_x == negative_y else -size


def _integer(f: Format, code: int) -> int:
    """Return the integer of a code in two's complement; the least one is not used, and counts as 0."""
    half = 1 << (f.width - 1)
    return (code + half) % (2 * half) - half if code != half else 0


def _logarithm(parameters: Parameters, f: Format, magnitude: int) -> int:
    """Return the rounded or tabulated logarithm of a value, in units of 2^-F."""
    value = _value(f, magnitude)
    exponent = value.numerator.bit_length() - value.denominator.bit_length()
    # The M of the longer operand, which a table of the user's has.
    wider = max(parameters.format.mantissa_bits, parameters.y_format.mantissa_bits)
    significand = int(value * _power(wider - exponent))
    table, whole = parameters.method.log_table, exponent * parameters.hidden_one
    if table is not None:
        return whole + table[significand - (1 << wider)]
    return whole + _rounded_log2(significand, wider, parameters.hidden_one)


@cache
def _rounded_log2(significand: int, bits: int, units: int) -> int:
    """Round `units` log2(significand / 2^bits) to nearest, without a logarithm: halves are counted by a power."""
    halves: int = (significand ** (2 * units)).bit_length() - 1 - bits * 2 * units
    return (halves + 1) // 2


def _antilogarithm(parameters: Parameters, t: int) -> Fraction:
    """Return h(f) 2^k for a logarithm k + f, 0 <= f < 1, in units of 2^-F."""
    one = parameters.hidden_one
    k, f = divmod(t, one)
    u, c = min(f, one - 1 - f), 0
    if parameters.method.segments == 2:
        c = u // 8 + u // 16
    if parameters.method.segments == 4:
        sixteenths = 16 * u // one
        c = one * (sixteenths if sixteenths < 4 else 2 + sixteenths // 2) // 64
    return Fraction(one + f - c, one) * _power(k)


def _floating_sum(f: Format, products: list[Fraction]) -> tuple[int, bool]:
    smallest, top = _normal_value(f, f.hidden_one), _normal_value(f, f.top)
    code, saturated = 0, False
    for value in products:
        if abs(value) < smallest:
            continue
        addend = max(-top, min(value, top))
        code, above = _rounded(f, _signed_value(f, code) + addend)
        saturated |= above or addend != value
    return code, saturated


def _rounded(f: Format, value: Fraction) -> tuple[int, bool]:
    """Round a value once; return its code, and whether it was above TOP."""
    if value == 0:
        return 0, False
    magnitude = _code(f, abs(value), Rounding.NEAREST)
    kept = 0 if magnitude < f.hidden_one else min(magnitude, f.top)
    return kept + (f.sign_bit if value < 0 else 0), magnitude > f.top


def _signed_value(f: Format, code: int) -> Fraction:
    negative, magnitude = divmod(code, f.sign_bit)
    return -_value(f, magnitude) if negative else _value(f, magnitude)


def _flushed(parameters: Parameters, x: int, y: int) -> int:
    z, t = parameters.result, extended_code(parameters, x, y)
    if x < parameters.format.hidden_one or y < parameters.y_format.hidden_one or t < z.hidden_one:
        return 0
    return min(t, z.top)


def _with_specials(parameters: Parameters, x: int, y: int) -> int:
    """Multiply magnitude codes under ieee or ftz."""
    z = parameters.result
    if parameters.policy is Policy.FTZ:  # a subnormal operand counts as zero, as under flush
        x, y = (
            0 if magnitude < f.hidden_one else magnitude
            for f, magnitude in ((parameters.format, x), (parameters.y_format, y))
        )
    kinds = {_kind_of_number(parameters.format, x), _kind_of_number(parameters.y_format, y)}
    if "nan" in kinds or kinds == {"infinity", "zero"}:
        assert z.nan is not None
        return z.nan
    if "infinity" in kinds:
        return _special(z.infinity, z.nan)
    if "zero" in kinds:
        return 0
    if parameters.policy is Policy.FTZ:
        code = extended_code(parameters, x, y)
        code = 0 if code < z.hidden_one else code
    else:
        if parameters.method.is_exact:
            value = _value(parameters.format, x) * _value(parameters.y_format, y)
        else:
            value = _normal_value(z, extended_code(parameters, x, y))
        code = _code(z, value, parameters.rounding, smallest_exponent=1 - z.bias)
    if code <= z.top:
        return code
    if parameters.overflow is Overflow.SATURATE or parameters.rounding is Rounding.ZERO:
        return z.top
    return _special(z.infinity, z.nan, z.top)


def _special(*candidates: int | None) -> int:
    """Return the first candidate that is not None."""
    return next(code for code in candidates if code is not None)


def _kind_of_number(f: Format, magnitude: int) -> str:
    if magnitude == 0:
        return "zero"
    if magnitude == f.infinity:
        return "infinity"
    return "finite" if magnitude <= f.top else "nan"


def _parts(parameters: Parameters, x: int, y: int) -> list[tuple[int, int]]:
    """Split both operands into exponent field and mantissa, in units of the result's last place."""
    parts = []
    for f, magnitude in ((parameters.format, x), (parameters.y_format, y)):
        exponent, mantissa = divmod(magnitude, f.hidden_one)
        counts = parameters.subnormals or parameters.policy is Policy.IEEE
        if counts and exponent == 0 and mantissa != 0:
            exponent = 1
            while mantissa < f.hidden_one:
                exponent, mantissa = exponent - 1, mantissa * 2
            mantissa -= f.hidden_one
        parts.append((exponent, mantissa * parameters.hidden_one // f.hidden_one))
    return parts


def _power(exponent: int) -> Fraction:
    return Fraction(2**exponent) if exponent >= 0 else Fraction(1, 2**-exponent)


def _value(f: Format, magnitude: int) -> Fraction:
    """Return the value of a finite magnitude code."""
    exponent, mantissa = divmod(magnitude, f.hidden_one)
    if exponent == 0:
        return mantissa * _power(1 - f.bias - f.mantissa_bits)
    return _normal_value(f, magnitude)


def _normal_value(f: Format, t: int) -> Fraction:
    """Return the value of a magnitude code without bounds, read as a normal number."""
    return (f.hidden_one + t % f.hidden_one) * _power(t // f.hidden_one - f.bias - f.mantissa_bits)


def _code(f: Format, value: Fraction, rounding: Rounding, smallest_exponent: int | None = None) -> int:
    """Round a positive value once; return its magnitude code, without an upper bound.

    Below 2^`smallest_exponent` the last place keeps its weight there. Without it there are no subnormals.
    """
    # The denominator is a power of two, so that this is log2 of the value, rounded down.
    exponent = value.numerator.bit_length() - value.denominator.bit_length()
    if smallest_exponent is not None:
        exponent = max(exponent, smallest_exponent)
    places = value * _power(f.mantissa_bits - exponent)
    # Python rounds a Fraction to nearest, ties to even; int() rounds toward zero.
    rounded = int(places) if rounding is Rounding.ZERO else round(places)
    # 2^M places in the smallest exponent are the code of the smallest normal number; all codes go on from there.
    return rounded + (exponent + f.bias - 1) * f.hidden_one
