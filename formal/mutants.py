"""Mutants of a unit: its Verilog with one small defect each, in one module with an input that selects one."""

import random
import re
from dataclasses import dataclass

from lmul.tools.files import scratch_folder
from lmul.tools.yosys import YosysError, run_yosys

MOST = 500
"""Mutants of a unit, chosen where there are more."""

_READ = ["read_verilog unit.v", "hierarchy -auto-top", "proc", "opt_clean", "rename -top unit"]
_ALL = 1_000_000  # `mutate -list` gives as many as there are
_MODES = {"inv": "inverted", "const0": "always 0", "const1": "always 1"}


@dataclass(frozen=True)
class Mutation:
    """Single defect.

    Attributes
    ----------
    command : str
        Yosys command for the module `mutants`, without the number that selects the mutant.
    place : str
        The bit of a cell's port that is wrong, how, and the piece of Verilog that the cell stands for.
    """

    command: str
    place: str

    def __str__(self) -> str:
        return self.place


@dataclass(frozen=True)
class Mutants:
    """Mutants of one unit, in one module.

    Attributes
    ----------
    mutations : tuple of Mutation
        Mutant k has number k - 1 of these.
    possible : int
        Number of mutants to choose from.
    bits : int
        Width of the input `mutant`. With 0 the module is the unit, with k it is mutant k.
    verilog : str
        The module `mutants`, with the ports of the unit and that input.
    smt : str
        The modules `unit`, unchanged, and `mutants` as Yosys writes them for SMT solvers.
    """

    mutations: tuple[Mutation, ...]
    possible: int
    bits: int
    verilog: str
    smt: str


def make_mutants(verilog: str, most: int = MOST, seed: int = 0) -> Mutants:
    """Make mutants of the only module of a Verilog text.

    A bit of a cell's port is inverted, always 0 or always 1, or inverted where another bit of the same port is 0 or is
    1. The clock is left alone. The same text, number and seed give the same mutants.

    Parameters
    ----------
    verilog : str
        The text.
    most : int
        Maximum, at least 1. If there are more, `seed` chooses.

    Raises
    ------
    ValueError
        `most` is too small.
    YosysError
        Yosys refuses the text, or it has nothing that could be mutated.
    """
    if most < 1:
        raise ValueError(f"number of mutants must be at least 1, not {most!r}")
    with scratch_folder() as folder:
        (folder / "unit.v").write_text(verilog)
        run_yosys([*_READ, f"mutate -list {_ALL} -o list"], folder)
        lines = [line for line in (folder / "list").read_text().splitlines() if " -port CLK " not in line]
        if not lines:
            raise YosysError("Yosys found nothing to mutate")
        chosen = [lines[k] for k in sorted(random.Random(seed).sample(range(len(lines)), min(most, len(lines))))]
        mutations = tuple(_mutation(line, verilog.splitlines()) for line in chosen)
        bits = len(mutations).bit_length()
        commands = [f"{m.command} -ctrl mutant {bits} {k}" for k, m in enumerate(mutations, 1)]
        # An x may be anything; the solver would read it as 0.
        write = ["setundef -anyseq", "write_smt2 -stbv -wires mutants.smt2"]
        write += ["delete unit", "write_verilog -noattr mutants.v"]
        run_yosys([*_READ, "copy unit mutants", *commands, *write], folder)
        texts = [(folder / f"mutants.{suffix}").read_text() for suffix in ("v", "smt2")]
    return Mutants(mutations, len(lines), bits, *texts)


def _mutation(line: str, source: list[str]) -> Mutation:
    """Parse a line of `mutate -list`; leave out what it says for information only."""
    command = re.sub(r" -(wire|wirebit|src) \S+", "", line).replace(" -module unit ", " -module mutants ")
    given = dict(re.findall(r" -(\w+) (\S+)", line))  # of several places in the text the last, which is the cell's
    port, mode = given["port"], given["mode"]
    how = _MODES.get(mode) or f"inverted where {port}[{given['ctrlbit']}] is {mode[-1]}"
    return Mutation(command, f"{port}[{given['portbit']}] {how} in {_quoted(given.get('src', ''), source)}")


def _quoted(place: str, source: list[str]) -> str:
    """Quote the text at a place that Yosys gives as FILE:LINE.COLUMN-LINE.COLUMN."""
    found = re.search(r":(\d+)\.(\d+)-(\d+)\.(\d+)$", place)
    if not found:
        return "a cell without a place in the text"
    first, start, last, stop = map(int, found.groups())
    lines = source[first - 1 : last]
    lines[-1] = lines[-1][: stop - 1]
    lines[0] = lines[0][start - 1 :]
    return f"line {first}, `{' '.join(' '.join(lines).split())}`"
