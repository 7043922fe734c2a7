"""The definition of a product, on Python integers: slow, unbounded and meant to be read.

It states what docs/arithmetic.md says, one code pair at a time. The vectorised model is tested against it.
"""

from fractions import Fraction

from lmul.golden.parameters import Method, Parameters, Policy


def extended_code(parameters: Parameters, x: int, y: int) -> int:
    """T, the magnitude code of the product of two magnitude codes, without bounds in either direction.

    T mod 2^M is the mantissa and T >> M the exponent field. Both operands count as normal numbers.
    """
    f = parameters.format
    if parameters.method is Method.EXACT:
        return _nearest_code(parameters, Fraction(_significand(parameters, x) * _significand(parameters, y)), x, y)
    t = parameters.table_bits or 0
    row, column = ((m % f.hidden_one) >> (f.mantissa_bits - t) for m in (x, y))
    return x + y - (f.bias << f.mantissa_bits) + parameters.correction[row][column]


def _significand(parameters: Parameters, magnitude: int) -> int:
    one = parameters.format.hidden_one
    return one + magnitude % one


def _nearest_code(parameters: Parameters, product: Fraction, x: int, y: int) -> int:
    f = parameters.format
    exponent = (x >> f.mantissa_bits) + (y >> f.mantissa_bits) - f.bias
    significand = product / f.hidden_one
    if significand >= 2 * f.hidden_one:
        significand /= 2
        exponent += 1
    # Python rounds a Fraction to nearest, ties to even. 2^(M+1) is the next exponent with mantissa 0.
    return (exponent << f.mantissa_bits) + round(significand) - f.hidden_one


def product(parameters: Parameters, x: int, y: int) -> int:
    """The code of the product of two codes."""
    f = parameters.format
    sign = (x ^ y) & f.sign_bit
    x, y = x % f.sign_bit, y % f.sign_bit
    t = extended_code(parameters, x, y)
    if parameters.policy is Policy.RAW:
        return sign | t % f.sign_bit
    if x < f.hidden_one or y < f.hidden_one or t < f.hidden_one:
        return sign
    return sign | min(t, f.top)
