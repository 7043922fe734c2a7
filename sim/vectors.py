"""Operands to check a multiplier with."""

import numpy as np

from lmul.golden.codes import Codes
from lmul.golden.formats import Format

EXHAUSTIVE_WIDTH = 8
"""Formats up to this width are checked with every pair of codes."""

Pairs = tuple[Codes, Codes]


def operands(f: Format, pairs: int, seed: int = 0) -> Pairs:
    """Every pair of codes up to 8 bits; above, at least `pairs` pairs chosen where multipliers go wrong.

    Those are all pairs of a list of corner codes; a third of the rest each at random, with products near the
    smallest normal number, and with products near TOP.
    """
    if f.width <= EXHAUSTIVE_WIDTH:
        codes = np.arange(1 << f.width, dtype=np.uint32)
        return _all_pairs(codes)
    rng = np.random.default_rng(seed)
    corners = _all_pairs(corner_codes(f))
    rest = max(pairs - len(corners[0]), 0) // 3 + 1
    anywhere = tuple(rng.integers(1 << f.width, size=rest, dtype=np.uint32) for _ in "xy")
    low, high = (_near(f, edge, rest, rng) for edge in (f.hidden_one, f.top))
    x, y = (np.concatenate([part[k] for part in (corners, anywhere, low, high)]) for k in (0, 1))
    return x, y


def corner_codes(f: Format) -> Codes:
    """Codes of both signs around every place where the format or its arithmetic changes."""
    one = f.bias << f.mantissa_bits
    places = [0, f.hidden_one, one, one + f.hidden_one // 2, one + f.hidden_one, f.top, f.sign_bit - 1]
    around = {place + step for place in places for step in (-2, -1, 0, 1, 2)}
    mantissas = {one + (1 << bit) for bit in range(f.mantissa_bits)} | {
        one + f.hidden_one - (1 << bit) for bit in range(3)
    }
    magnitudes = np.array(sorted(code for code in around | mantissas if 0 <= code < f.sign_bit), np.uint32)
    return np.concatenate([magnitudes, magnitudes | np.uint32(f.sign_bit)])


def _all_pairs(codes: Codes) -> Pairs:
    return np.repeat(codes, len(codes)), np.tile(codes, len(codes))


def _near(f: Format, edge: int, count: int, rng: np.random.Generator) -> Pairs:
    """Pairs whose product's code is within two exponents of `edge`, half of them within eight codes."""
    target = edge + (f.bias << f.mantissa_bits)
    spread = np.where(rng.random(count) < 0.5, 2 * f.hidden_one, 8)
    distance = rng.integers(-spread, spread + 1)
    # Both magnitudes stay within the format: x is drawn from where target - x still is one.
    lowest, highest = max(target - f.sign_bit + 1, 0), min(target, f.sign_bit - 1)
    x = rng.integers(lowest, highest + 1, size=count)
    y = np.clip(target + distance - x, 0, f.sign_bit - 1)
    signs = rng.integers(2, size=(2, count)) * f.sign_bit
    return (x | signs[0]).astype(np.uint32), (y | signs[1]).astype(np.uint32)
