# amaranth: UnusedElaboratable=no
"""Recipes that trade area for delay: every one keeps the function, and the envelope keeps the best."""

import numpy as np
import pytest
from support.libraries import NANGATE45

from lmul.golden.formats import format_named
from lmul.golden.methods import Method
from lmul.golden.multiply import multiply
from lmul.golden.parameters import Parameters
from lmul.hdl.export.verilog import verilog
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.style import Style
from lmul.synth.energy.circuit import Circuit
from lmul.synth.energy.toggles import port_values, simulate
from lmul.synth.mapping import recipes
from lmul.synth.mapping.flow import map_module
from lmul.synth.mapping.open_liberty import open_liberty
from lmul.synth.mapping.recipes import SCRIPTS, Description, Point, Sweep, envelope, trials
from lmul.synth.technology.drive_and_load import Surroundings, surroundings
from lmul.synth.technology.liberty_cells import read_library
from lmul.synth.technology.locate import find_library
from lmul.synth.technology.technology import Technology

_UNIT = Parameters(format_named("e3m2"), Method.EXACT)


@pytest.fixture(scope="module")
def full() -> Technology:
    """A library that all of ABC can work with."""
    if NANGATE45.exists():
        return open_liberty(NANGATE45)
    try:
        return open_liberty(find_library("osu018", {}))
    except ValueError as error:
        pytest.skip(f"needs nangate45_typ.lib.gz in the folder shared beside the repository, or osu018: {error}")


@pytest.mark.parametrize(
    ("script", "description"),
    [*((script, Description.GATES) for script in SCRIPTS), *(("amap", each) for each in list(Description)[1:])],
)
def test_every_netlist_multiplies(
    script: str, description: Description, tiny: Technology, request: pytest.FixtureRequest
) -> None:
    # ABC's `map` aborts on the tiny library.
    library = tiny if script.endswith("amap") else request.getfixturevalue("full")
    codes = np.arange(64)
    x, y = np.repeat(codes, 64), np.tile(codes, 64)
    (point,), module = recipes.mapped(_UNIT, description, library, [(script, 100)])
    assert (point.script, point.description, point.target_ps) == (script, description, 100)
    (simulation,) = simulate(Circuit(module, read_library(library)), {"x": x[:, None], "y": y[:, None]})
    np.testing.assert_array_equal(port_values(simulation, "p"), multiply(_UNIT, x, y))


def test_the_area_flow_is_that_of_all_tables(tiny: Technology) -> None:
    (point,) = trials(_UNIT, Description.GATES, tiny, [("amap", None)])
    component = Multiplier(_UNIT, style=Style.GATES)
    cost = map_module(verilog(component), component.name, tiny).cost
    assert point.area_um2 == pytest.approx(cost.area_um2, abs=0.01)
    assert point.delay_ps >= cost.delay_ps  # behind a driver


def test_a_sweep_begins_with_the_area_flow_and_aims_at_shares_of_its_delay(
    tiny: Technology, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipes, "SCRIPTS", {name: SCRIPTS[name] for name in ("amap", "map", "if -g amap")})
    monkeypatch.setattr(recipes, "SHARES", (0.0, 0.5))
    first, *others = Sweep(_UNIT, Description.GATES).run(tiny)
    assert first.recipe == "gates: amap"
    aims = [1.0, round(first.delay_ps / 2)]
    # `map` is left out: ABC aborts in it on this library.
    assert [(p.recipe, p.target_ps) for p in others] == [
        (f"gates: {script}, sized", target) for script in ("amap", "if -g amap") for target in aims
    ]


def test_targets_trade_area_for_delay(full: Technology) -> None:
    fast, slow = trials(_UNIT, Description.GATES, full, [("if -g", 1), ("if -g", 5000)])
    assert fast.delay_ps < 0.95 * slow.delay_ps
    assert fast.area_um2 > 1.05 * slow.area_um2


def _point(area: float, delay: float) -> Point:
    return Point(area, delay, None, "exported", "amap")


def test_the_envelope() -> None:
    kept = [_point(10, 90), _point(12, 60), _point(20, 50)]
    assert envelope([_point(20, 55), kept[2], _point(12, 70), kept[1], _point(11, 90), kept[0], _point(30, 50)]) == kept


def test_surroundings(tiny: Technology) -> None:
    assert surroundings(tiny) == Surroundings("INV", 4.0)
    assert surroundings(tiny).constraints == "set_driving_cell INV\nset_load 4 [all_outputs]\n"
