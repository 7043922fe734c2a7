"""`lmul attention`."""

from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.progress import Progress, TaskID

from lmul.accuracy.attention.variants import few_sentences
from lmul.accuracy.model.attention import Head
from lmul.accuracy.model.transformer import Encoder
from lmul.cli.array_options import NUMBERS, chosen_array, computing_options
from lmul.cli.arrays_io import lines_of
from lmul.cli.exit_codes import FAILED
from lmul.cli.matmul import sides
from lmul.cli.paths import PATH
from lmul.cli.progress import progress_bar
from lmul.golden.methods import MethodKind
from lmul.hdl.array.systolic import SystolicArray
from lmul.sim.attention import Attended, attention_rtl
from lmul.sim.matmul import total_macs
from lmul.tools.files import scratch_folder


@click.command()
@click.option("--model", type=PATH, required=True, metavar="DIR", help="As `make model` leaves it.")
@click.option("--layer", type=int, default=3, show_default=True, help="Which layer's head, from 0.")
@click.option("--head", "number", type=int, default=0, show_default=True, help="Which head of the layer, from 0.")
@click.option("--sentences", type=PATH, metavar="FILE", help="One a line. Without it: eight of ours.")
@click.option("--array", "size", default="16x16", show_default=True, metavar="RxC", help="Rows and columns.")
@computing_options
def attention(
    model: Path, layer: int, number: int, sentences: Path | None, size: str, method: str, **options: Any
) -> None:
    """Run an attention head of a real model on an array's Verilog, with a method and with exact products.

    softmax(Q K^T / sqrt(d)) V, where both products of matrices are the array's, checked sum by sum against the golden
    model, and the softmax is the host's. Exit code 1 if a sum differs.

    \b
    make model
    lmul attention --model model --array 16x16 --format e4m3 --method lmul
    """
    rows, columns = sides(size)
    heads = _heads(Encoder(model), few_sentences() if sentences is None else lines_of(sentences), layer, number)
    longest, features = max(len(head.query) for head in heads), heads[0].query.shape[1]
    wrong = False
    for each in dict.fromkeys((method, MethodKind.EXACT.value)):
        own = options if each == method else {**options, **dict.fromkeys(NUMBERS)}
        unit = chosen_array(rows=rows, columns=columns, depth=max(longest, features), method=each, **own)
        total = total_macs(unit, longest, features, longest, len(heads))
        total += total_macs(unit, longest, longest, features, len(heads))
        with scratch_folder() as folder, progress_bar() as progress:
            step = progress.add_task(each, total=total)
            attended = attention_rtl(unit, heads, folder, partial(_advance, progress, step))
        wrong |= _print(unit, attended)
    if wrong:
        raise SystemExit(FAILED)


def _advance(progress: Progress, step: TaskID, macs: int) -> None:
    progress.update(step, completed=macs)


def _heads(encoder: Encoder, sentences: list[str], layer: int, number: int) -> list[Head]:
    if not 0 <= number < encoder.heads:
        raise ValueError(f"head must be 0 to {encoder.heads - 1}, not {number}")
    return [encoder.attention(sentence, layer)[number] for sentence in sentences]


def _print(unit: SystolicArray, attended: Attended) -> bool:
    """Print the result; tell whether a sum differs."""
    outcomes = (attended.scores, attended.mixed)
    offered, cycles = (sum(getattr(o, what) for o in outcomes) for what in ("offered", "cycles"))
    steps, span = (sum(getattr(o, what) for o in outcomes) for what in ("steps", "span"))
    mismatches, sums = (sum(getattr(o, what) for o in outcomes) for what in ("mismatches", "sums"))
    print(f"{unit.name}: {offered:,} products made, {sums:,} sums compared, {mismatches:,} mismatches")
    print(f"  {cycles:,} cycles, {steps / span:.3f} steps per cycle between the first and the last")
    print(f"  {attended.useful:,} of {offered:,} multiplications were asked for ({attended.useful / offered:.1%})")
    print(f"  simulated at {offered / sum(o.simulating for o in outcomes):,.0f} multiplications a second")
    print(f"  error of the attention output against float32: {attended.error:.3%}")
    for outcome in outcomes:
        if not outcome.passed:
            print(f"  first complaint: {outcome.complaint}")
    return not all(outcome.passed for outcome in outcomes)
