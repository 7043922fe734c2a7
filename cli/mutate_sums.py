"""`lmul mutate dot` and `lmul mutate array`."""

from collections.abc import Callable
from typing import Any

import click

from lmul.cli.array import any_array_options, any_chosen_array
from lmul.cli.dot import chosen_dot_product, dot_options
from lmul.cli.exit_codes import FAILED
from lmul.cli.progress import progress_bar
from lmul.formal.mutation.mutants import MOST
from lmul.formal.mutation.sum_mutants import Outcome, Unit, mutate_sums
from lmul.tools.files import scratch_folder

_MUTANTS: Callable[..., Any] = click.option(
    "--mutants",
    "most",
    type=click.IntRange(min=1),
    default=MOST,
    show_default=True,
    help="At most, as many of one module as of another.",
)


@click.command("dot")
@dot_options
@_MUTANTS
def mutate_dot(most: int, **options: Any) -> None:
    """Make mutants of a dot-product unit and count those that its bench kills with the sums of `lmul verify`.

    A mutant has one bit of one gate's port inverted, always 0 or always 1, or inverted where another bit of that port
    is 0 or is 1, in one module wherever it is used. Of those that survive an SMT solver proves some to be right, as
    `lmul prove dot` proves the unit, or to behave like the unit, by induction over clock edges. The others are shown.
    Exit code 1 if there is one.

    \b
    lmul mutate dot --lanes 2 --format e4m3 --depth 16
    lmul mutate dot --lanes 4 --format bf16 --accumulator anchored --window 12 --depth 64 --mutants 1000
    """
    _tell(_measured(chosen_dot_product(**options), most))


@click.command("array")
@any_array_options
@_MUTANTS
def mutate_array(most: int, **options: Any) -> None:
    """Make mutants of a systolic array and count those that its bench kills with the tiles of `lmul verify`.

    A mutant has one bit of one gate's port inverted, always 0 or always 1, or inverted where another bit of that port
    is 0 or is 1, in one module wherever it is used. Of those that survive an SMT solver proves some to be right, as
    `lmul prove array` proves the array, or to behave like it, by induction over clock edges. The others are shown. Exit
    code 1 if there is one.

    \b
    lmul mutate array --rows 2 --cols 3 --format e4m3 --depth 16
    lmul mutate array --rows 2 --cols 2 --format e4m3 --dataflow ws --sums 4 --depth 16 --axi --mutants 1000
    """
    _tell(_measured(any_chosen_array(**options), most))


def _measured(unit: Unit, most: int) -> Outcome:
    with scratch_folder() as folder, progress_bar() as progress:
        simulate, prove = (progress.add_task(task, total=None) for task in ("simulate", "prove"))

        def simulated(count: int) -> None:
            progress.update(simulate, completed=count, total=max(count, most + 2))

        def proved(count: int, total: int) -> None:
            progress.update(prove, completed=count, total=total)

        return mutate_sums(unit, most, folder, simulated, proved)


def _tell(outcome: Outcome) -> None:
    made, counts = outcome.made, outcome.counts()
    print(f"{outcome.unit.name}: {len(made.mutations)} mutants of {made.possible} possible, {outcome.seconds:.1f} s")
    total = tuple(map(sum, zip(*counts.values(), strict=True)))
    width = max(map(len, ("module", *counts)))
    print(f"{'module':{width}}  mutants  killed  proved right  proved equal  survived")
    for module, (mutants, killed, right, equal) in [*counts.items(), ("all", total)]:
        rest = mutants - killed - right - equal
        print(f"{module:{width}}  {mutants:7}  {killed:6}  {right:12}  {equal:12}  {rest:8}")
    for mutation in outcome.survivors:
        print(f"survivor: {outcome.module(mutation)}: {mutation}")
    if outcome.survivors:
        raise SystemExit(FAILED)
