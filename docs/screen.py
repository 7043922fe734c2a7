"""Write the Verilog of one multiplier into README.md: `make products` runs this."""

from pathlib import Path

from lmul.golden.formats import E4M3
from lmul.golden.parameters import Parameters
from lmul.hdl.export.verilog import verilog
from lmul.hdl.multiplier import Multiplier

BEGIN, END = "<!-- screen: written by make products -->", "<!-- end of screen -->"


def block() -> str:
    """Write the module of L-Mul for e4m3, without the comments above it."""
    text = verilog(Multiplier(Parameters(E4M3)))
    return f"```verilog\n{text[text.index('module') :].rstrip()}\n```"


def with_screen(readme: str) -> str:
    """The README with the module as it is exported now."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{block()}\n{END}{after}"


if __name__ == "__main__":
    readme = Path(__file__).parent.parent / "README.md"
    readme.write_text(with_screen(readme.read_text()))
