# amaranth: UnusedElaboratable=no
"""Jobs that measure lmul's own multipliers, in every form of their exact products."""

from dataclasses import dataclass

from lmul.accuracy.products.mean_error import mean_relative_error
from lmul.golden.formats import Format
from lmul.golden.parameters import Parameters
from lmul.hdl.arith.exact_products import Form
from lmul.hdl.export.verilog import contents, verilog
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.style import Style
from lmul.synth.mapping.flow import Cost, Mapped, map_module, synthesise
from lmul.synth.measure.pieces import prepared
from lmul.synth.technology.technology import GENERIC, Technology
from lmul.tools.cache import remembered
from lmul.tools.session import NoContext


def effort(p: Parameters) -> float:
    """Estimate how long it takes to map a multiplier, in the unit of `Job.effort`."""
    return 20 + p.result.mantissa_bits ** (2 if p.method.is_exact else 1)


@dataclass(frozen=True)
class UnitMapped:
    """Mapped netlist of a combinational multiplier, which several jobs share."""

    parameters: Parameters
    form: Form = Form.ARRAY
    style: Style = Style.GATES

    @property
    def verilog(self) -> str:
        """Return the Verilog text to map, the same for every technology; it is written once and remembered."""
        return remembered(self, NoContext(), str, self._written)

    def _written(self) -> str:
        unit = Multiplier(self.parameters, 0, self.form, self.style)
        return prepared(verilog(unit), self.parameters.name, self.form)

    def of(self, technology: Technology) -> Mapped:
        """Return the netlist; it is mapped once and remembered."""
        return map_module(self.verilog, self.parameters.name, technology)


@dataclass(frozen=True)
class UnitCost:
    """Job: cost of a combinational multiplier."""

    parameters: Parameters
    form: Form = Form.ARRAY
    style: Style = Style.GATES

    @property
    def effort(self) -> float:
        """Estimate how long it takes, in the unit of `Job.effort`."""
        return effort(self.parameters)

    def run(self, technology: Technology) -> Cost:
        """Map it."""
        return UnitMapped(self.parameters, self.form, self.style).of(technology).cost

    def of(self, technology: Technology) -> Cost:
        """Return the cost; it is measured once and remembered."""
        return remembered(self, technology, Cost, lambda: self.run(technology))


@dataclass(frozen=True)
class GenericCost:
    """Job: cost of a multiplier in generic gates, whatever the technology of the report."""

    parameters: Parameters

    @property
    def effort(self) -> float:
        """Estimate how long it takes, in the unit of `Job.effort`."""
        return UnitCost(self.parameters).effort

    def run(self, technology: Technology) -> Cost:
        """Map it."""
        return UnitCost(self.parameters).of(GENERIC)


@dataclass(frozen=True)
class SumCost:
    """Job: cost of an unsigned sum of E + M bits, `x + y`, through the same flow: a multiplier's bare adder."""

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
    """Job: mean |relative error| of a multiplier's product, exponents in mid-range."""

    parameters: Parameters

    @property
    def effort(self) -> float:
        """Estimate how long it takes, in the unit of `Job.effort`."""
        return 20

    def run(self, technology: Technology) -> float:
        """Compute it; the technology plays no part."""
        return mean_relative_error(self.parameters)


@dataclass(frozen=True)
class VerilogFiles:
    """Job: Verilog file and manifest of an exported multiplier.

    Parameters
    ----------
    parameters : Parameters
        Formats, method and policy of the multiplier.
    version : str
        Version of lmul that the files name.
    """

    parameters: Parameters
    version: str

    @property
    def effort(self) -> float:
        """Estimate how long it takes, in the unit of `Job.effort`."""
        return 20

    def run(self, technology: Technology) -> dict[str, str]:
        """Write Verilog and manifest, and return texts by file name; the technology plays no part."""
        return contents(Multiplier(self.parameters, style=Style.GATES))
