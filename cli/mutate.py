"""`lmul mutate multiplier`."""

import time
from dataclasses import dataclass
from typing import Any

import click
from rich.progress import Progress

from lmul.cli.exit_codes import FAILED
from lmul.cli.options import chosen_multiplier, multiplier_options
from lmul.cli.progress import progress_bar
from lmul.formal.mutation.mutant_equivalence import Proof, prove
from lmul.formal.mutation.mutants import MOST, Mutants, make_mutants
from lmul.hdl.export.verilog import export
from lmul.hdl.multiplier import Multiplier
from lmul.sim.jobs.mutants import Judged
from lmul.sim.jobs.products import hexadecimal
from lmul.sim.mutation import bench_of, judge
from lmul.tools.files import scratch_folder


@click.command("multiplier")
@multiplier_options
@click.option(
    "--mutants",
    "most",
    type=click.IntRange(min=1),
    default=MOST,
    show_default=True,
    help="At most.",
)
def mutate_multiplier(most: int, **options: Any) -> None:
    """Make mutants of a multiplier and count those that its bench kills with the operands of `lmul verify`.

    A mutant has one bit of one gate's port inverted, always 0 or always 1, or inverted where another bit of that port
    is 0 or is 1. Those that an SMT solver proves to do what the unit does are left out. Each survivor is shown, with
    operands that would kill it. Exit code 1 if one survives.

    \b
    lmul mutate multiplier --format e4m3 --method lmul
    lmul mutate multiplier --format bf16 --method exact --pipeline 2 --mutants 100
    """
    outcome = _measured(chosen_multiplier(**options), most)
    _print(outcome)
    if outcome.survivors:
        raise SystemExit(FAILED)


@dataclass(frozen=True)
class _Outcome:
    unit: Multiplier
    made: Mutants
    proofs: list[Proof]
    judged: list[Judged]
    seconds: float

    @property
    def survivors(self) -> list[Judged]:
        return [each for each in self.judged if not each.killed]


def _measured(unit: Multiplier, most: int) -> _Outcome:
    started = time.perf_counter()
    with scratch_folder() as folder, progress_bar() as progress:
        exported = export(unit, folder)
        made = make_mutants(exported.verilog.read_text(), most)
        step = progress.add_task("prove", total=len(made.mutations) + 1)
        proofs = prove(made, lambda: progress.advance(step))
        rest = [k for k, proof in enumerate(proofs, 1) if not proof.equivalent]
        judged = judge(
            unit, exported.ports, made.verilog, made.bits, rest, folder / "sim", done=_shown(progress, len(rest) + 1)
        )
    return _Outcome(unit, made, proofs, judged, time.perf_counter() - started)


def _shown(progress: Progress, total: int) -> Any:
    step = progress.add_task("simulate", total=total)
    return lambda count: progress.update(step, completed=count)


def _print(outcome: _Outcome) -> None:
    made, judged = outcome.made, outcome.judged
    count, survived = len(made.mutations), len(outcome.survivors)
    print(f"{outcome.unit.name}: {count} mutants of {made.possible} possible, {outcome.seconds:.1f} s")
    print(f"{count - len(judged)} proved equivalent to the unit, {len(judged)} others")
    print(f"bench_{bench_of(outcome.unit)} killed {len(judged) - survived}, {survived} survived")
    p = outcome.unit.parameters
    for each in outcome.survivors:
        pair = outcome.proofs[each.mutant - 1].operands
        kills = "no operands known" if pair is None else " * ".join(map(hexadecimal, (p.format, p.y_format), pair))
        print(f"survivor: {made.mutations[each.mutant - 1]}; killed by: {kills}")
