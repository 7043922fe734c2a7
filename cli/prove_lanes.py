# amaranth: UnusedElaboratable=no
"""`lmul prove lane`, `step`, `rounder`, `element` and `lanes`: parts of dot products and arrays, for all operands."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import MofNCompleteColumn, TimeElapsedColumn

from lmul.cli.array_options import (
    ACCUMULATOR,
    DATAFLOW,
    FLOATING_ACCUMULATOR,
    INTEGER_ACCUMULATOR,
    UNANCHORED_ACCUMULATOR,
    WINDOW,
    chosen_dot,
    chosen_product,
    product_options,
)
from lmul.cli.exit_codes import FAILED
from lmul.cli.options import SMT2, STYLE
from lmul.cli.paths import PATH
from lmul.cli.progress import progress_bar
from lmul.formal.lane_list import DEPTH, parts, prove_all_parts
from lmul.formal.lane_tables import lane_files, lane_summary
from lmul.formal.part_proof import PartProof
from lmul.formal.questions import questions_kept
from lmul.formal.sums import floating_step, rounder
from lmul.formal.sums.element import prove_element as prove
from lmul.formal.sums.lane import prove_converters, prove_parts
from lmul.golden.formats import format_named
from lmul.hdl.array.systolic import Dataflow
from lmul.hdl.style import Style
from lmul.tools.files import check_writable, write_files
from lmul.tools.parallel import cores


@click.command("lane")
@product_options
@INTEGER_ACCUMULATOR
@WINDOW
@STYLE
@SMT2
def prove_lane(accumulator: str, window: int | None, style: str, smt2: Path | None, **products: Any) -> None:
    """Prove the lane of a dot product or an array: what it adds to the integer accumulator for one product.

    That is the loader of y, the product, its place in the accumulator, saturation at the anchor and zeros, for all
    operands and anchors; also the converters before it. `lmul prove dot` and `lmul prove
    array` prove what is around it, too. Control: the specification with its magnitude, or a word, one larger must be
    refuted. Exit code 1 if a part is not proved.

    \b
    lmul prove lane --format e4m3
    lmul prove lane --format e3m4 --method log --guard 1 --accumulator anchored --window 12
    lmul prove lane --format bf16 --method exact --accumulator anchored --window 12 --style gates
    """
    dot = chosen_dot(chosen_product(**products), accumulator, DEPTH, window)
    with Console(stderr=True).status("proving"), questions_kept(smt2, f"lane_{dot.name}_{style}"):
        proofs = prove_parts(dot, Style(style))
    _say(proofs, "operands")


@click.command("step")
@product_options
@FLOATING_ACCUMULATOR
@STYLE
@SMT2
def prove_step(accumulator: str, style: str, smt2: Path | None, **products: Any) -> None:
    """Prove a step of a floating-point accumulator: a product is added to what it holds, and the sum rounded once.

    From +0, and from all that it can then hold, for all operands: small products, products and sums above TOP with
    their flag, small sums, cancellation. Also the loader of y and the product, and the converters before it. Control:
    the specification with the exact sum one of its last places larger must be refuted. Exit code 1 if a part is not
    proved.

    \b
    lmul prove step --format e4m3 --accumulator bf16
    lmul prove step --format bf16 --method exact --style gates
    """
    dot = chosen_dot(chosen_product(**products), accumulator, DEPTH, None)
    with Console(stderr=True).status("proving"), questions_kept(smt2, f"step_{dot.name}_{style}"):
        proofs = [*prove_converters(dot), floating_step.prove_step(dot, Style(style))]
    _say(proofs, "operands and sums")


@click.command("rounder")
@product_options
@UNANCHORED_ACCUMULATOR
@click.option("--output", "output_name", required=True, metavar="NAME", help="Format that sums leave in.")
@click.option("--depth", type=int, default=DEPTH, show_default=True, metavar="K", help="Products of the longest sums.")
@SMT2
def prove_rounder(accumulator: str, output_name: str, depth: int, smt2: Path | None, **products: Any) -> None:
    """Prove the rounder of finished sums to an output format, for all sums that the accumulator can hold.

    To nearest, ties to even, once; small sums, sums above TOP with their flag, zeros. Both styles have the same one.
    Control: the specification with the sum one of its last places larger must be refuted. Exit code 1 if it is not
    proved.

    \b
    lmul prove rounder --format e4m3 --output bf16
    lmul prove rounder --format e4m3 --accumulator fp32 --output fp16
    """
    dot = chosen_dot(chosen_product(**products), accumulator, depth, None, format_named(output_name))
    with Console(stderr=True).status("proving"), questions_kept(smt2, f"rounder_{dot.name}"):
        proof = rounder.prove_rounder(dot)
    _say([proof], "sums")


@click.command("element")
@product_options
@ACCUMULATOR
@WINDOW
@click.option("--depth", type=int, default=DEPTH, show_default=True, metavar="K", help="Products of the longest sums.")
@DATAFLOW
@click.option("--lanes", type=click.IntRange(min=1), default=1, show_default=True, metavar="L", help="Products a step.")
@STYLE
@SMT2
def prove_element(
    accumulator: str,
    window: int | None,
    depth: int,
    dataflow: str,
    lanes: int,
    style: str,
    smt2: Path | None,
    **products: Any,
) -> None:
    """Prove a processing element of an array: what each register holds after any clock edge, from any state.

    Its lanes are cut out, and may put out anything; `lmul prove lane` proves them. Shown are what they get, what is
    added of what they put out, and that all registers hold, take and are cleared as they must. Controls: a sum larger
    by 1, and a register that does not wait for enable, must be refuted. Exit code 1 if a claim is not proved.

    \b
    lmul prove element --format e4m3
    lmul prove element --format e3m4 --method log --guard 1 --accumulator anchored --window 12 --dataflow ws --lanes 2
    """
    dot = chosen_dot(chosen_product(**products), accumulator, depth, window)
    name = f"element_{dot.name}_{dataflow}_x{lanes}_{style}"
    with Console(stderr=True).status("proving"), questions_kept(smt2, name):
        proof = prove(dot, Dataflow(dataflow), lanes, Style(style))
    what = ", for all states and inputs" if proof.outcome == "proved" else ""
    print(f"{proof.name}: {proof.outcome}{what} ({proof.seconds:.1f} s)")
    for claim in proof.wrong:
        print(f"not shown: {claim}")
    print(f"controls, a sum one larger and a register that does not wait: {'' if proof.refuted else 'not '}refuted")
    _end([proof])


@click.command("lanes")
@click.option("-o", "--output", type=PATH, metavar="DIR", help="Gets lanes.md and lanes.json.")
@SMT2
def prove_lanes(output: Path | None, smt2: Path | None) -> None:
    """Prove a list of arrays and units with all their parts: all methods, ten formats, four pairs.

    Exit code 1 if one is not proved.

    \b
    lmul prove lanes -o build
    """
    if output is not None:
        check_writable(output)
    chosen, start = parts(), time.monotonic()
    with progress_bar(MofNCompleteColumn(), TimeElapsedColumn()) as progress:
        step = progress.add_task("prove", total=len(chosen))
        proofs = prove_all_parts(chosen, lambda: progress.advance(step), smt2)
    print(lane_summary(proofs))
    for proof in proofs:
        if proof.outcome != "proved":
            print(f"{proof.name}: {proof.outcome} {proof.counterexample or ', '.join(proof.wrong)}".rstrip())
    for path in write_files(output, lane_files(chosen, proofs, time.monotonic() - start, cores())) if output else []:
        print(path)
    _end(proofs)


def _say(proofs: Sequence[PartProof], what: str) -> None:
    """Print proofs for all of `what`, with their controls; exit with code 1 unless all are proved."""
    for proof in proofs:
        said = f", for all {what}" if proof.outcome == "proved" else ""
        print(f"{proof.name}: {proof.outcome}{said} ({proof.seconds:.1f} s)")
        if proof.counterexample:
            print(f"counterexample: {proof.counterexample}")
        print(f"control, one larger: {'not refuted' if proof.control is None else f'refuted, {proof.control}'}")
    _end(proofs)


def _end(proofs: Sequence[PartProof]) -> None:
    if any(proof.outcome != "proved" for proof in proofs):
        raise SystemExit(FAILED)
