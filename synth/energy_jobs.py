"""Energies as jobs: of a multiplier, a multiply-accumulate or a dot product's core, on one stream."""

from dataclasses import dataclass

import numpy as np

from lmul.golden.parameters import Parameters
from lmul.hdl.forms import Form
from lmul.synth.cache import remembered
from lmul.synth.energy import Energies, energies
from lmul.synth.jobs import Netlist
from lmul.synth.pieces import Kind, Piece
from lmul.synth.stimulus import CYCLES, stimulus
from lmul.synth.streams import Stream
from lmul.synth.technology import Technology
from lmul.synth.units import UnitMapped, effort

Contender = Parameters | Piece
"""A combinational multiplier, or a piece of the kinds ELEMENT_CORE (a multiply-accumulate) and DOT_CORE."""


@dataclass(frozen=True)
class EnergyJob:
    """The energy of a cycle.

    Parameters
    ----------
    contender : Parameters or Piece
        Of what.
    stream : Stream
        On which numbers.
    form : Form
        Of a multiplier's exact products; a piece has its own.
    """

    contender: Contender
    stream: Stream
    form: Form = Form.ARRAY

    @property
    def effort(self) -> float:
        """About as long as mapping it."""
        piece = self.contender
        if isinstance(piece, Parameters):
            return 2 * effort(piece)
        return 100 + piece.effort

    @property
    def products(self) -> int:
        """Of a cycle."""
        piece = self.contender
        return piece.lanes if isinstance(piece, Piece) and piece.kind is Kind.DOT_CORE else 1

    def run(self, technology: Technology) -> Energies:
        """Map it and simulate the netlist."""
        unit = self.contender
        netlist = UnitMapped(unit, self.form) if isinstance(unit, Parameters) else Netlist(unit)
        values = stimulus(unit, self.stream)
        cycles = np.shape(values["x"])[1]
        return energies(netlist.of(technology).module, technology, values, cycles - CYCLES)

    def of(self, technology: Technology) -> Energies:
        """Found once."""
        return remembered(self, technology, lambda: self.run(technology))
