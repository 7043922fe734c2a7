"""Errors of multipliers are of what they put out, on the numbers that their energies are measured on."""

import ml_dtypes
import numpy as np
import pytest

from lmul.golden.formats import E4M3
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.synth.energy.operands import GAUSSIAN
from lmul.synth.measure.jobs import ProductError
from lmul.synth.measure.stimulus import unit_stimulus
from lmul.synth.technology.technology import GENERIC

_EXACT = Parameters(E4M3, Method.EXACT)
_SMALLEST = 2.0**-6


def _flushed(numbers: np.ndarray, below: float) -> np.ndarray:
    """As e4m3, saturated, magnitudes `below` a limit as zero."""
    codes = np.clip(numbers, -448, 448).astype(ml_dtypes.float8_e4m3fn)
    return np.where(np.abs(numbers) < below, 0, codes.astype(np.float64))


def test_error_of_an_exact_multiplier() -> None:
    numbers = np.stack([GAUSSIAN.blocks(side, 100) for side in (0, 1)])
    # What rounds up into the smallest normal does so on its own grid: half a step is 2^-5 of it in a product, whose
    # exponent has no bound when it is rounded, and 2^-4 in an operand, whose subnormal codes come first.
    x, y = _flushed(4 * numbers, _SMALLEST * (1 - 2**-4))
    products = _flushed(x * y, _SMALLEST * (1 - 2**-5)) / 16
    true = numbers[0] * numbers[1]
    expected = np.mean(np.abs(products - true) / np.abs(true))
    assert ProductError(_EXACT, GAUSSIAN, 3200).run(GENERIC) == pytest.approx(expected, rel=1e-12)


def test_energy_has_the_same_operands() -> None:
    codes = np.asarray(unit_stimulus(_EXACT, GAUSSIAN)["y"]).astype(np.uint8).view(ml_dtypes.float8_e4m3fn)
    assert np.std(codes.astype(float)) == pytest.approx(4, rel=0.02)
