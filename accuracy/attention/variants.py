"""Multiplications that `lmul accuracy attention` compares."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from lmul.accuracy.attention.replaced_matmul import Arm, Form, Replacement
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
"""Output gain that offsets the bias of an adder of 3 mantissa bits without a constant."""

FEW = 8
"""Sentences at the head of the corpus that `few_sentences` returns."""


def sentences() -> list[str]:
    """Read the project's own sentences for studies; four in a row are about one subject."""
    return _corpus()[FEW:]


def few_sentences() -> list[str]:
    """Read the sentences for what is slow: one head in RTL, and tensors to measure on. They are none of the others."""
    return _corpus()[:FEW]


def _corpus() -> list[str]:
    text = files("lmul.accuracy.attention").joinpath("sentences.txt").read_text("utf-8")
    return [line for line in text.splitlines() if line]


@cache
def arms() -> tuple[Replacement, ...]:
    """List all replacements, with operands truncated and with operands rounded.

    The arm `best` has the constant and the gain that are best for Gaussian operands. `gain` has no constant and the
    gain `GAIN`. `fitted` is exact with the gain that removes the bias of truncation.
    """
    return tuple(arm for cut in Cut for arm in _arms(cut))


def _arms(cut: Cut) -> Iterator[Replacement]:
    gaussian = Pairs.drawn(Distribution.GAUSSIAN)
    exact: list[int | Format] = [E4M3, E5M2, *BITS]
    for operands in exact:
        x, y = gaussian.cut_to(operands, cut)
        yield Replacement(Arm.EXACT, operands, cut, Form.EXACT)
        yield Replacement(Arm.FITTED, operands, cut, Form.EXACT, gain=fitted_gain(x * y, gaussian.true))
    for bits in BITS:
        yield from _approximate(bits, format_named(f"e8m{bits}"), cut)
    yield from _approximate(E4M3, E4M3, cut)
    yield Replacement(Arm.GAIN, E4M3, cut, Form.ADDER, 0.0, GAIN)


def arms_of_all() -> tuple[Replacement, ...]:
    """List the replacements for all matrix products, which take longer: exact, L-Mul, and no constant with a gain."""
    return tuple(arm for arm in arms() if _in_all(arm))


def _in_all(replacement: Replacement) -> bool:
    arm, narrow = replacement.arm, replacement.operands == E4M3
    return arm in (Arm.EXACT, Arm.LMUL, Arm.GAIN) or (narrow and arm in (Arm.FITTED, Arm.BEST))


def _approximate(operands: int | Format, format: Format, cut: Cut) -> Iterator[Replacement]:
    paper = paper_constant(format.mantissa_bits) / format.hidden_one
    best = best_constant(format, Distribution.GAUSSIAN, cut=cut)
    yield Replacement(Arm.LMUL, operands, cut, Form.ADDER, paper)
    yield Replacement(Arm.MITCHELL, operands, cut, Form.ADDER)
    yield Replacement(Arm.EQUATION1, operands, cut, Form.EQUATION1, paper)
    yield Replacement(Arm.BEST, operands, cut, Form.ADDER, best.constant, best.gain)
