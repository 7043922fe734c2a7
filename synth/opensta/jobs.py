# amaranth: UnusedElaboratable=no
"""Jobs for OpenSTA: delays and power of units."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from lmul.golden.parameters import Parameters
from lmul.hdl.export.verilog import verilog
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.style import Style
from lmul.synth.energy.energy import energy
from lmul.synth.energy.split import Split, split_energy
from lmul.synth.mapping.flow import map_module
from lmul.synth.opensta.run import Power, Timing, power, timing
from lmul.synth.technology.drive_and_load import surroundings
from lmul.synth.technology.technology import Technology
from lmul.tools.files import scratch_folder
from lmul.tools.yosys import run_yosys

ACTIVITY = 0.5
"""Transitions of an input bit in a cycle: of a stream of independent random bits."""

_STREAMS, _CYCLES = 256, 40
_SEED = 2410_00907


@dataclass(frozen=True)
class Timings:
    """Delays of one netlist in ps: by ABC, by OpenSTA on the same terms, and by OpenSTA with drivers and loads."""

    abc: float
    bare: Timing
    driven: Timing


@dataclass(frozen=True)
class TimingJob:
    """Job: delays of a unit, mapped for area.

    Parameters
    ----------
    unit : Parameters
        Parameters of the unit.
    pipeline : int
        Ranks of registers.
    version : str
        Version of OpenSTA, on which the outcome depends.
    """

    unit: Parameters
    pipeline: int
    version: str

    @property
    def effort(self) -> float:
        """Estimate the run time: one mapping and two short runs."""
        return 100

    def run(self, technology: Technology) -> Timings:
        """Map the unit and measure its delays."""
        component = Multiplier(self.unit, self.pipeline, style=Style.GATES)
        mapped = map_module(verilog(component), component.name, technology)
        bare, driven = (
            timing(mapped.netlist, component.name, technology, around) for around in (None, surroundings(technology))
        )
        assert mapped.cost.delay_ps is not None
        return Timings(mapped.cost.delay_ps, bare, driven)


@dataclass(frozen=True)
class Powers:
    """Energies of a cycle in fJ: gates of one netlist and the nets that they drive.

    Parameters
    ----------
    settled, glitches : float
        Ours, on random operands.
    internal, switching, simple : float
        Energies by OpenSTA; `simple` is the internal energy of inverters and 2-input ANDs and ORs.
    own_internal, own_switching, own_simple : float
        Our energies with OpenSTA's toggle rates.
    busiest : float
        Transitions in a cycle, by OpenSTA, of the net that has most of them.
    depth : int
        Gates on the longest path. Where all gates take the same time no net can change more often in a cycle.
    """

    settled: float
    glitches: float
    internal: float
    switching: float
    simple: float
    own_internal: float
    own_switching: float
    own_simple: float
    busiest: float
    depth: int


@dataclass(frozen=True)
class PowerJob:
    """Job: energy of a unit, mapped for area, by our simulation and by OpenSTA."""

    unit: Parameters
    version: str

    @property
    def effort(self) -> float:
        """Estimate the run time, mostly of the simulations."""
        return 500

    def run(self, technology: Technology) -> Powers:
        """Map the unit, simulate it, and run OpenSTA."""
        component = Multiplier(self.unit, style=Style.GATES)
        mapped = map_module(verilog(component), component.name, technology)
        netlist = mapped.netlist
        module = _read_again(netlist, component.name, technology)
        generator = np.random.default_rng(_SEED)
        operands = generator.integers(0, 1 << self.unit.format.width, (2, _STREAMS, _CYCLES))
        stimulus = {"x": operands[0], "y": operands[1]}
        settled, glitches = (energy(module, technology, stimulus, each).combinational for each in (False, True))
        theirs = power(netlist, component.name, technology, ACTIVITY)
        ours = split_energy(module, technology, theirs.activities, ACTIVITY)
        both = (*_sums(theirs, ours.simple), *_sums(ours, ours.simple))
        return Powers(settled, glitches, *both, max(theirs.activities.values()), mapped.cost.depth)


def _sums(energies: Power | Split, simple: Iterable[str]) -> tuple[float, float, float]:
    """Sum the energies inside all cells, of nets, and inside simple cells."""
    inside = energies.internal
    return sum(inside.values()), energies.switching, sum(inside[name] for name in simple)


def _read_again(netlist: str, top: str, technology: Technology) -> dict[str, Any]:
    """Read a netlist's module with the cell names of its Verilog, which OpenSTA prints."""
    with scratch_folder() as folder:
        for file, content in {**technology.files, "netlist.v": netlist}.items():
            (folder / file).write_bytes(content.encode() if isinstance(content, str) else content)
        run_yosys(
            [*technology.read_cells, "read_verilog netlist.v", f"hierarchy -top {top}", "write_json netlist.json"],
            folder,
        )
        module: dict[str, Any] = json.loads((folder / "netlist.json").read_text())["modules"][top]
    return module
