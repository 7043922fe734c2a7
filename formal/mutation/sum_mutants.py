"""Mutants of a unit of dot products or an array: which its bench kills, and which are proved to be no defects."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lmul.formal.arrays.whole import meets_specification
from lmul.formal.mutation.mutant_equivalence import PATIENCE
from lmul.formal.mutation.mutant_steps import prove_steps
from lmul.formal.mutation.mutants import Mutants, Mutation, make_mutants, mutated
from lmul.hdl.array.axi import AxiStreamArray
from lmul.hdl.array.systolic import SystolicArray
from lmul.hdl.dot.dot_product import DotProduct
from lmul.hdl.export.verilog import ports_of, verilog
from lmul.sim.jobs.mutants import Judged
from lmul.sim.sum_mutation import judge_sums

Unit = DotProduct | SystolicArray | AxiStreamArray


@dataclass(frozen=True)
class Outcome:
    """Verdicts on the mutants of a unit.

    Attributes
    ----------
    unit : Unit
        The unit.
    made : Mutants
        Its mutants.
    judged : list of Judged
        Verdict of the bench on each.
    right : frozenset of int
        Numbers of survivors of which all is proved that is proved of the unit.
    equal : frozenset of int
        Numbers of other survivors that are proved to behave like the unit.
    seconds : float
        Time that all of it took.
    """

    unit: Unit
    made: Mutants
    judged: list[Judged]
    right: frozenset[int]
    equal: frozenset[int]
    seconds: float

    @property
    def survivors(self) -> list[Mutation]:
        """List the mutants that the bench did not kill and that are not proved to be no defects."""
        return [
            self.made.mutations[each.mutant - 1]
            for each in self.judged
            if not each.killed and each.mutant not in self.equal | self.right
        ]

    def counts(self) -> dict[str, tuple[int, int, int, int]]:
        """Count the mutants of each module, those that were killed, and those that are `right` and `equal`."""
        counts: dict[str, list[int]] = {}
        for each in self.judged:
            count = counts.setdefault(self.module(self.made.mutations[each.mutant - 1]), [0, 0, 0, 0])
            count[0] += 1
            count[1] += each.killed
            count[2] += each.mutant in self.right
            count[3] += each.mutant in self.equal
        return {module: (count[0], count[1], count[2], count[3]) for module, count in counts.items()}

    def module(self, mutation: Mutation) -> str:
        """Name the module of a mutant without the unit's name; the one on top is `top`."""
        return "top" if mutation.module == "unit" else mutation.module.removeprefix(f"{self.unit.name}_")


def mutate_sums(
    unit: Unit,
    most: int,
    folder: Path,
    simulated: Callable[[int], None] = lambda count: None,
    proved: Callable[[int, int], None] = lambda count, total: None,
    patience: float = PATIENCE,
) -> Outcome:
    """Make mutants, play them to the bench, and try to prove that those which survive are no defects.

    Proofs are asked for what the bench leaves only: they kill nothing.

    Parameters
    ----------
    most : int
        Mutants, at most.
    folder : Path
        Folder for build and logs.
    simulated : callable
        Called now and then with the number of mutants that the bench has judged.
    proved : callable
        Called after each proof of equality with their number and with how many there will be.
    patience : float
        Seconds for each proof.

    Raises
    ------
    ValueError, YosysError
        As `make_mutants`.
    SimulationError
        As `judge_sums`.
    """
    started = time.perf_counter()
    text = verilog(unit)
    made = make_mutants(text, most)
    judged = judge_sums(unit, made.verilog, made.bits, range(1, len(made.mutations) + 1), folder, simulated)
    survived = [each.mutant for each in judged if not each.killed]
    right = _right(unit, text, made, survived, patience)
    rest = [number for number in survived if number not in right]
    counted: list[int] = []

    def advance() -> None:
        counted.append(1)
        proved(len(counted), len(rest))

    verdicts = prove_steps(made, rest, *_edges(unit), advance, patience) if rest else []
    equal = frozenset(number for number, holds in zip(rest, verdicts, strict=True) if holds)
    return Outcome(unit, made, judged, right, equal, time.perf_counter() - started)


def _right(unit: Unit, text: str, made: Mutants, numbers: list[int], patience: float) -> frozenset[int]:
    """Choose the mutants of which all is proved that is proved of the unit; none if that is not proved itself."""
    if not numbers or not all(meets_specification(unit, each, patience) for each in (None, mutated(text, unit.name))):
        return frozenset()
    texts = {number: mutated(text, unit.name, made.mutations[number - 1]) for number in numbers}
    return frozenset(number for number, each in texts.items() if meets_specification(unit, each, patience))


def _edges(unit: Unit) -> tuple[str, tuple[str, int], list[tuple[str, list[str]]]]:
    """Return the clock of a unit, its reset, and the stream that comes out with what it carries."""
    if isinstance(unit, AxiStreamArray):
        valid, clock, reset = "m_axis_c_tvalid", "aclk", ("aresetn", 0)
        carried = [field.port for field in unit.layout["c"]]
    else:
        clock, reset = "clk", ("rst", 1)
        valid, carried = ("o_valid", ["sum"]) if isinstance(unit, DotProduct) else ("c_valid", ["c"])
        outputs = [port.name for port in ports_of(unit) if port.direction == "output"]
        carried = [name for name in outputs if name == carried[0] or name.startswith(f"{carried[0]}_")]
        carried = [name for name in carried if name != valid]
    return clock, reset, [(valid, carried)]
