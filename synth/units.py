# amaranth: UnusedElaboratable=no
"""What multipliers of ours cost, in every form of their exact products: jobs."""

from dataclasses import dataclass

from lmul.golden.parameters import Method, Parameters
from lmul.hdl.forms import Form
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.verilog import verilog
from lmul.synth.cache import remembered
from lmul.synth.energy import Energies, energies
from lmul.synth.flow import Cost, Mapped, map_module
from lmul.synth.pieces import prepared
from lmul.synth.stimulus import unit_stimulus
from lmul.synth.streams import Stream
from lmul.synth.technology import Technology


def effort(p: Parameters) -> float:
    """About how long it takes to map a multiplier, in the unit of `pieces.Piece.effort`."""
    return 20 + p.result.mantissa_bits ** (2 if p.method is Method.EXACT else 1)


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
class UnitEnergy:
    """The energy of a product."""

    parameters: Parameters
    form: Form
    stream: Stream

    @property
    def effort(self) -> float:
        """About twice that of mapping it."""
        return 2 * effort(self.parameters)

    def run(self, technology: Technology) -> Energies:
        """Map it, and simulate the netlist."""
        module = UnitMapped(self.parameters, self.form).of(technology).module
        return energies(module, technology, unit_stimulus(self.parameters, self.stream), warm_up=1)
