"""Mutants of a unit: its Verilog with one small defect each, all in one text with an input that selects one."""

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lmul.tools.files import scratch_folder
from lmul.tools.yosys import YosysError, run_yosys

MOST = 500
"""Mutants of a unit, chosen where there are more."""

_READ = ["read_verilog unit.v", "hierarchy -auto-top", "proc", "opt_clean", "rename -top unit"]
# An x may be anything; the solver would read it as 0.
_SMT = ["flatten", "memory_collect", "memory_map", "opt_clean", "setundef -anyseq", "write_smt2 -stbv -wires"]
# Else a memory is written bit by bit.
_WORDS = ["opt_reduce", "opt_expr -mux_undef", "opt_clean", "memory_collect"]
_CLOCKS = ("CLK", "clk", "aclk")
_ALL = 1_000_000  # `mutate -list` gives as many as there are
_MODES = {"inv": "inverted", "const0": "always 0", "const1": "always 1"}


@dataclass(frozen=True)
class Mutation:
    """Single defect.

    Attributes
    ----------
    command : str
        Yosys command, without the number that selects the mutant.
    module : str
        Name of the module that is wrong; `unit` for the one on top.
    place : str
        The bit of a cell's port that is wrong, how, and the piece of Verilog that the cell stands for.
    """

    command: str
    module: str
    place: str

    def __str__(self) -> str:
        return self.place


@dataclass(frozen=True)
class Mutants:
    """Mutants of one unit. A module that is wrong is so wherever it is used.

    Attributes
    ----------
    mutations : tuple of Mutation
        Mutant k has number k - 1 of these.
    possible : int
        Number of mutants to choose from.
    bits : int
        Width of the input `mutant`. With 0 the module is the unit, with k it is mutant k.
    verilog : str
        The module `mutants`, with the ports of the unit and that input, and the modules below it.
    smt : str
        The modules `unit`, unchanged, and `mutants`, both flat, as Yosys writes them for SMT solvers.
    """

    mutations: tuple[Mutation, ...]
    possible: int
    bits: int
    verilog: str
    smt: str


def make_mutants(verilog: str, most: int = MOST, seed: int = 0) -> Mutants:
    """Make mutants of the modules of a Verilog text, as many of one as of another as far as there are so many.

    A bit of a cell's port is inverted, always 0 or always 1, or inverted where another bit of the same port is 0 or is
    1. The clock is left alone. The same text, number and seed give the same mutants.

    Parameters
    ----------
    verilog : str
        The text. One of its modules is on top.
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
        lines = [line for line in (folder / "list").read_text().splitlines() if _given(line)["port"] not in _CLOCKS]
        if not lines:
            raise YosysError("Yosys found nothing to mutate")
        source = verilog.splitlines()
        mutations = tuple(_mutation(lines[k], source) for k in _chosen(map(_module, lines), most, seed))
        bits = len(mutations).bit_length()
        defects = [f"{m.command} -ctrl mutant {bits} {k}" for k, m in enumerate(mutations, 1)]
        # Unlike `mutate` by itself, `add` connects the input of an inner module, too.
        selected = [*_READ, f"add -global_input mutant {bits}", *defects, "rename unit mutants"]
        run_yosys([*selected, "write_verilog -noattr mutants.v", *_written("mutants")], folder)
        run_yosys([*_READ, *_written("unit")], folder)
        smt = "".join((folder / f"{top}.smt2").read_text() for top in ("unit", "mutants"))
        return Mutants(mutations, len(lines), bits, (folder / "mutants.v").read_text(), smt)


def mutated(verilog: str, name: str, mutation: Mutation | None = None) -> str:
    """Write the Verilog of one mutant, with the names of its modules; None for the unit as Yosys writes it.

    Parameters
    ----------
    verilog : str
        The text of which the mutant was made.
    name : str
        Name of the module on top.
    """
    with scratch_folder() as folder:
        (folder / "unit.v").write_text(verilog)
        defect = [] if mutation is None else [mutation.command]
        run_yosys([*_READ, *defect, f"rename unit {name}", *_WORDS, "write_verilog -noattr mutant.v"], folder)
        return (folder / "mutant.v").read_text()


def _written(top: str) -> list[str]:
    return [*_SMT[:-1], f"{_SMT[-1]} {top}.smt2"]


def _chosen(modules: Iterable[str], most: int, seed: int) -> list[int]:
    """Choose indices, those of the smallest modules first, so that each module gets an equal share of what is left."""
    of_module: dict[str, list[int]] = {}
    for k, module in enumerate(modules):
        of_module.setdefault(module, []).append(k)
    rng, chosen = random.Random(seed), list[int]()
    shares = sorted(of_module.values(), key=len)
    for i, numbers in enumerate(shares):
        share = -(-(most - len(chosen)) // (len(shares) - i))
        chosen += rng.sample(numbers, min(share, len(numbers)))
    return sorted(chosen)


def _given(line: str) -> dict[str, str]:
    """Return the options of a line of `mutate -list`; of several places in the text the last, which is the cell's."""
    return {name: value.removeprefix("\\") for name, value in re.findall(r" -(\w+) (\S+)", line)}


def _module(line: str) -> str:
    return _given(line)["module"]


def _mutation(line: str, source: Sequence[str]) -> Mutation:
    """Parse a line of `mutate -list`; leave out what it says for information only."""
    command, given = re.sub(r" -(wire|wirebit|src) \S+", "", line), _given(line)
    port, mode = given["port"], given["mode"]
    how = _MODES.get(mode) or f"inverted where {port}[{given['ctrlbit']}] is {mode[-1]}"
    place = f"{port}[{given['portbit']}] {how} in {_quoted(given.get('src', ''), source)}"
    return Mutation(command, given["module"], place)


def _quoted(place: str, source: Sequence[str]) -> str:
    """Quote the text at a place that Yosys gives as FILE:LINE.COLUMN-LINE.COLUMN."""
    found = re.search(r":(\d+)\.(\d+)-(\d+)\.(\d+)$", place)
    if not found:
        return "a cell without a place in the text"
    first, start, last, stop = map(int, found.groups())
    lines = list(source[first - 1 : last])
    lines[-1] = lines[-1][: stop - 1]
    lines[0] = lines[0][start - 1 :]
    return f"line {first}, `{' '.join(' '.join(lines).split())}`"
