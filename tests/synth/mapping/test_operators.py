"""Units written as operators compute what the golden model says."""

import numpy as np
import pytest

from lmul.golden.formats import BF16, E3M4, E4M3, E5M2, Format, format_named
from lmul.golden.methods import Method
from lmul.golden.multiply import multiply
from lmul.golden.parameters import Parameters, Policy
from lmul.synth.energy.circuit import Circuit
from lmul.synth.energy.toggles import port_values, simulate
from lmul.synth.mapping.flow import map_module
from lmul.synth.mapping.operators import NAME, behaviour
from lmul.synth.technology.liberty_cells import read_library
from lmul.synth.technology.technology import Technology

_UNITS = [
    Parameters(E4M3),
    Parameters(E4M3, Method.EXACT),
    Parameters(E3M4, Method.corrected(3)),
    Parameters(format_named("e3m1"), Method.EXACT),
    Parameters(BF16, Method.EXACT),
]


def _pairs(f: Format) -> tuple[np.ndarray, np.ndarray]:
    if f.width <= 8:
        codes = np.arange(1 << f.width)
        return np.repeat(codes, codes.size), np.tile(codes, codes.size)
    x, y = np.random.default_rng(1).integers(0, 1 << f.width, (2, 20000))
    return x, y


@pytest.mark.parametrize("unit", _UNITS, ids=lambda unit: unit.name)
def test_products(unit: Parameters, tiny: Technology) -> None:
    x, y = _pairs(unit.format)
    circuit = Circuit(map_module(behaviour(unit), NAME, tiny).module, read_library(tiny))
    (simulation,) = simulate(circuit, {"x": x[:, None], "y": y[:, None]})
    np.testing.assert_array_equal(port_values(simulation, "p"), multiply(unit, x, y))


@pytest.mark.parametrize(
    "unit",
    [
        Parameters(E4M3, policy=Policy.IEEE),
        Parameters(E4M3, Method.EXACT_RTZ),
        Parameters(E4M3, y_format=E5M2),
    ],
    ids=lambda unit: unit.name,
)
def test_others_are_refused(unit: Parameters) -> None:
    with pytest.raises(
        ValueError, match=rf"^unit must have the policy flush, one format, and round to nearest, not {unit.name}$"
    ):
        behaviour(unit)
