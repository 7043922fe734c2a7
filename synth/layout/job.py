"""Jobs that place a unit a few times, and what its wires do to area, delay and energy."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from lmul.golden.parameters import Parameters
from lmul.hdl.arith.exact_products import Form
from lmul.synth.energy.energy import wired_energies
from lmul.synth.energy.operands import GAUSSIAN
from lmul.synth.layout.floorplan import floorplan
from lmul.synth.layout.lef import Lef
from lmul.synth.layout.parasitics import PerUm, capacitances, spef
from lmul.synth.layout.placement import Placement
from lmul.synth.layout.placer import place
from lmul.synth.layout.wiring import Wiring
from lmul.synth.mapping.flow import Mapped
from lmul.synth.measure.energy_jobs import Contender
from lmul.synth.measure.multipliers import UnitMapped, effort
from lmul.synth.measure.pieces import mapped
from lmul.synth.measure.stimulus import CYCLES, stimulus
from lmul.synth.opensta.run import Timing, timing
from lmul.synth.technology.drive_and_load import surroundings
from lmul.synth.technology.liberty_cells import read_library
from lmul.synth.technology.technology import Technology

UTILISATION = 0.7
"""Area of the cells over that of the core, unless another is asked for."""

REPEATS = 5
"""Placements of each unit, from netlists in other orders."""


@dataclass(frozen=True)
class Setup:
    """What placement needs besides the netlist.

    Parameters
    ----------
    lef : Lef
        Sizes of cells, and the routing layers.
    wire : PerUm
        Capacitance and resistance of a um of wire.
    utilisation : float
        Area of the cells over that of the core.
    """

    lef: Lef
    wire: PerUm
    utilisation: float = UTILISATION


@dataclass(frozen=True)
class Wired:
    """Figures of one placement, or of a netlist without wires.

    Parameters
    ----------
    um, ff : float
        Length of all wires, and their capacitance.
    clock_um : float
        Length of the clock's wire in it.
    delay_ps : float or None
        Longest path, with drivers before inputs and loads on outputs; None where nobody knows.
    fj, fj_glitches : float
        Energy of a cycle without glitches and with them.
    """

    um: float
    ff: float
    clock_um: float
    delay_ps: float | None
    fj: float
    fj_glitches: float


@dataclass(frozen=True)
class Laid:
    """Figures of a unit before wires, and of each of its placements.

    Parameters
    ----------
    cells : int
        Number of cells.
    cell_um2, core_um2 : float
        Area of the cells, and of the core that they are placed in.
    before : Wired
        Figures without wires.
    placed : list of Wired
        Those of each placement.
    seconds : float
        Time of a placement, the mean.
    """

    cells: int
    cell_um2: float
    core_um2: float
    before: Wired
    placed: list[Wired]
    seconds: float

    def mean(self, name: str) -> float | None:
        """Return the mean of a figure over the placements; None where it is not known."""
        values = [getattr(each, name) for each in self.placed]
        return None if None in values else fmean(values)

    def spread(self, name: str) -> float | None:
        """Return the standard deviation of a figure over its mean; None where it is not known."""
        values = [getattr(each, name) for each in self.placed]
        if None in values or len(values) < 2:
            return None
        return float(np.std(values, ddof=1) / np.mean(values)) if np.mean(values) else 0.0


@dataclass(frozen=True)
class LayoutJob:
    """Job: place a unit and measure what its wires do.

    Parameters
    ----------
    contender : Parameters or Piece
        Multiplier, or a core that multiplies and adds.
    setup : Setup
        Cells, wires and utilisation.
    sta : str or None
        Version of OpenSTA, on which delays depend; None where there is none.
    form : Form
        Form of a multiplier's exact products; a piece has its own.
    repeats : int
        Placements.
    """

    contender: Contender
    setup: Setup
    sta: str | None
    form: Form = Form.ARRAY
    repeats: int = REPEATS

    @property
    def effort(self) -> float:
        """Estimate how long it takes, in the unit of `Job.effort`."""
        piece = self.contender
        return 10 * effort(piece) if isinstance(piece, Parameters) else 1000 + 2 * piece.effort

    def netlist(self, technology: Technology) -> Mapped:
        """Map the unit, as reports do."""
        unit = self.contender
        return UnitMapped(unit, self.form).of(technology) if isinstance(unit, Parameters) else mapped(unit, technology)

    def run(self, technology: Technology) -> Laid:
        """Map, place, and measure."""
        netlist = self.netlist(technology)
        wiring, start = Wiring(netlist.module), time.monotonic()
        placements = [placed(wiring, self.setup, seed) for seed in range(self.repeats)]
        seconds = (time.monotonic() - start) / self.repeats
        return self.measured(technology, netlist, placements, seconds)

    def measured(
        self, technology: Technology, netlist: Mapped, placements: Sequence[Placement], seconds: float
    ) -> Laid:
        """Measure placements of a netlist."""
        wiring, lengths = placements[0].wiring, [each.lengths() for each in placements]
        wires = [capacitances(each, self.setup.wire) for each in lengths]
        values = stimulus(self.contender, GAUSSIAN)
        warm_up = np.shape(next(iter(values.values())))[1] - CYCLES
        energies = wired_energies(netlist.module, technology, values, [{}, *wires], warm_up)
        clock = [bit for name, (_, bits) in wiring.ports.items() if name == "clk" for bit in bits]
        delays = [self._delay(technology, netlist, each) for each in (None, *placements)]
        found = [
            Wired(
                sum(each.values()),
                sum(wire.values()),
                sum(each.get(bit, 0.0) for bit in clock if isinstance(bit, int)),
                delay,
                *(kind.fj_per_cycle for kind in pair),
            )
            for each, wire, delay, pair in zip([{}, *lengths], [{}, *wires], delays, energies, strict=True)
        ]
        floor, lef = placements[0].floor, self.setup.lef
        cell_um2 = sum(lef.macros[cell].width * lef.macros[cell].height for cell in wiring.cells) / 1e6
        return Laid(len(wiring.cells), cell_um2, floor.width * floor.height / 1e6, found[0], found[1:], seconds)

    def _delay(self, technology: Technology, netlist: Mapped, placement: Placement | None) -> float | None:
        if self.sta is None:
            return estimated_delay(technology, netlist, placement, self.setup.wire)
        wiring = Wiring(netlist.module)
        wires = None if placement is None else spef(placement, "unit", self.setup.wire)
        return longest(timing(wiring.verilog("unit"), "unit", technology, surroundings(technology), wires))


def placed(wiring: Wiring, setup: Setup, seed: int = 0) -> Placement:
    """Place a netlist; `seed` as for `place`."""
    return place(wiring, setup.lef, floorplan(wiring, setup.lef, setup.utilisation), seed)


def longest(found: Timing) -> float | None:
    """Return the longest path through a unit, or to, from and between its registers."""
    paths = [path for path in (found.through, found.into, found.between, found.out) if path is not None]
    return max(paths, default=None)


def estimated_delay(technology: Technology, netlist: Mapped, placement: Placement | None, wire: PerUm) -> float | None:
    """Estimate the longest path without OpenSTA: ABC's, times what all nets hold with wires over what pins hold.

    It is on either side of OpenSTA's: gates have a delay of their own, too, but the longest path may have more wire
    than others, and ABC knows no drivers and loads.
    """
    delay = netlist.cost.delay_ps
    if delay is None or placement is None:
        return delay
    cells, wiring = read_library(technology).cells, placement.wiring
    pins = sum(cells[wiring.cells[cell]].pins[pin].capacitance for net in wiring.wires for cell, pin in net.pins)
    return delay * (1 + sum(capacitances(placement.lengths(), wire).values()) / pins) if pins else delay
