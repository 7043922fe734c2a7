"""Energies as jobs: of a multiplier, a multiply-accumulate or a dot product's core, on one stream."""

from dataclasses import dataclass

import numpy as np

from lmul.golden.parameters import Parameters
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.verilog import verilog
from lmul.synth.cache import remembered
from lmul.synth.energy import Energies, energies
from lmul.synth.flow import Mapped, map_module
from lmul.synth.jobs import Netlist
from lmul.synth.pieces import Kind, Piece
from lmul.synth.stimulus import CYCLES, stimulus
from lmul.synth.streams import Stream
from lmul.synth.technology import Technology

Contender = Parameters | Piece
"""A combinational multiplier, or a piece of the kinds ELEMENT_CORE (a multiply-accumulate) and DOT_CORE."""


@dataclass(frozen=True)
class UnitNetlist:
    """The mapped netlist of a multiplier."""

    parameters: Parameters

    def of(self, technology: Technology) -> Mapped:
        """The netlist, mapped once."""
        return remembered(self, technology, lambda: self._mapped(technology))

    def _mapped(self, technology: Technology) -> Mapped:
        unit = Multiplier(self.parameters)
        return map_module(verilog(unit), unit.name, technology)


@dataclass(frozen=True)
class EnergyJob:
    """The energy of a cycle.

    Parameters
    ----------
    contender : Parameters or Piece
        Of what.
    stream : Stream
        On which numbers.
    """

    contender: Contender
    stream: Stream

    @property
    def effort(self) -> float:
        """About as long as mapping it."""
        piece = self.contender
        if isinstance(piece, Parameters):
            return 20.0 + piece.result.mantissa_bits**2 / 4
        return 100 + piece.effort

    @property
    def products(self) -> int:
        """Of a cycle."""
        piece = self.contender
        return piece.lanes if isinstance(piece, Piece) and piece.kind is Kind.DOT_CORE else 1

    def run(self, technology: Technology) -> Energies:
        """Map it and simulate the netlist."""
        netlist = UnitNetlist(self.contender) if isinstance(self.contender, Parameters) else Netlist(self.contender)
        values = stimulus(self.contender, self.stream)
        cycles = np.shape(values["x"])[1]
        return energies(netlist.of(technology).module, technology, values, cycles - CYCLES)
