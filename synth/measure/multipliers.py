# amaranth: UnusedElaboratable=no
"""What multipliers of ours cost, in every form of their exact products: jobs."""

from dataclasses import dataclass

from lmul.accuracy.products.mean_error import mean_relative_error
from lmul.golden.formats import Format
from lmul.golden.parameters import Parameters
from lmul.hdl.arith.exact_products import Form
from lmul.hdl.export.verilog import contents, verilog
from lmul.hdl.multiplier import Multiplier
from lmul.synth.mapping.flow import Cost, Mapped, map_module, synthesise
from lmul.synth.measure.pieces import prepared
from lmul.synth.technology.technology import GENERIC, Technology
from lmul.tools.cache import remembered


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
        return remembered(self, technology, Mapped, lambda: map_module(self.verilog, self.parameters.name, technology))


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
        return remembered(self, technology, Cost, lambda: self.run(technology))


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


@dataclass(frozen=True)
class SumCost:
    """What an unsigned sum of E + M bits costs, `x + y` through the same flow: a multiplier's bare adder."""

    format: Format

    @property
    def effort(self) -> float:
        """Say how long it takes, in the unit of `Job.effort`."""
        return 10

    def run(self, technology: Technology) -> Cost:
        """Map it."""
        name, top = f"sum_{self.format}", self.format.magnitude_bits - 1
        text = f"module {name} (input [{top}:0] x, y, output [{top}:0] p);\n  assign p = x + y;\nendmodule\n"
        return synthesise(text, name, technology)


@dataclass(frozen=True)
class MeanError:
    """Mean |relative error| of a multiplier's product, exponents in mid-range."""

    parameters: Parameters

    @property
    def effort(self) -> float:
        """Say how long it takes, in the unit of `Job.effort`."""
        return 20

    def run(self, technology: Technology) -> float:
        """Compute it; the technology plays no part."""
        return mean_relative_error(self.parameters)


@dataclass(frozen=True)
class VerilogFiles:
    """The files of an exported multiplier.

    Parameters
    ----------
    parameters : Parameters
        What it computes.
    version : str
        That of lmul, which the files name.
    """

    parameters: Parameters
    version: str

    @property
    def effort(self) -> float:
        """Say how long it takes, in the unit of `Job.effort`."""
        return 20

    def run(self, technology: Technology) -> dict[str, str]:
        """Write Verilog and manifest, by the file's name; the technology plays no part."""
        return contents(Multiplier(self.parameters))
