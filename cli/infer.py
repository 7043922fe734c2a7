"""`lmul infer`."""

from pathlib import Path
from typing import Any

import click
import numpy as np

from lmul.accuracy.onnx_model.graph import OnnxModel
from lmul.accuracy.onnx_model.study import classes
from lmul.cli.accuracy_model import read_inputs
from lmul.cli.array_options import chosen_array, computing_options
from lmul.cli.exit_codes import FAILED
from lmul.cli.matmul import sides
from lmul.cli.paths import PATH
from lmul.cli.progress import progress_bar
from lmul.golden.accumulators import DEEPEST
from lmul.hdl.array.systolic import SystolicArray
from lmul.sim.inference import Inferred, infer_rtl
from lmul.sim.matmul import total_macs
from lmul.tools.files import scratch_folder


@click.command()
@click.argument("path", type=PATH, metavar="MODEL.onnx")
@click.option(
    "--input", "given", multiple=True, required=True, metavar="[NAME=]X.npy", help="As `lmul accuracy model`."
)
@click.option("--first", type=click.IntRange(min=1), default=1, show_default=True, metavar="N", help="Inputs to run.")
@click.option("--array", "size", default="16x16", show_default=True, metavar="RxC", help="Rows and columns.")
@computing_options
def infer(path: Path, given: tuple[str, ...], first: int, size: str, **options: Any) -> None:
    """Run an ONNX model with the products of its MatMul, Gemm and Conv made by an array's Verilog.

    Every sum is checked against the golden model; scales are powers of two, one a matrix; all else is float32. Exit
    code 1 if a sum differs.

    \b
    make digits
    lmul infer digits/digits.onnx --input digits/images.npy --array 16x16 --format e4m3 --method lmul
    """
    rows, columns = sides(size)
    model = OnnxModel(path)
    inputs = {name: array[:first] for name, array in read_inputs(given, list(model.inputs)).items()}
    sizes = list[tuple[int, ...]]()

    def counted(a: Any, b: Any) -> Any:
        sizes.append((int(np.prod(a.shape[:-1])), a.shape[-1], b.shape[-1]))
        return np.matmul(a, b)

    true, _ = model.run(inputs, counted)
    longest = max(k for _, k, _ in sizes)
    if longest > DEEPEST:
        raise ValueError(f"products must be of at most {DEEPEST} terms, not {longest}")
    unit = chosen_array(rows=rows, columns=columns, depth=longest, **options)
    total = sum(total_macs(unit, *each) for each in sizes)
    with scratch_folder() as folder, progress_bar() as progress:
        step = progress.add_task("infer", total=total)
        inferred = infer_rtl(unit, model, inputs, folder, lambda macs: progress.update(step, completed=macs))
    _print(unit, inferred, true)
    if not all(outcome.passed for _, outcome in inferred.products):
        raise SystemExit(FAILED)


def _print(unit: SystolicArray, inferred: Inferred, true: list[Any]) -> None:
    outcomes = [outcome for _, outcome in inferred.products]
    offered, sums, mismatches = (sum(getattr(o, what) for o in outcomes) for what in ("offered", "sums", "mismatches"))
    for (m, k, n), outcome in inferred.products:
        print(f"{m} x {k} times {k} x {n}: {outcome.sums:,} sums compared, {outcome.mismatches:,} mismatches")
    print(f"{unit.name}: {offered:,} products made, {sums:,} sums compared, {mismatches:,} mismatches")
    print(f"  simulated at {offered / sum(o.simulating for o in outcomes):,.0f} multiplications a second")
    first, expected = (np.asarray(each[0], np.float64) for each in (inferred.outputs, true))
    if size := float(np.linalg.norm(expected)):
        print(f"  error of the first output against float32: {np.linalg.norm(first - expected) / size:.3%}")
    chosen, wanted = classes(inferred.outputs[0]), classes(true[0])
    if chosen is not None and wanted is not None:
        print(f"  classes: {', '.join(map(str, chosen))}; of float32: {', '.join(map(str, wanted))}")
    for outcome in outcomes:
        if not outcome.passed:
            print(f"  first complaint: {outcome.complaint}")
