"""Operands for energies, as numbers: the same for every contender and every format."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike

from lmul.accuracy.model.attention import softmax
from lmul.accuracy.model.transformer import Encoder
from lmul.accuracy.unbounded import checked_operands
from lmul.golden.block_scaling import BLOCK, Rule
from lmul.golden.codes import as_float64
from lmul.golden.types import Floats

_SEED = 2410_00907
_MOST = 1 << 12  # blocks of a tensor that are kept

SPREAD = 2
"""Operands that have no scale of a block are brought to a root mean square of 2 to this power. With it formats of two
or three exponent bits lose least of Gaussian operands and of their products (`ProductError`); wide ones do not mind."""

_DRAW: dict[str, Callable[[np.random.Generator, tuple[int, int]], Floats]] = {
    "uniform": lambda rng, shape: rng.uniform(-1, 1, shape),
    "gaussian": lambda rng, shape: rng.standard_normal(shape),
}


@dataclass(frozen=True)
class Tensors:
    """Numbers of x and of y, drawn in blocks of `BLOCK` neighbours.

    Parameters
    ----------
    sha256 : str
        Hash of the numbers, which identifies them.
    x, y : array of float64, (blocks, BLOCK)
        Blocks to draw from.
    """

    sha256: str
    x: Floats = field(repr=False, compare=False)
    y: Floats = field(repr=False, compare=False)


@dataclass(frozen=True)
class Stream:
    """Source of numbers for both operands.

    Parameters
    ----------
    name : str
        `uniform` in [-1, 1), `gaussian` with a standard deviation of 1, or a name of the tensors.
    rule : Rule
        Rule of the block scales of operands for an integer accumulator.
    tensors : Tensors or None
        Source of numbers that are not random.

    Raises
    ------
    ValueError
        The name is none of the two and there are no tensors.
    """

    name: str
    rule: Rule = Rule.FIT
    tensors: Tensors | None = None

    def __post_init__(self) -> None:
        if self.tensors is None and self.name not in _DRAW:
            raise ValueError(f"name must be {' or '.join(_DRAW)} without tensors, not {self.name!r}")

    def blocks(self, side: int, count: int) -> Floats:
        """Draw `count` blocks of x (side 0) or y (side 1): (count, BLOCK). The first ones do not depend on the count.

        Blocks of random numbers are new; blocks of tensors are drawn with replacement.
        """
        rng = np.random.default_rng((_SEED, side))
        if self.tensors is not None:
            numbers = self.tensors.y if side else self.tensors.x
            return numbers[rng.integers(len(numbers), size=count)]
        return _DRAW[self.name](rng, (count, BLOCK))

    def exponent(self, side: int) -> int:
        """Return the binary exponent by which operands without a block scale are divided.

        It is -`SPREAD` for random numbers. For a tensor it makes the root mean square about 2^`SPREAD`.
        """
        if self.tensors is None:
            return -SPREAD
        rms = float(np.sqrt(np.mean(np.square(self.tensors.y if side else self.tensors.x))))
        return (round(float(np.log2(rms))) if rms else 0) - SPREAD


UNIFORM = Stream("uniform")
GAUSSIAN = Stream("gaussian")


def scaled_by(stream: Stream, rule: Rule) -> Stream:
    """Return the stream with another scaling rule."""
    return replace(stream, rule=rule)


def tensor_stream(name: str, x: ArrayLike, y: ArrayLike) -> Stream:
    """Build a stream from tensors of any shape, in memory order.

    From long tensors evenly spaced blocks are kept; short ones are repeated to fill a block.

    Raises
    ------
    TypeError, ValueError
        A tensor is not one of numbers that float64 holds, or is empty; or one has a number that is not finite, or is
        outside `accuracy.unbounded.EXPONENTS`.
    """
    arrays = [_checked(what, values) for what, values in (("x", x), ("y", y))]
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.shape}".encode() + np.ascontiguousarray(array).tobytes())
    return Stream(name, tensors=Tensors(digest.hexdigest(), *(_blocks(array.ravel()) for array in arrays)))


def attention_streams(encoder: Encoder, sentences: Sequence[str], layer: int) -> list[Stream]:
    """Build streams from a transformer layer, all heads: query x key, and attention weight x value.

    Values are in the order of summation: one feature of all tokens.

    Raises
    ------
    ValueError
        There is no sentence, or no such layer.
    """
    if not sentences:
        raise ValueError("sentences must be one or more, not none")
    heads = [head for sentence in sentences for head in encoder.attention(sentence, layer)]
    weights = [softmax(head.query @ head.key.T * head.scale) for head in heads]
    query, key = (_joined([getattr(head, name) for head in heads]) for name in ("query", "key"))
    value = _joined([head.value.T for head in heads])
    return [
        tensor_stream(f"query x key, layer {layer}", query, key),
        tensor_stream(f"attention x value, layer {layer}", _joined(weights), value),
    ]


def _joined(arrays: Sequence[ArrayLike]) -> Floats:
    joined: Floats = np.concatenate([np.asarray(array, np.float64).ravel() for array in arrays])
    return joined


def _checked(what: str, values: ArrayLike) -> Floats:
    array = as_float64(np.asarray(values))
    if not array.size:
        raise ValueError(f"{what} must have a number in it, not the shape {array.shape}")
    return checked_operands(what, array)


def _blocks(numbers: Floats) -> Floats:
    count = max(len(numbers) // BLOCK, 1)
    blocks: Floats = np.resize(numbers, (count, BLOCK))
    kept: Floats = blocks[np.linspace(0, count - 1, min(count, _MOST)).astype(int)]
    return kept
