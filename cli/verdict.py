"""Output and exit of commands that check something."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from lmul.cli.exit_codes import FAILED
from lmul.cli.progress import progress_bar
from lmul.sim.jobs.arrays import CheckedArray
from lmul.sim.own_files import OwnFiles
from lmul.tools.files import scratch_folder

U = TypeVar("U")

Verify = Callable[[Sequence[U], Path, int, int, Callable[[int], None], OwnFiles | None], list[CheckedArray]]


def tried(verify: Verify[U], unit: U, cycles: int, seed: int, own: OwnFiles | None = None) -> CheckedArray:
    """Run the trials of one unit, or of the user's files for it, with a progress bar; return the outcome."""
    with scratch_folder() as folder, progress_bar() as progress:
        step = progress.add_task("simulate", total=cycles or None)
        return verify([unit], folder, cycles, seed, lambda done: progress.update(step, completed=done), own)[0]


def tell(checked: CheckedArray, beats: str) -> None:
    """Print an outcome; `beats` is the name of its steps.

    Raises
    ------
    SystemExit
        The check failed.
    """
    print(f"{checked.name}: {checked.sums:,} sums compared, {checked.mismatches:,} mismatches")
    speed = checked.cycles / checked.seconds if checked.seconds else 0.0
    print(f"{checked.cycles:,} cycles, simulated at {speed:,.0f} a second")
    if checked.span:
        print(f"without waits {checked.steps / checked.span:.3f} {beats} per cycle")
    if not checked.passed:
        print(f"first complaint: {checked.complaint}")
        raise SystemExit(FAILED)
