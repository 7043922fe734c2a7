"""The multiplications that `lmul accuracy attention` compares."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from lmul.accuracy.attention.replaced_matmul import Form, Replacement
from lmul.accuracy.constant_search import best_constant
from lmul.accuracy.distributions import Distribution
from lmul.accuracy.metrics import fitted_gain
from lmul.accuracy.operands import Pairs
from lmul.accuracy.unbounded import Cut
from lmul.golden.formats import E4M3, E5M2, Format, format_named
from lmul.golden.methods import paper_constant

BITS = range(2, 8)
"""Mantissa bits of operands whose exponents have no bounds."""

GAIN = 1.037
"""Of the output scale, for an adder of 3 mantissa bits without a constant: what makes up for its bias."""

_BF16_BITS = 7


def sentences() -> list[str]:
    """Sentences of the project's own, four about a matter, one after the other."""
    text = files("lmul.accuracy.attention").joinpath("sentences.txt").read_text("utf-8")
    return [line for line in text.splitlines() if line]


@cache
def arms() -> tuple[Replacement, ...]:
    """All of them; operands cut by truncation and by rounding alike.

    Names are of the method, the operands and the cut, as in `lmul_e8m4_rounded`. `best` has the constant and the gain
    that serve Gaussian operands best; `gain` has no constant and the gain `GAIN`; `exact_bf16` is that of 7 bits.
    `fitted` is exact with the gain that serves Gaussian operands best, which undoes the bias that truncation has.
    """
    return tuple(arm for cut in Cut for arm in _arms(cut))


def _arms(cut: Cut) -> Iterator[Replacement]:
    gaussian = Pairs.drawn(Distribution.GAUSSIAN)
    exact: dict[str, int | Format] = {str(format): format for format in (E4M3, E5M2)}
    exact |= {"bf16" if bits == _BF16_BITS else f"e8m{bits}": bits for bits in BITS}
    for name, operands in exact.items():
        x, y = gaussian.cut_to(operands, cut)
        yield Replacement(f"exact_{name}_{cut}", operands, cut, Form.EXACT)
        yield Replacement(f"fitted_{name}_{cut}", operands, cut, Form.EXACT, gain=fitted_gain(x * y, gaussian.true))
    for bits in BITS:
        yield from _approximate(bits, format_named(f"e8m{bits}"), cut)
    yield from _approximate(E4M3, E4M3, cut)
    yield Replacement(f"gain_e4m3_{cut}", E4M3, cut, Form.ADDER, 0.0, GAIN)


def arms_of_all() -> tuple[Replacement, ...]:
    """Those for all products of matrices, which take longer: exact ones, L-Mul, and no constant with a gain."""
    return tuple(arm for arm in arms() if _in_all(*arm.name.split("_")))


def _in_all(method: str, operands: str, _: str) -> bool:
    return method in ("exact", "lmul", "gain") or (method in ("fitted", "best") and operands == "e4m3")


def _approximate(operands: int | Format, format: Format, cut: Cut) -> Iterator[Replacement]:
    name = str(operands) if isinstance(operands, Format) else f"e8m{operands}"
    paper = paper_constant(format.mantissa_bits) / format.hidden_one
    best = best_constant(format, Distribution.GAUSSIAN, cut=cut)
    yield Replacement(f"lmul_{name}_{cut}", operands, cut, Form.ADDER, paper)
    yield Replacement(f"mitchell_{name}_{cut}", operands, cut, Form.ADDER)
    yield Replacement(f"equation1_{name}_{cut}", operands, cut, Form.EQUATION1, paper)
    yield Replacement(f"best_{name}_{cut}", operands, cut, Form.ADDER, best.constant, best.gain)
