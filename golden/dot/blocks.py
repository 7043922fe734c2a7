"""Blocks of sums and of terms, small enough for memory and caches."""

from collections.abc import Iterator
from itertools import product

from lmul.golden.codes import Codes
from lmul.golden.dot.arguments import Shape

Operands = tuple[Codes, Codes]
Block = tuple[slice, ...]

_SUMS = 1 << 14  # sums formed at a time
_ADDENDS = 1 << 16  # addends in memory at a time


def blocks(shape: Shape) -> Iterator[Block]:
    """Yield slices that cut an array into blocks of at most _SUMS elements."""
    steps, room = [], _SUMS
    for length in reversed(shape):
        steps.append(max(min(length, room), 1))
        room //= steps[-1]
    cuts = zip(shape, reversed(steps), strict=True)
    yield from product(*([slice(i, min(i + step, n)) for i in range(0, n, step)] for n, step in cuts))


def within(shape: Shape, block: Block) -> Block:
    """Return the block's slices for an array that may have length 1 in axes to broadcast."""
    return tuple(s if length > 1 else slice(None) for length, s in zip(shape, block, strict=True))


def chunks(operands: Operands, size: int) -> Iterator[Operands]:
    """Yield operands in chunks of terms, such that `size` sums have at most _ADDENDS addends at a time."""
    x, y = operands
    terms = max(_ADDENDS // size, 1)
    for k in range(0, len(x), terms):
        yield x[k : k + terms], y[k : k + terms]
