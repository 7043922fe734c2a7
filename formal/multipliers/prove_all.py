"""Proofs of many units on all cores."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from lmul.formal.multipliers.multiplier import Proof
from lmul.formal.multipliers.pipeline import prove_unit
from lmul.formal.multipliers.proof_list import ProvedUnit
from lmul.formal.questions import questions_kept
from lmul.tools.parallel import on_all_cores


def prove_all(
    units: Sequence[ProvedUnit], done: Callable[[], None] = lambda: None, questions: Path | None = None
) -> list[Proof]:
    """Prove units in parallel, one process a core.

    Parameters
    ----------
    units : sequence of ProvedUnit
        Units to prove.
    done : callable
        Called after each.
    questions : Path or None
        Folder that gets all questions to the solver.

    Returns
    -------
    list of Proof
        Proofs in the order of the units.
    """
    return on_all_cores(partial(_proved, questions), list(enumerate(units)), _effort, done)


def _proved(questions: Path | None, numbered: tuple[int, ProvedUnit]) -> Proof:
    number, unit = numbered
    with questions_kept(questions, f"{number:04}_{unit.parameters.name}"):
        return prove_unit(unit)


def _effort(numbered: tuple[int, ProvedUnit]) -> int:
    _, unit = numbered
    return unit.parameters.result.mantissa_bits
