"""Numbers of formats without subnormal ones, as exact fractions."""

from fractions import Fraction
from functools import cache


def value(f, code):
    """Of a normal number or zero."""
    e, mantissa = code >> f.mantissa_bits & (1 << f.exponent_bits) - 1, code & f.hidden_one - 1
    magnitude = (1 + Fraction(mantissa, f.hidden_one)) * Fraction(2) ** (e - f.bias) if e else Fraction(0)
    return -magnitude if code & f.sign_bit else magnitude


@cache
def limits(f):
    return value(f, f.hidden_one), value(f, f.top)


def exponent_of(magnitude):
    """Of the leading one."""
    e = magnitude.numerator.bit_length() - magnitude.denominator.bit_length()
    return e if magnitude >= Fraction(2) ** e else e - 1


def clamp(f, v):
    """What is left of a number outside the format, with the saturation flag; None where it is zero."""
    smallest, top = limits(f)
    if abs(v) < smallest:
        return None, False
    if abs(v) > top:
        return (top if v > 0 else -top), True
    return v, False


def encode(f, v):
    """The code of a number of the format."""
    e = exponent_of(abs(v))
    mantissa = (abs(v) / Fraction(2) ** e - 1) * f.hidden_one
    assert mantissa.denominator == 1
    return (f.sign_bit if v < 0 else 0) | (e + f.bias) << f.mantissa_bits | int(mantissa)


def rounded(f, v):
    """To nearest, ties to even, the exponent unbounded; `round` of a Fraction does just that."""
    unit = Fraction(2) ** (exponent_of(abs(v)) - f.mantissa_bits)
    return round(v / unit) * unit
