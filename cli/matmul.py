"""`lmul matmul`."""

import re
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from lmul.cli.array_options import chosen_array, computing_options
from lmul.cli.arrays_io import saved
from lmul.cli.exit_codes import FAILED
from lmul.cli.npy import CODES, loaded, loaded_codes, type_option
from lmul.cli.options import operand_formats
from lmul.cli.paths import PATH
from lmul.cli.progress import Estimate, in_words, progress_bar
from lmul.golden.accumulators import DEEPEST
from lmul.golden.codes import decode
from lmul.golden.formats import Format
from lmul.hdl.array.systolic import SystolicArray
from lmul.sim.jobs.matmul import Outcome
from lmul.sim.matmul import Product, matmul_rtl, operands, total_macs
from lmul.tools.files import check_writable, replaceable, scratch_folder


@click.command()
@click.option("--array", "size", default="16x16", show_default=True, metavar="RxC", help="Rows and columns.")
@computing_options
@click.option("--depth", type=int, metavar="K", help="The longest sums. Without it: as the matrices need.")
@click.option("--anchor", type=int, metavar="A", help="For anchored. Without it: the least that will do, tile by tile.")
@click.argument("a", type=PATH, metavar="A.npy")
@click.argument("b", type=PATH, metavar="B.npy")
@click.option("-o", "--out", type=PATH, required=True, metavar="C.npy", help="Gets the product.")
@click.option(
    "--limit",
    type=click.FloatRange(min=0),
    default=1.0,
    show_default=True,
    metavar="HOURS",
    help="Stop when the first tiles tell that it will take longer.",
)
@click.option("--float32", "narrow", is_flag=True, help="Write the product as float32 instead of float64.")
@type_option("a")
@type_option("b")
@CODES
def matmul(
    size: str,
    depth: int | None,
    anchor: int | None,
    a: Path,
    b: Path,
    out: Path,
    limit: float,
    narrow: bool,
    a_type: str | None,
    b_type: str | None,
    codes: bool,
    **options: Any,
) -> None:
    """Multiply matrices with an array's Verilog, and check every sum against the golden model.

    Numbers are rounded to the formats of x and y first. Exit code 1 if a sum differs.

    \b
    lmul matmul --array 16x16 --format e4m3 --method lmul a.npy b.npy -o c.npy
    lmul matmul --array 8x8 --format bf16 --accumulator anchored --window 16 --dataflow ws a.npy b.npy -o c.npy
    """
    rows, columns = sides(size)
    formats = operand_formats(options["format_names"])
    given = (("--a-type", a, a_type), ("--b-type", b, b_type))
    x, y = (_matrix(*each, f if codes else None) for each, f in zip(given, formats, strict=True))
    if depth is None:
        depth = min(x.shape[1], DEEPEST)
    unit = chosen_array(rows=rows, columns=columns, depth=depth, **options)
    operands(unit, x, y, (str(a), str(b)))  # complains before anything is built
    if out.exists() and any(out.samefile(given) for given in (a, b)):
        raise ValueError(f"-o must be another file than A and B, not {out}")
    check_writable(replaceable(out).parent)
    product = _simulated(unit, x, y, anchor, limit)
    saved(out, product.values.astype(np.float32) if narrow else product.values)
    _print(unit, product, x, y)
    print(out)
    if not product.outcome.passed:
        print(f"first complaint: {product.outcome.complaint}")
        raise SystemExit(FAILED)


def sides(size: str) -> tuple[int, int]:
    """Parse the value of --array: rows and columns."""
    match = re.fullmatch(r"(\d+)x(\d+)", size, re.ASCII)
    if not match:
        raise ValueError(f"--array must be ROWSxCOLUMNS, like 16x16, not {size!r}")
    return int(match[1]), int(match[2])


def _matrix(option: str, path: Path, type_name: str | None, codes: Format | None) -> NDArray[Any]:
    """Read a matrix: numbers, or codes of a format, which are integers."""
    if codes is not None and type_name is not None:
        raise ValueError(f"{option} must be left out with --codes, not {type_name!r}")
    matrix: NDArray[Any] = loaded(path, option, type_name) if codes is None else loaded_codes(path, codes)
    if matrix.ndim != 2:
        raise ValueError(f"{path} must hold a matrix, not an array of {matrix.ndim} dimensions")
    return matrix


def _simulated(unit: SystolicArray, a: NDArray[Any], b: NDArray[Any], anchor: int | None, limit: float) -> Product:
    with scratch_folder() as folder, progress_bar() as progress:
        total = total_macs(unit, a.shape[0], a.shape[1], b.shape[1])
        step = progress.add_task("multiply", total=total)

        def say(left: float) -> None:
            line = f"{total:,} multiplications to simulate: about {in_words(left)} left"
            if left > 3600 * limit:
                raise ValueError(
                    f"--limit must be {left / 3600:,.1f} hours or more for {total:,} multiplications, not {limit:g}:"
                    f" it would take about {in_words(left)};"
                    " rows of A are independent, and some of them take their share of it"
                )
            progress.console.print(line, soft_wrap=True, markup=False, highlight=False)

        estimate = Estimate(total, say)

        def done(macs: int) -> None:
            progress.update(step, completed=macs)
            estimate(macs)

        return matmul_rtl(unit, a, b, folder, anchor, done)


def _print(unit: SystolicArray, product: Product, a: NDArray[Any], b: NDArray[Any]) -> None:
    o: Outcome = product.outcome
    (m, k), n = a.shape, b.shape[1]
    print(f"{unit.name}: {m} x {k} times {k} x {n}, {o.sums:,} sums compared, {o.mismatches:,} mismatches")
    print(f"{o.cycles:,} cycles, {o.steps / o.span:.3f} steps per cycle between the first and the last")
    print(f"{o.useful:,} of {o.offered:,} multiplications were asked for ({o.useful / o.offered:.1%})")
    print(f"simulated at {o.offered / o.simulating:,.0f} multiplications a second")
    for name, f, values in (("A", unit.dot.product.format, a), ("B", unit.dot.product.y_format, b)):
        if values.dtype.kind == "f" and (beyond := np.count_nonzero(np.abs(values) > decode(f, f.top))):
            print(f"{beyond:,} numbers of {name} are beyond the largest of {f} and were multiplied as that")
    if o.reserved:
        print("a code that its format reserves for Inf or NaN came in")
    if o.saturated:
        print(f"{np.count_nonzero(product.saturated):,} sums saturated")
    with np.errstate(over="ignore", invalid="ignore"):
        true = _values(unit.dot.product.format, a) @ _values(unit.dot.product.y_format, b)
        size = np.linalg.norm(true)
        if np.isfinite(size) and size:
            print(
                f"relative error (Frobenius norm) against float64: {np.linalg.norm(product.values - true) / size:.4%}"
            )


def _values(f: Format, matrix: NDArray[Any]) -> NDArray[np.float64]:
    return matrix if matrix.dtype.kind == "f" else decode(f, matrix, reserved=False)
