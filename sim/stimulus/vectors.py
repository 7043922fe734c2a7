"""Operands for checks of multipliers.

Pairs are chosen by the position of their product, in terms of T, the extended magnitude code of the product. In this
module a magnitude is a *normalised code* with the M mantissa bits of the wider operand, in which the adder family forms
T: the exponent field of a subnormal is 0 or less.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lmul.golden.codes import Codes
from lmul.golden.formats import Format

EXHAUSTIVE_BITS = 16
"""Formats of x and y with up to this many bits together are checked with every pair of codes."""

Pairs = tuple[Codes, Codes]
Formats = tuple[Format, Format, Format]
"""Formats of x, of y and of the product."""

_Normalised = NDArray[np.int64]


def is_exhaustive(x: Format, y: Format) -> bool:
    """Tell whether multipliers of these formats are checked with every pair of codes."""
    return x.width + y.width <= EXHAUSTIVE_BITS


def operands(formats: Formats, pairs: int, offsets: Sequence[int] = (0,), seed: int = 0) -> Pairs:
    """Choose pairs of codes: all of them up to 16 bits together or where `pairs` are as many, else that many hard ones.

    Hard pairs are all pairs of corner codes. Of the rest, a fifth each is random, has products near the smallest normal
    number, near TOP, over the range of subnormal results and below, and halfway between two results.

    Parameters
    ----------
    formats : tuple of Format
        Formats of x, of y and of the product.
    pairs : int
        Minimum number of pairs, if they are not all.
    offsets : sequence of int
        The corrections D of the multipliers at hand, which move the places where their products cross an edge.
    seed : int
        Another one gives other pairs, corners excepted.
    """
    x, y, z = formats
    if is_exhaustive(x, y) or pairs >= 1 << (x.width + y.width):
        return _all_pairs(*(np.arange(1 << f.width, dtype=np.uint32) for f in (x, y)))
    rng = np.random.default_rng(seed)
    corners = _all_pairs(corner_codes(x), corner_codes(y))
    count = max(pairs - len(corners[0]), 0) // 5 + 1
    anywhere = tuple(rng.integers(1 << f.width, size=count, dtype=np.uint32) for f in (x, y))
    lowest = -(z.mantissa_bits + 3) * z.hidden_one
    ends = (_around(z.hidden_one, z, count, rng), _around(z.top, z, count, rng))
    parts = [_with_code(formats, t, offsets, rng) for t in (*ends, rng.integers(lowest, z.hidden_one, size=count))]
    parts.append(_halfway(formats, count, rng))
    signed = [tuple(_signed(f, magnitudes, rng) for f, magnitudes in zip((x, y), part, strict=True)) for part in parts]
    left, right = (np.concatenate([part[k] for part in (corners, anywhere, *signed)]) for k in (0, 1))
    return left, right


def corner_codes(f: Format) -> Codes:
    """List the codes of both signs around each value where the format or its arithmetic changes.

    They include both zeros, subnormals of every length with one bit set and with all bits set, the format's Inf, and
    NaN with several payloads.
    """
    one = f.bias << f.mantissa_bits
    places = [0, f.hidden_one, one, one + f.hidden_one // 2, one + f.hidden_one, f.top, f.sign_bit - 1]
    corners = {place + step for place in places for step in (-2, -1, 0, 1, 2)}
    bits = range(f.mantissa_bits)
    corners |= {one + (1 << bit) for bit in bits} | {one + f.hidden_one - (1 << bit) for bit in range(3)}
    corners |= {1 << bit for bit in bits} | {(1 << bit) - 1 for bit in bits}
    if f.infinity is not None:
        corners |= {f.infinity + (1 << bit) for bit in bits} | {f.infinity + f.hidden_one // 2 + 1}
    magnitudes = np.array(sorted(code for code in corners if 0 <= code < f.sign_bit), np.uint32)
    return np.concatenate([magnitudes, magnitudes | np.uint32(f.sign_bit)])


def _all_pairs(x: Codes, y: Codes) -> Pairs:
    return np.repeat(x, len(y)), np.tile(y, len(x))


def _signed(f: Format, magnitudes: _Normalised, rng: np.random.Generator) -> Codes:
    return (magnitudes | rng.integers(2, size=len(magnitudes)) * f.sign_bit).astype(np.uint32)


def _around(edge: int, z: Format, count: int, rng: np.random.Generator) -> _Normalised:
    """Draw values of T within two exponents of `edge`, half of them within eight codes."""
    spread = np.where(rng.random(count) < 0.5, 2 * z.hidden_one, 8)
    return edge + rng.integers(-spread, spread + 1)


def _with_code(
    formats: Formats, t: _Normalised, offsets: Sequence[int], rng: np.random.Generator
) -> tuple[_Normalised, _Normalised]:
    """Draw magnitude codes whose product is close to T: half by an addition of codes, half as numbers."""
    x, y, z = formats
    m, bias = _mantissa_bits(x, y), x.bias + y.bias - z.bias
    t = _before_conversion(t, m - z.mantissa_bits, rng)
    # The operand with fewer mantissa bits is drawn; the other one can then be adjusted more finely.
    drawn, other = (x, y) if x.mantissa_bits <= y.mantissa_bits else (y, x)
    total = t + (bias << m) - rng.choice(np.array(offsets), len(t))
    first = _drawn(drawn, other, total, m, rng)
    added = total - first

    # Numbers: the quotient of the significands, of T or halfway to the next, is the other one's significand.
    one, mask = 1 << m, (1 << m) - 1
    divisor, wanted = one + (first & mask), 2 * (one + (t & mask)) + rng.integers(2, size=len(t))
    carry = wanted < 2 * divisor
    quotient = (wanted << (m + carry)) // (2 * divisor) + rng.integers(2, size=len(t))
    exponent = (t >> m) + bias - (first >> m) - carry
    divided = (exponent << m) + quotient - one

    second = np.where(rng.random(len(t)) < 0.5, added, divided)
    codes = _code(drawn, first, m), _code(other, second, m)
    return codes if drawn is x else (codes[1], codes[0])


def _halfway(formats: Formats, count: int, rng: np.random.Generator) -> tuple[_Normalised, _Normalised]:
    """Draw magnitude codes whose exact product is halfway between two results, or next to that.

    A product of an odd number times 2^i and one times 2^j is halfway where i + j is one less than the bits that drop.
    """
    x, y, z = formats
    m, bias = _mantissa_bits(x, y), x.bias + y.bias - z.bias
    one, drop = 1 << m, 2 * m - z.mantissa_bits
    i, j = (rng.integers(m - f.mantissa_bits, m + 1, size=count) for f in (x, y))
    i = np.maximum(i, drop - 1 - m)
    j = np.maximum(j, drop - 1 - i)
    left, right = ((((one + rng.integers(one, size=count)) >> k) | 1) << k for k in (i, j))
    carry = (left * right) >> (2 * m + 1)
    subnormal_shift = i + j + 1 - drop - carry
    anywhere = rng.integers(1, (z.top >> z.mantissa_bits) + 1, size=count)
    exponent = np.where(subnormal_shift > 0, 1 - subnormal_shift, anywhere) + bias - carry
    first = _drawn(x, y, exponent << m, m, rng) >> m
    codes = _code(x, (first << m) + left - one, m), _code(y, ((exponent - first) << m) + right - one, m)
    beside = np.where(rng.random(count) < 0.3, rng.integers(-1, 2, size=count), 0)
    return np.clip(codes[0] + beside, 0, x.top), codes[1]


def _mantissa_bits(x: Format, y: Format) -> int:
    return max(x.mantissa_bits, y.mantissa_bits)


def _before_conversion(t: _Normalised, drop: int, rng: np.random.Generator) -> _Normalised:
    """Draw a T with `drop` more mantissa bits that is near one of the result's: half of them halfway to the next."""
    if drop <= 0:
        return t >> -drop
    rest = np.where(rng.random(len(t)) < 0.5, 1 << (drop - 1), rng.integers(1 << drop, size=len(t)))
    return (t << drop) + rest + rng.integers(-1, 2, size=len(t))


def _drawn(f: Format, other: Format, total: _Normalised, m: int, rng: np.random.Generator) -> _Normalised:
    """Draw normalised codes of `f` such that `total` less them is one of `other`, if possible."""
    (low, high), (other_low, other_high) = (((1 - g.mantissa_bits) << m, _aligned_top(g, m)) for g in (f, other))
    lowest, highest = np.clip(total - other_high, low, high), np.clip(total - other_low, low, high)
    drawn = rng.integers(lowest, highest + 1)
    places = _missing(f, drawn, m)
    return drawn >> places << places


def _aligned_top(f: Format, m: int) -> int:
    return f.top << (m - f.mantissa_bits)


def _missing(f: Format, normalised: _Normalised, m: int) -> _Normalised:
    """Count the mantissa bits of M that the format lacks; a subnormal lacks more."""
    below: _Normalised = np.clip(1 - (normalised >> m), 0, f.mantissa_bits)
    return m - f.mantissa_bits + below


def _code(f: Format, normalised: _Normalised, m: int) -> _Normalised:
    """Convert a normalised code to a magnitude code of the format: cut off excess bits, and clamp at TOP."""
    inside = np.clip(normalised, (1 - f.mantissa_bits) << m, _aligned_top(f, m))
    significand = (inside & ((1 << m) - 1)) + (1 << m)
    below: _Normalised = (np.maximum(inside >> m, 1) - 1) << f.mantissa_bits
    return below + (significand >> _missing(f, inside, m))
