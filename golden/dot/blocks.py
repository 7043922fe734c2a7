"""Parts of the sums and of their terms, of a size that memory and caches hold."""

from collections.abc import Iterator
from itertools import product

from lmul.golden.codes import Codes
from lmul.golden.dot.arguments import Shape

Operands = tuple[Codes, Codes]
Block = tuple[slice, ...]

_SUMS = 1 << 14  # that are formed at a time
_ADDENDS = 1 << 16  # that are in memory at a time


def blocks(shape: Shape) -> Iterator[Block]:
    """Slices that cut an array up into parts of at most _SUMS elements."""
    steps, room = [], _SUMS
    for length in reversed(shape):
        steps.append(max(min(length, room), 1))
        room //= steps[-1]
    cuts = zip(shape, reversed(steps), strict=True)
    yield from product(*([slice(i, min(i + step, n)) for i in range(0, n, step)] for n, step in cuts))


def within(shape: Shape, block: Block) -> Block:
    """The block of an array that has length 1 where it is yet to be broadcast."""
    return tuple(s if length > 1 else slice(None) for length, s in zip(shape, block, strict=True))


def chunks(operands: Operands, size: int) -> Iterator[Operands]:
    """Operands in parts of so many terms that, for `size` sums, at most _ADDENDS addends come of them."""
    x, y = operands
    terms = max(_ADDENDS // size, 1)
    for k in range(0, len(x), terms):
        yield x[k : k + terms], y[k : k + terms]
