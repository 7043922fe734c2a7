"""Attention heads of a real model, with both matrix products made by an array's Verilog."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lmul.accuracy.model.attention import Head, softmax
from lmul.golden.codes import decode
from lmul.golden.formats import Format
from lmul.hdl.array.systolic import SystolicArray
from lmul.sim.jobs.matmul import Outcome
from lmul.sim.matmul import Product, matmul_rtl


@dataclass(frozen=True)
class Attended:
    """Result of a head for several sentences.

    Attributes
    ----------
    scores, mixed : Outcome
        Outcomes of Q K^T, and of softmax times V.
    useful : int
        Multiplications asked for, without those with the zeros that make all sentences equally long.
    error : float
        Root of the sum of squares of the difference to float32, over that of the float32 output.
    """

    scores: Outcome
    mixed: Outcome
    useful: int
    error: float


def attention_rtl(
    unit: SystolicArray, heads: Sequence[Head], folder: Path, done: Callable[[int], None] = lambda macs: None
) -> Attended:
    """Compute softmax(Q K^T / sqrt(d)) V of one head for several sentences; softmax in float64 on the host.

    Each matrix has one power of two as its scale for all sentences, so that nothing saturates. Shorter sentences are
    padded with zeros.

    Raises
    ------
    ValueError, SimulationError, OSError
        As `matmul_rtl`.
    """
    longest = max(len(head.query) for head in heads)
    q, k, v = (_padded([getattr(head, name) for head in heads], longest) for name in ("query", "key", "value"))
    x, y = unit.dot.product.format, unit.dot.product.y_format
    scores = _multiplied(unit, (x, q), (y, k.transpose(0, 2, 1)), folder, done)
    weights = np.zeros_like(scores.values)
    for i, head in enumerate(heads):
        n = len(head.query)
        weights[i, :n, :n] = softmax(scores.values[i, :n, :n] * head.scale)
    before = scores.outcome.offered
    mixed = _multiplied(unit, (x, weights), (y, v), folder, lambda macs: done(before + macs))
    difference, size, useful = 0.0, 0.0, 0
    for i, head in enumerate(heads):
        n, features = head.query.shape
        true = softmax(head.query @ head.key.T * head.scale) @ head.value
        difference += float(((mixed.values[i, :n] - true) ** 2).sum())
        size += float((true**2).sum())
        useful += 2 * n * n * features
    return Attended(scores.outcome, mixed.outcome, useful, float(np.sqrt(difference / size)))


FormattedMatrix = tuple[Format, NDArray[np.floating]]


def _padded(matrices: Sequence[NDArray[np.float32]], longest: int) -> NDArray[np.float32]:
    return np.stack([np.pad(matrix, ((0, longest - len(matrix)), (0, 0))) for matrix in matrices])


def _multiplied(
    unit: SystolicArray, a: FormattedMatrix, b: FormattedMatrix, folder: Path, done: Callable[[int], None]
) -> Product:
    scales = [_scale(*each) for each in (a, b)]
    product = matmul_rtl(unit, a[1] * scales[0], b[1] * scales[1], folder, done=done)
    return Product(product.values / (scales[0] * scales[1]), product.saturated, product.outcome)


def _scale(f: Format, values: NDArray[np.floating]) -> float:
    """Return the largest power of two with which no value saturates."""
    top = float(decode(f, f.top))
    largest = float(np.abs(values).max())
    return float(2.0 ** np.floor(np.log2(top / largest))) if largest else 1.0
