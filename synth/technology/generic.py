"""Technology `generic`: static CMOS gates counted in transistors, for use without a cell library.

A gate's area is its transistors / 4, so that a 2-input NAND is 1: the unit "NAND2 equivalent". It has no
delay in seconds and no area in um2. Transistor counts are those of the textbook circuits (N. Weste and
D. Harris, CMOS VLSI Design, chapters 1 and 10): an inverting gate of n inputs has a pull-up and a pull-down
network of n transistors each; every other gate is built of such gates, as its comment says.
"""

import re
from dataclasses import dataclass

REGISTER = "$_DFF_P_"
"""Yosys' own plain D flip-flop, the only register of this technology."""

REGISTER_TRANSISTORS = 24
"""Two latches of 8 (a transmission gate, an inverter, a clocked inverter that holds: 2 + 2 + 4), two inverters for
the clock's phases and two that isolate D and Q. NanGate's 45 nm DFF_X1 has the area of 22.7 transistors."""

TRANSISTORS_PER_NAND2 = 4


@dataclass(frozen=True)
class Gate:
    """Gate with the output Y.

    Parameters
    ----------
    name : str
        Name of the cell.
    transistors : int
        Number of transistors.
    function : str
        Y in genlib's notation: `!` not, `*` and, `+` or; pins are single capital letters.
    """

    name: str
    transistors: int
    function: str

    @property
    def nand2(self) -> float:
        """Return the area in NAND2 equivalents."""
        return self.transistors / TRANSISTORS_PER_NAND2

    @property
    def pins(self) -> list[str]:
        """List the inputs in alphabetical order."""
        return sorted(set(re.findall(r"[A-Z]", self.function)))


GATES = (
    Gate("INV", 2, "!A"),
    Gate("BUF", 4, "A"),  # two inverters
    Gate("NAND2", 4, "!(A*B)"),
    Gate("NAND3", 6, "!(A*B*C)"),
    Gate("NAND4", 8, "!(A*B*C*D)"),
    Gate("NOR2", 4, "!(A+B)"),
    Gate("NOR3", 6, "!(A+B+C)"),
    Gate("NOR4", 8, "!(A+B+C+D)"),
    Gate("AND2", 6, "A*B"),  # NAND2 and an inverter
    Gate("OR2", 6, "A+B"),  # NOR2 and an inverter
    Gate("AOI21", 6, "!(A*B+C)"),
    Gate("AOI22", 8, "!(A*B+C*D)"),
    Gate("OAI21", 6, "!((A+B)*C)"),
    Gate("OAI22", 8, "!((A+B)*(C+D))"),
    Gate("XOR2", 10, "A*!B+!A*B"),  # AOI21 of A, B and their NOR2
    Gate("XNOR2", 10, "A*B+!A*!B"),  # OAI21 of A, B and their NAND2
    Gate("MUX2", 12, "A*!S+B*S"),  # AOI22 with an inverter for S and one behind it
)

TRANSISTORS = {REGISTER: REGISTER_TRANSISTORS, **{gate.name: gate.transistors for gate in GATES}}
"""Transistors of every cell of this technology, by name."""


def genlib() -> str:
    """Write the gates in ABC's genlib format, each with a delay of 1."""
    return "".join(f"GATE {g.name} {g.nand2} Y={g.function}; PIN * UNKNOWN 1 999 1 0 1 0\n" for g in GATES)


def declarations() -> str:
    """Write the gates as empty Verilog modules, which declare the directions of pins."""
    return "".join(f"module {g.name} (input {', '.join(g.pins)}, output Y); endmodule\n" for g in GATES)


def modules() -> dict[str, str]:
    """Write the gates as Verilog modules with their functions, by name."""
    operators = str.maketrans("!*+", "~&|")
    return {
        g.name: f"module {g.name}({', '.join(g.pins)}, Y);\n  input {', '.join(g.pins)};\n  output Y;\n"
        f"  assign Y = {g.function.translate(operators)};\nendmodule\n"
        for g in GATES
    }
