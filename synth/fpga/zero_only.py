"""L-Mul that knows zero and nothing else, as a published FPGA unit does: for its LUTs. It is no policy of ours."""

from dataclasses import dataclass

from lmul.golden.formats import Format
from lmul.golden.parameters import Parameters, Policy
from lmul.synth.fpga.resources import Family, Resources, Text, resources, source
from lmul.synth.technology.technology import Technology

NAME = "zero_only"
"""Of the module."""


@dataclass(frozen=True)
class ZeroOnly:
    """A job: what it takes in a family, from each text, as `FpgaCost` of other units.

    Parameters
    ----------
    format : Format
        Of operands and product.
    family : Family
        Where.
    """

    format: Format
    family: Family

    @property
    def effort(self) -> float:
        """As of other units."""
        return 1000 if self.family is Family.ULTRASCALE else 300

    def run(self, technology: Technology) -> list[Resources]:
        """Synthesise each text; the cells of `technology` play no part."""
        return [resources(text, zero_only(self.format, text), NAME, self.family, False) for text in Text]


def zero_only(f: Format, text: Text) -> str:
    """The raw unit of L-Mul in Verilog, as that text has it, with a product of zero where an operand is +0 or -0.

    Subnormal operands count by their bits, and what is too small or too large wraps, as in the raw unit. A zero keeps
    the sign x xor y. Combinational, with the ports x, y and p.
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
