"""Jobs that measure the energy of a multiplier, a multiply-accumulate or a dot product's core on one stream."""

from dataclasses import dataclass

import numpy as np

from lmul.golden.codes import encode
from lmul.golden.formats import Format
from lmul.golden.parameters import Parameters
from lmul.hdl.arith.exact_products import Form
from lmul.hdl.export.verilog import verilog
from lmul.synth.energy.energy import Energies, energies
from lmul.synth.energy.operands import Stream
from lmul.synth.mapping.flow import map_module
from lmul.synth.measure.cores import Adder
from lmul.synth.measure.multipliers import UnitMapped, effort
from lmul.synth.measure.pieces import Piece, mapped
from lmul.synth.measure.stimulus import CYCLES, MAC_TERMS, STREAMS, stimulus
from lmul.synth.technology.technology import Technology
from lmul.tools.cache import remembered

Contender = Parameters | Piece
"""Combinational multiplier, or a piece of the kinds ELEMENT_CORE (a multiply-accumulate), DOT_CORE and DOT_CORES."""


@dataclass(frozen=True)
class EnergyJob:
    """Job: energy of one cycle.

    Parameters
    ----------
    contender : Parameters or Piece
        Design to simulate.
    stream : Stream
        Numbers that the operands are encoded from.
    form : Form
        Form of a multiplier's exact products; a piece has its own.
    """

    contender: Contender
    stream: Stream
    form: Form = Form.ARRAY

    @property
    def effort(self) -> float:
        """Estimate how long it takes, in the unit of `Job.effort`."""
        piece = self.contender
        if isinstance(piece, Parameters):
            return 2 * effort(piece)
        return 100 + piece.effort

    @property
    def products(self) -> int:
        """Return the products of one cycle."""
        piece = self.contender
        return piece.lanes if isinstance(piece, Piece) else 1

    def run(self, technology: Technology) -> Energies:
        """Map it and simulate the netlist."""
        unit = self.contender
        netlist = (
            UnitMapped(unit, self.form).of(technology) if isinstance(unit, Parameters) else mapped(unit, technology)
        )
        values = stimulus(unit, self.stream)
        cycles = np.shape(next(iter(values.values())))[1]
        return energies(netlist.module, technology, values, cycles - CYCLES)

    def of(self, technology: Technology) -> Energies:
        """Return the energies; they are measured once and remembered."""
        return remembered(self, technology, Energies, lambda: self.run(technology))


@dataclass(frozen=True)
class AdderEnergy:
    """Job: energy of one addition to a floating-point accumulator, of products of a stream's numbers in its format."""

    format: Format
    stream: Stream

    @property
    def effort(self) -> float:
        """Estimate how long it takes, in the unit of `Job.effort`."""
        return 300

    def run(self, technology: Technology) -> Energies:
        """Map it and simulate the netlist."""
        unit = Adder(self.format)
        module = map_module(verilog(unit), unit.name, technology).module
        cycles = MAC_TERMS + CYCLES
        blocks = -(-cycles // self.stream.blocks(0, 1).shape[1])
        x, y = (self.stream.blocks(side, STREAMS * blocks).reshape(STREAMS, -1)[:, :cycles] for side in range(2))
        position = np.arange(STREAMS)[:, None] + np.arange(cycles)
        values = {"x": encode(self.format, x * y), "clear": (position % MAC_TERMS == 0).astype(np.uint8)}
        return energies(module, technology, values, warm_up=MAC_TERMS)
