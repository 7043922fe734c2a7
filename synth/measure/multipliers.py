# amaranth: UnusedElaboratable=no
"""What multipliers of ours cost, in every form of their exact products: jobs."""

from dataclasses import dataclass

from lmul.golden.parameters import Parameters
from lmul.hdl.arith.exact_products import Form
from lmul.hdl.export.verilog import verilog
from lmul.hdl.multiplier import Multiplier
from lmul.synth.mapping.flow import Cost, Mapped, map_module
from lmul.synth.measure.cache import remembered
from lmul.synth.measure.pieces import prepared
from lmul.synth.technology.technology import GENERIC, Technology


def effort(p: Parameters) -> float:
    """About how long it takes to map a multiplier, in the unit of `pieces.Piece.effort`."""
    return 20 + p.result.mantissa_bits ** (2 if p.method.is_exact else 1)


@dataclass(frozen=True)
class UnitMapped:
    """The mapped netlist of a combinational multiplier, which several jobs need."""

    parameters: Parameters
    form: Form = Form.ARRAY

    @property
    def verilog(self) -> str:
        """What is mapped."""
        return prepared(verilog(Multiplier(self.parameters, 0, self.form)), self.parameters.name, self.form)

    def of(self, technology: Technology) -> Mapped:
        """The netlist, mapped once."""
        return remembered(self, technology, lambda: map_module(self.verilog, self.parameters.name, technology))


@dataclass(frozen=True)
class UnitCost:
    """What a combinational multiplier costs."""

    parameters: Parameters
    form: Form = Form.ARRAY

    @property
    def effort(self) -> float:
        """As of mapping it."""
        return effort(self.parameters)

    def run(self, technology: Technology) -> Cost:
        """Map it."""
        return UnitMapped(self.parameters, self.form).of(technology).cost

    def of(self, technology: Technology) -> Cost:
        """Found once."""
        return remembered(self, technology, lambda: self.run(technology))


@dataclass(frozen=True)
class GenericCost:
    """What one of our multipliers costs in generic gates, whatever else is measured."""

    parameters: Parameters

    @property
    def effort(self) -> float:
        """As of the unit."""
        return UnitCost(self.parameters).effort

    def run(self, technology: Technology) -> Cost:
        """Map it."""
        return UnitCost(self.parameters).of(GENERIC)
