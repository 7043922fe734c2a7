# amaranth: UnusedElaboratable=no
"""What multipliers of ours cost: jobs."""

from dataclasses import dataclass

from lmul.golden.parameters import Method, Parameters
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.verilog import verilog
from lmul.synth.cache import remembered
from lmul.synth.flow import Cost, synthesise
from lmul.synth.technology import Technology


@dataclass(frozen=True)
class UnitCost:
    """What a combinational multiplier costs."""

    parameters: Parameters

    @property
    def effort(self) -> float:
        """In the unit of `pieces.Piece.effort`."""
        p = self.parameters
        return 20 + p.result.mantissa_bits ** (2 if p.method is Method.EXACT else 1)

    def run(self, technology: Technology) -> Cost:
        """Write it as Verilog, and map it."""
        return synthesise(verilog(Multiplier(self.parameters)), self.parameters.name, technology)

    def of(self, technology: Technology) -> Cost:
        """Found once."""
        return remembered(self, technology, lambda: self.run(technology))
