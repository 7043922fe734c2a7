"""Operands for the energy of a dot product's core: Gaussian numbers with one power-of-two scale a block."""

import numpy as np
from numpy.typing import NDArray

from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.codes import Codes
from lmul.golden.scaling import BLOCK, Rule, quantise, scaled_anchor
from lmul.hdl.stationary import Stored, rebias
from lmul.synth.energy import WARM_UP

STREAMS = 256
CYCLES = 16
"""That count, after the warm-up; words are loaded before it and stay."""

SUM_CYCLES = 2
"""Cycles from one `clear` to the next: 16 lanes add up a block of 32 in so many."""

_SEED = 2410_00907


def stored_words(dot: DotParameters, codes: Codes, anchor: int = 0) -> NDArray[np.int64]:
    """What the loader makes of codes of y."""
    p, stored = dot.product, Stored.of(dot)
    f, low = p.y_format, stored.mantissa
    magnitude, sign = codes.astype(np.int64) & (f.sign_bit - 1), codes.astype(np.int64) >> f.magnitude_bits
    zero = magnitude < f.hidden_one
    d = p.correction[0][0] if p.offset is not None else 0
    if dot.window is not None:
        point = p.bias + 1 + anchor
    elif dot.accumulator is Accumulator.FIXED:
        point = p.bias + dot.lowest_exponent
    else:
        point = p.bias - rebias(dot)
    total = (magnitude << (low - f.mantissa_bits)) + d - (point << low)
    bits = low + stored.exponent
    mask = (1 << bits) - 1
    if stored.zero_flag:
        return (total & mask) | zero.astype(np.int64) << bits | sign << (bits + 1)
    limit = stored.lowest << low
    kept = np.where(zero | (total < limit), limit, np.where(total >= 0, -1, total))
    words: NDArray[np.int64] = (kept & mask) | sign << bits
    return words


def gaussian_stimulus(dot: DotParameters, lanes: int, rule: Rule) -> dict[str, NDArray[np.generic]]:
    """For all ports of a core: the same numbers for every format, in one block of each row of x and column of y."""
    rng = np.random.default_rng(_SEED)
    cycles = WARM_UP + CYCLES
    x = quantise(dot.product.format, rng.standard_normal((STREAMS, cycles, BLOCK)), rule).codes[..., :lanes]
    y = quantise(dot.product.y_format, rng.standard_normal((STREAMS, 1, BLOCK)), rule).codes[..., :lanes]
    words = stored_words(dot, y, scaled_anchor(dot))
    number = np.arange(cycles)
    shape = (STREAMS, cycles)
    return {
        "x": _packed(x, dot.product.format.width),
        "word": np.broadcast_to(_packed(words, Stored.of(dot).width), shape),
        "load": np.broadcast_to((number == 0).astype(np.uint8), shape),
        "clear": np.broadcast_to((number % SUM_CYCLES == 0).astype(np.uint8), shape),
    }


def _packed(fields: NDArray[np.generic], width: int) -> NDArray[np.generic]:
    """One integer of all fields, the first in the lowest bits."""
    shifts = np.array([i * width for i in range(fields.shape[-1])], object)
    packed: NDArray[np.generic] = (fields.astype(object) << shifts).sum(axis=-1)
    return packed
