"""LUTs of L-Mul that detects zero operands only, like a published FPGA unit. It is not one of our policies."""

from dataclasses import dataclass

from lmul.golden.formats import Format
from lmul.golden.parameters import Parameters, Policy
from lmul.synth.fpga.resources import Family, Resources, Text, resources, source
from lmul.synth.technology.technology import Technology

NAME = "zero_only"
"""Name of the module."""


@dataclass(frozen=True)
class ZeroOnly:
    """Job: resources in a family for each text, as `FpgaCost` has them for other units.

    Parameters
    ----------
    format : Format
        Format of operands and product.
    family : Family
        FPGA family.
    """

    format: Format
    family: Family

    @property
    def effort(self) -> float:
        """Estimate the run time, as for other units."""
        return 1000 if self.family is Family.ULTRASCALE else 300

    def run(self, technology: Technology) -> list[Resources]:
        """Synthesise each text. The cells of `technology` are not used."""
        return [resources(text, zero_only(self.format, text), NAME, self.family, False) for text in Text]


def zero_only(f: Format, text: Text) -> str:
    """Write L-Mul's raw unit in Verilog, with a product of zero if an operand is +0 or -0.

    Subnormal operands count by their bits, and overflow and underflow wrap, as in the raw unit. A zero has the sign x
    xor y. The module is combinational, with the ports x, y and p.
    """
    inside, name = source(Parameters(f, policy=Policy.RAW), text)
    top = f.magnitude_bits
    return f"""{inside}
module {NAME} (input [{top}:0] x, y, output [{top}:0] p);
  wire [{top}:0] raw;
  {name} unit (.x(x), .y(y), .p(raw));
  wire some = |x[{top - 1}:0] & |y[{top - 1}:0];
  assign p = {{raw[{top}], raw[{top - 1}:0] & {{{top}{{some}}}}}};
endmodule
"""
