"""Terms of an SMT solver for a Verilog file, and questions about them.

Yosys reads the file back and writes its logic as SMT-LIB. Nothing of the exporter is trusted.
"""

import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from typing import Any

from bitwuzla import Bitwuzla, BitwuzlaException, Kind, Option, Options, Parser, Result, Term, TermManager

from lmul.formal.gates import NAME_PRIVATE, PRIVATE, read_flat
from lmul.formal.questions import are_kept, keep
from lmul.tools.files import scratch_folder
from lmul.tools.yosys import YosysError, run_yosys


@dataclass(frozen=True)
class Port:
    """Port or register; for a register that is a port, the port."""

    name: str
    kind: str
    width: int


class Circuit:
    """Module as terms over its state, which is its inputs and registers.

    Parameters
    ----------
    tm : TermManager
        Manager of all terms.
    top : str
        Name of the module.
    text : str
        SMT-LIB by Yosys: a function of the state for every net.

    Attributes
    ----------
    ports : dict of str to Port
        Inputs, outputs and registers, by name.
    registers : set of str
        Names of the registers.
    cells : list of str
        Names of the flip-flops' cells, in the order of `held`.
    nets : dict of str to list
        Bits of every wire, from `load`: wires of the same bits are one.

    Raises
    ------
    YosysError
        The text lacks an expected part.
    """

    def __init__(self, tm: TermManager, top: str, text: str) -> None:
        self.tm, self.top = tm, top
        self.ports: dict[str, Port] = {}
        for kind, name, width in re.findall(r"^; yosys-smt2-(input|output|register) (\S+) (\d+)$", text, re.MULTILINE):
            self.ports.setdefault(name, Port(name, kind, int(width)))
        self.nets: dict[str, list[int | str]] = {}
        self.registers = set(re.findall(r"^; yosys-smt2-register (\S+) \d+$", text, re.MULTILINE))
        self._steps = [
            (self._over_state(new), f"|STATE#{held}|")
            for new, held in re.findall(rf"^  \(= (.*) \(\|{top}#(\d+)\| next_state\)\) ;", text, re.MULTILINE)
        ]
        self.cells = re.findall(r" next_state\)\) ; (\S+)", text)
        sort = re.search(rf"^\(define-sort \|{top}_s\| \(\) (.*)\)$", text, re.MULTILINE)
        if sort is None or text.count(" next_state)") != len(self._steps):
            raise YosysError(f"Yosys must write the states of {top} as bit-vectors, with a next one for each register")
        # As constants the nets share common terms; the solver would expand each function separately.
        head = rf"\(define-fun \|{top}(#\d+|_n [^|]*)\| \(\(state \|{top}_s\|\)\)"
        self._sort = sort[1]
        self._nets = [
            self._over_state(re.sub(head, r"(define-fun |STATE\1| ()", line))
            for line in text.splitlines()
            if re.match(head, line)
        ]
        self._parts = self._declared()
        self._parser = Parser(tm, Options())

    def _declared(self) -> list[str]:
        """Declare a state as the concatenation of constants, so that the solver drops equal ones at once."""
        width = int(re.findall(r"\d+", self._sort)[-1])
        ranges = re.findall(r"\(\(_ extract (\d+) (\d+)\) \|STATE\|\)", "\n".join(self._nets))
        cuts = sorted({0, width, *(int(low) for _, low in ranges), *(int(high) + 1 for high, _ in ranges)})
        parts = [(f"|STATE@{low}|", high - low) for low, high in pairwise(cuts)]
        whole = reduce(lambda above, below: f"(concat {above} {below})", (name for name, _ in reversed(parts)))
        declared = [f"(declare-const {name} (_ BitVec {size}))" for name, size in parts]
        return [*declared, f"(define-fun |STATE| () {self._sort} {whole})"]

    def _over_state(self, text: str) -> str:
        """Replace functions of a state by constants."""
        return re.sub(rf"\(\|{self.top}#(\d+)\| state\)", r"|STATE#\1|", text).replace(" state)", " |STATE|)")

    def state(self, name: str) -> str:
        """Declare an unconstrained state, and return its name."""
        text = "\n".join([*self._parts, *self._nets, ""])
        self._parser.parse(text.replace("|STATE", f"|{name}"), True, False)
        return name

    def net(self, wire: str, state: str) -> Term:
        """Return the value of a port or wire in a state, as a bit-vector.

        Raises
        ------
        ValueError
            There is no such wire.
        """
        try:
            term = self._parser.parse_term(f"|{state}_n {wire}|")
        except BitwuzlaException:
            raise ValueError(f"{self.top} must have the wire {wire}, as its export has") from None
        if not term.sort().is_bool():
            return term
        sort = self.tm.mk_bv_sort(1)
        return self.tm.mk_term(Kind.ITE, [term, self.tm.mk_bv_one(sort), self.tm.mk_bv_zero(sort)])

    def follows(self, state: str, following: str) -> list[Term]:
        """Return the conditions under which one clock edge leads from one state to the other."""
        pairs = [
            (new.replace("|STATE", f"|{state}"), held.replace("|STATE", f"|{following}")) for new, held in self._steps
        ]
        return [self.tm.mk_term(Kind.EQUAL, [self._parser.parse_term(text) for text in pair]) for pair in pairs]

    def held(self, state: str) -> list[Term]:
        """Return the values of the registers in a state."""
        return [self._parser.parse_term(held.replace("|STATE", f"|{state}")) for _, held in self._steps]

    @property
    def inputs(self) -> list[str]:
        """List the names of the inputs."""
        return [port.name for port in self.ports.values() if port.kind == "input"]

    @property
    def outputs(self) -> list[str]:
        """List the names of the outputs."""
        return [port.name for port in self.ports.values() if port.kind == "output"]


def load(
    tm: TermManager,
    verilog: str,
    top: str,
    expose: Sequence[str] = (),
    cut: Sequence[tuple[str, str]] = (),
    clock: str = "clk",
) -> Circuit:
    """Read the module `top` of a Verilog text.

    Parameters
    ----------
    tm : TermManager
        Manager for the terms.
    verilog : str
        Text of the file.
    top : str
        Name of the module.
    expose : sequence of str
        Wires that become inputs; their drivers are cut off. Those without a name in the text have it from `gates`.
    cut : sequence of tuple of str
        What is taken out, and may put out anything: see `gates.read_flat`.
    clock : str
        Name of the clock.

    Raises
    ------
    YosysError
        Yosys refuses the text, or it has a loop of logic.
    ValueError
        A register takes another edge than the clock's rising one, or something is z.
    """
    with scratch_folder() as folder:
        (folder / "unit.v").write_text(verilog)
        commands = [
            *read_flat(top, cut),
            *([NAME_PRIVATE] if any(wire.startswith(PRIVATE) for wire in expose) else []),
            f"setundef {'-undriven ' if cut else ''}-anyseq",  # an x may be anything; the solver would read it as 0
            *([f"expose -input {' '.join(f'w:{wire}' for wire in expose)}"] if expose else []),
            "check -assert",  # no loops, no net with two drivers
            "write_smt2 -stbv -wires unit.smt2",
            "write_json unit.json",
        ]
        run_yosys(commands, folder)
        module = json.loads((folder / "unit.json").read_text())["modules"][top]
        _check(module, top, clock)
        circuit = Circuit(tm, top, (folder / "unit.smt2").read_text())
        circuit.nets = {name: net["bits"] for name, net in module["netnames"].items()}
        return circuit


def _check(module: dict[str, Any], top: str, clock: str) -> None:
    """Raise ValueError for clocks and z, which the solver's terms do not show.

    Terms do not model clocks, so each register must take the clock's rising edge. A z would read as 0.
    """
    nets = [*module["ports"].values(), *module["netnames"].values()]
    used = [bits for cell in module["cells"].values() for bits in cell["connections"].values()]
    if any("z" in bits for bits in (*(net["bits"] for net in nets), *used)):
        raise ValueError(f"{top} must not have z, which only a bus has a use for")
    wire = module["ports"].get(clock, {"bits": None})["bits"]
    for name, cell in module["cells"].items():
        pin = cell["connections"].get("CLK")
        if pin is not None and (pin != wire or int(cell["parameters"]["CLK_POLARITY"], 2) != 1):
            raise ValueError(f"every register of {top} must take the rising edge of {clock}, not {name}")


@dataclass(frozen=True)
class Answer:
    """Answer of the solver to a claim.

    Parameters
    ----------
    holds : bool or None
        The claim holds for all values; None after a time-out.
    values : tuple of int
        Values of the requested terms, if it does not hold.
    """

    holds: bool | None
    values: tuple[int, ...] = ()


def always(
    tm: TermManager,
    claim: Term,
    given: Sequence[Term] = (),
    values: Sequence[Term] = (),
    seconds: float | None = None,
    about: str = "claim",
) -> Answer:
    """Ask whether a claim holds wherever the premises do; if not, return values of bit-vectors where it fails.

    `about` is the name of the question where questions are kept.
    """
    options = Options()
    options.set(Option.PRODUCE_MODELS, True)
    solver = Bitwuzla(tm, options)
    if seconds is not None:
        end = time.monotonic() + seconds
        solver.configure_terminator(lambda: time.monotonic() > end)
    for term in given:
        solver.assert_formula(term)
    solver.assert_formula(tm.mk_term(Kind.NOT, [claim]))
    question = solver.print_formula("smt2") if are_kept() else ""
    result = solver.check_sat()
    holds = {Result.UNSAT: True, Result.SAT: False}.get(result)
    keep(question, about, holds)
    return Answer(holds, tuple(int(solver.get_value(v).value(2), 2) for v in values) if holds is False else ())
