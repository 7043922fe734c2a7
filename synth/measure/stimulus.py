"""Operands for energy measurements of a multiplier, a MAC and a dot product's core, all from one stream.

Every cycle has new operands. Those of a multiplier and of a floating-point accumulator are divided by one power of two,
the same for all formats: scaled to the format's limit, products would saturate. Those of an integer accumulator get one
power-of-two scale a block, since it holds every product.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lmul.golden.accumulators import AccumulatorKind, DotParameters
from lmul.golden.block_scaling import BLOCK, quantise, scaled_anchor
from lmul.golden.codes import Codes, encode, sign_magnitude
from lmul.golden.formats import Format
from lmul.golden.log_codes import log_codes
from lmul.golden.parameters import Parameters
from lmul.hdl.arith.entering import entering
from lmul.hdl.arith.stored_operand import Stored, rebias
from lmul.synth.energy.operands import Stream
from lmul.synth.energy.toggles import Stimulus
from lmul.synth.measure.pieces import Piece, PieceKind

STREAMS = 1024
CYCLES = 8
"""Cycles at the end of a stimulus in which energy is counted. Those before are warm-up."""

CORE_TERMS = 2
"""Cycles from one `clear` of a dot product's core to the next: 16 lanes add up a block of 32 in two."""

MAC_TERMS = BLOCK
"""Products that a multiply-accumulate adds up from one `clear` to the next."""


def stored_words(dot: DotParameters, codes: Codes, anchor: int = 0) -> NDArray[np.int64]:
    """Compute the loader's stored words for codes of y, which are converted before as they are where y enters."""
    if dot.product.is_integer:
        return entered_codes(dot.product, 1, codes).astype(np.int64)
    p, stored = dot.product, Stored.of(dot)
    (x, f), low = entering(p), stored.mantissa
    entered = entered_codes(p, 1, codes).astype(np.int64)
    magnitude, sign = entered & ((1 << (f.width - 1)) - 1), entered >> (f.width - 1)
    zero = magnitude < 1 << f.mantissa_bits
    d = p.correction[0][0] if p.offset is not None else 0
    match dot.kind:
        case AccumulatorKind.ANCHORED:
            point = p.bias + 1 + anchor
        case AccumulatorKind.FIXED:
            point = p.bias + dot.lowest_exponent
        case AccumulatorKind.FLOATING:
            point = p.bias - rebias(dot)
    total = (magnitude << (low - f.mantissa_bits)) + d - ((point + x.excess + f.excess) << low)
    bits = low + stored.exponent
    mask = (1 << bits) - 1
    if stored.zero_flag:
        return (total & mask) | zero.astype(np.int64) << bits | sign << (bits + 1)
    limit = stored.lowest << low
    kept = np.where(zero | (total < limit), limit, np.where(total >= 0, -1, total))
    words: NDArray[np.int64] = (kept & mask) | sign << bits
    return words


def entered_codes(p: Parameters, side: int, codes: Codes) -> Codes:
    """Convert codes of x (side 0) or y (1) to what lanes take: log codes, normalised ones, or sign and magnitude."""
    if p.is_integer:
        return sign_magnitude((p.format, p.y_format)[side], codes)
    return codes if p.entry_formats is None else log_codes(p.entry_formats[side], codes)


def stimulus(contender: Parameters | Piece, stream: Stream) -> Stimulus:
    """Return the values of all input ports, for a multiplier, a piece that multiplies and adds, or a converter of x."""
    if isinstance(contender, Parameters):
        return unit_stimulus(contender, stream)
    if contender.kind is PieceKind.ELEMENT_CORE:
        return mac_stimulus(contender.known, stream)
    if contender.kind in (PieceKind.DOT_CORE, PieceKind.DOT_CORES):
        return core_stimulus(contender.known, contender.lanes, stream)
    if contender.kind is PieceKind.CONVERTER:
        position = _positions(BLOCK, 1 + CYCLES)
        return {"code": _elements(contender.known.product.format, stream, 0, position, contender.known.kind.is_integer)}
    raise ValueError(
        f"kind must be {PieceKind.ELEMENT_CORE}, {PieceKind.DOT_CORE} or {PieceKind.CONVERTER} to have a stimulus, "
        f"not {contender.kind}"
    )


def unit_stimulus(p: Parameters, stream: Stream) -> Stimulus:
    """Return the operands of a combinational multiplier: the elements of blocks one after the other."""
    position = _positions(BLOCK, 1 + CYCLES)
    formats = (p.format, p.y_format)
    x, y = (_elements(f, stream, side, position, scaled=False) for side, f in enumerate(formats))
    return {"x": x, "y": y}


def mac_stimulus(dot: DotParameters, stream: Stream) -> Stimulus:
    """Return the inputs of a multiply-accumulate: blocks one after the other, each a sum."""
    position = _positions(MAC_TERMS, MAC_TERMS + 1 + CYCLES)
    formats = (dot.product.format, dot.product.y_format)
    x, y = (_elements(f, stream, side, position, scaled=dot.kind.is_integer) for side, f in enumerate(formats))
    # Operands are one cycle in registers before they are multiplied.
    clear = (position - 1) % MAC_TERMS == 0
    x = entered_codes(dot.product, 0, x)
    return {"x": x, "word": stored_words(dot, y, _anchor(dot)), "clear": clear.astype(np.uint8)}


def core_stimulus(dot: DotParameters, lanes: int, stream: Stream) -> Stimulus:
    """Return the inputs of a dot product's core: words that stay, and new elements of x in each cycle."""
    position = _positions(CORE_TERMS, 2 * CORE_TERMS + CYCLES)
    scaled, lane = dot.kind.is_integer, np.arange(lanes)
    each = (position[..., None] * lanes + lane).reshape(STREAMS, -1)
    x = _elements(dot.product.format, stream, 0, each, scaled).reshape(*position.shape, lanes)
    y = _elements(dot.product.y_format, stream, 1, np.broadcast_to(lane, (STREAMS, lanes)), scaled)
    words = _packed(stored_words(dot, y[:, None], _anchor(dot)), Stored.of(dot).width)
    return {
        "x": _packed(entered_codes(dot.product, 0, x), entering(dot.product)[0].width),
        "word": np.broadcast_to(words, position.shape),
        "load": np.broadcast_to((np.arange(position.shape[1]) == 0).astype(np.uint8), position.shape),
        "clear": (position % CORE_TERMS == 0).astype(np.uint8),
    }


def _positions(terms: int, cycles: int) -> NDArray[np.int64]:
    """Return the place of each cycle in its sum; streams start at different phases, so that cycles are alike."""
    return (np.arange(STREAMS) * terms // STREAMS)[:, None] + np.arange(cycles)


def _anchor(dot: DotParameters) -> int:
    return scaled_anchor(dot) if dot.kind.has_anchor else 0


def _elements(format: Format, stream: Stream, side: int, position: NDArray[np.int64], scaled: bool) -> Codes:
    """Return codes of each stream's elements at these positions; the first `BLOCK` are its first block, and so on."""
    blocks = int(position.max()) // BLOCK + 1
    codes = _codes(format, stream, side, STREAMS * blocks, scaled).reshape(STREAMS, -1)
    return np.take_along_axis(codes, position, axis=1)


@lru_cache(maxsize=32)
def _codes(format: Format, stream: Stream, side: int, count: int, scaled: bool) -> Codes:
    numbers = stream.blocks(side, count)
    if scaled:
        return quantise(format, numbers, stream.rule).codes
    return encode(format, np.ldexp(numbers, -stream.exponent(side)))


def _packed(fields: NDArray[np.generic], width: int) -> NDArray[np.generic]:
    """Pack the fields of the last axis into one integer, the first in the lowest bits."""
    shifts = np.array([i * width for i in range(fields.shape[-1])], object)
    packed: NDArray[np.generic] = (fields.astype(object) << shifts).sum(axis=-1)
    return packed
