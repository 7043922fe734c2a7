# amaranth: UnusedElaboratable=no
"""What reports find out about units in FPGAs: cells of each family, and clock frequencies on two devices."""

from dataclasses import dataclass
from enum import StrEnum

from lmul.golden.parameters import Method, Parameters, Policy
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.verilog import ports_of, verilog
from lmul.synth.behaviour import NAME, behaviour
from lmul.synth.fpga import Aim, Fabric, Family, synthesise_fpga
from lmul.synth.place import TIMED, Device, Placed, place, registered
from lmul.synth.technology import Technology


class Form(StrEnum):
    """How a unit is written."""

    GATES = "gates"  # the exported unit, which spells out its adders
    OPERATORS = "operators"  # + and *, with carry chains
    PLAIN = "operators, no carry"  # + and *, adders in LUTs


@dataclass(frozen=True)
class FabricCost:
    """What a unit takes of an FPGA.

    Parameters
    ----------
    parameters : Parameters
        Of the multiplier.
    family : Family
        What it is mapped to.
    form : Form
        How it is written.
    dsp : bool
        Whether a multiplication may become a multiplier block.
    """

    parameters: Parameters
    family: Family
    form: Form
    dsp: bool = False

    @property
    def effort(self) -> float:
        """Mostly the exact unit's array."""
        slow = 3 if self.family is Family.ULTRASCALE else 1
        array = 0 if self.dsp or self.parameters.method is not Method.EXACT else _squared(self.parameters)
        return slow * (70 + 3 * array)

    def run(self, technology: Technology) -> Fabric:
        """Map it; what the report is mapped to makes no difference."""
        text, top = written(self.parameters, self.form)
        carry = self.form is not Form.PLAIN
        return synthesise_fpga(text, top, self.family, Aim.LUTS, self.dsp, carry).fabric


@dataclass(frozen=True)
class Timed:
    """A unit with registers at its ports: placed, and as it was mapped."""

    placed: Placed
    fabric: Fabric


@dataclass(frozen=True)
class Frequency:
    """The clock frequency of a unit with registers at its ports.

    Parameters
    ----------
    parameters : Parameters
        Of the multiplier.
    device : Device
        Where it is placed.
    version : str or None
        Of the device's nextpnr.
    form : Form
        How it is written.
    pipeline : int
        Ranks of registers of its own.
    dsp : bool
        Whether a multiplication may become a multiplier block.
    """

    parameters: Parameters
    device: Device
    version: str | None
    form: Form = Form.GATES
    pipeline: int = 0
    dsp: bool = False

    @property
    def effort(self) -> float:
        """Three placements."""
        return 600 + _squared(self.parameters)

    def run(self, technology: Technology) -> Timed:
        """Map it for speed, place it and route it."""
        text, top = written(self.parameters, self.form, self.pipeline)
        wrapped = text + registered(top, ports_of(Multiplier(self.parameters, self.pipeline)))
        mapped = synthesise_fpga(wrapped, TIMED, self.device.family, Aim.SPEED, self.dsp, self.form is not Form.PLAIN)
        return Timed(place(mapped.netlist, self.device, self.parameters.name), mapped.fabric)


def _squared(parameters: Parameters) -> int:
    return (parameters.result.mantissa_bits + 1) ** 2


def written(parameters: Parameters, form: Form, pipeline: int = 0) -> tuple[str, str]:
    """A unit as Verilog, and the name of its module.

    Raises
    ------
    ValueError
        It has no form with operators: `behaviour` tells.
    """
    if form is Form.GATES:
        unit = Multiplier(parameters, pipeline)
        return verilog(unit), unit.name
    return (_summed if parameters.policy is Policy.RAW else behaviour)(parameters), NAME


def _summed(p: Parameters) -> str:
    bits = p.format.magnitude_bits
    return f"""module {NAME} (input [{bits}:0] x, y, output [{bits}:0] p);
  wire [{bits - 1}:0] t = x[{bits - 1}:0] + y[{bits - 1}:0] - {bits}'d{p.offset};
  assign p = {{x[{bits}] ^ y[{bits}], t}};
endmodule
"""
