"""`lmul prove check`: a second solver on the questions of proofs."""

from collections import Counter
from pathlib import Path

import click
from rich.progress import MofNCompleteColumn, TimeElapsedColumn

from lmul.cli.exit_codes import FAILED
from lmul.cli.paths import PATH
from lmul.cli.progress import progress_bar
from lmul.formal.questions import SECOND_SOLVER, SECONDS, compare, second_solver


@click.command("check")
@click.argument("folder", type=PATH, metavar="DIR")
@click.option(
    "--solver",
    default=SECOND_SOLVER,
    show_default=True,
    metavar="PROGRAM",
    help="Reads an SMT-LIB file and prints sat, unsat or unknown.",
)
@click.option(
    "--seconds", type=click.FloatRange(min=0.1), default=SECONDS, show_default=True, help="For each question."
)
def prove_check(folder: Path, solver: str, seconds: float) -> None:
    """Ask a second solver all questions that --smt2 DIR has left, and compare the answers.

    unsat is a claim that holds, sat one that is refuted, as all controls are. Exit code 1 if one answer differs; those
    that are not found in time are counted.

    \b
    lmul prove lane --format e4m3 --smt2 questions
    lmul prove check questions
    """
    paths = sorted(folder.glob("*.smt2"))
    if not paths:
        raise ValueError(f"{folder} must have files *.smt2, which --smt2 leaves there")
    with progress_bar(MofNCompleteColumn(), TimeElapsedColumn()) as progress:
        step = progress.add_task("check", total=len(paths))
        verdicts = compare(paths, second_solver(solver), seconds, lambda: progress.advance(step))
    counts = Counter(each.outcome for each in verdicts)
    print(
        f"{len(paths)} questions: {', '.join(f'{counts[what]} {what}' for what in ('agree', 'unanswered', 'disagree'))}"
    )
    for each in verdicts:
        if each.outcome != "agree":
            print(f"{each.path.name}: {each.outcome}, {each.ours} and {each.theirs}")
    if counts["disagree"]:
        raise SystemExit(FAILED)
