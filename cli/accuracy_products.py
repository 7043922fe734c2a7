"""`lmul accuracy products`."""

import shlex
from functools import partial
from pathlib import Path

import click

from lmul.accuracy.distributions import Distribution
from lmul.accuracy.operands import PAIRS, Pairs
from lmul.accuracy.products.picture import products_figure
from lmul.accuracy.products.sections import (
    MEASURES,
    constant_section,
    expectation_section,
    findings,
    mantissa_section,
    measure_section,
)
from lmul.accuracy.products.study import BITS, ProductError, enumerated, study
from lmul.accuracy.report import Study
from lmul.cli.accuracy import show
from lmul.cli.arrays_io import loaded
from lmul.cli.paths import PATH
from lmul.cli.progress import progress_bar
from lmul.reporting.drawing import image
from lmul.tools.files import check_writable

_TITLE = "How far products are from true ones, by mantissa bits"
_EVERY_PAIR = range(1, 9)  # mantissa bits

_NOTES = [
    "Operands are cut to k mantissa bits, by truncation as the paper's analysis does it, and by rounding to nearest, "
    "as every converter does; exponents have no bounds. Which method is better depends on the cut.",
    "Against the product of the uncut operands: what a user loses. Against that of the cut ones: the method's part.",
    "Uniform mantissa: from 1 to 2. Gaussian: independent, mean 0. Your own: an element of one array with one of the "
    "other, by chance.",
    "exact: the full product of the cut operands; rounded: that to k bits. Formats stand for exact products of "
    "operands in that format, subnormal numbers counted in full, each side scaled by the largest power of two "
    "that does not saturate.",
    "L-Mul is the adder with the paper's constant 2^-l(k). Eq. 1 is the paper's equation with it, which is not what "
    "the adder computes. best c: the adder with the real constant that has the least mean on these operands; no "
    "hardware of k bits has it, it is a bound.",
    "A small mean error with a bias does not stay small in a sum: lmul accuracy dots.",
]


@click.command()
@click.option("--x", "xs", type=PATH, multiple=True, metavar="X.npy", help="Your operands. Repeatable.")
@click.option(
    "--y",
    "ys",
    type=PATH,
    multiple=True,
    metavar="Y.npy",
    help="What each --x is multiplied with.",
)
@click.option("--pairs", type=click.IntRange(1), default=PAIRS, show_default=True, help="Products a kind of operands.")
@click.option(
    "-o",
    "--output",
    type=PATH,
    metavar="DIR",
    help="Gets accuracy_products.md, .csv, .json, .png and .svg, all or none.",
)
def products(xs: tuple[Path, ...], ys: tuple[Path, ...], pairs: int, output: Path | None) -> None:
    """Errors of single products: every method and constant, operands of 1 to 10 mantissa bits, cut both ways.

    \b
    lmul accuracy products
    lmul accuracy products --x weights.npy --y activations.npy -o accuracy
    """
    if len(xs) != len(ys):
        raise ValueError(f"--x and --y must be given equally often, not {len(xs)} and {len(ys)} times")
    if output is not None:
        check_writable(output)
    operands = [Pairs.drawn(each, pairs) for each in (Distribution.MANTISSA, Distribution.GAUSSIAN)]
    command = ["lmul", "accuracy", "products"]
    for x, y in zip(xs, ys, strict=True):
        name = f"{x.stem} x {y.stem}"
        if name in (each.name for each in operands):
            raise ValueError(f"--x and --y must have names that differ, not twice {name!r}")
        operands.append(Pairs.sampled(name, loaded(x), loaded(y), pairs))
        command += ["--x", x.name, "--y", y.name]
    command += [] if pairs == PAIRS else ["--pairs", str(pairs)]
    show(_studied(operands, shlex.join(command)), output)


def _studied(operands: list[Pairs], command: str) -> Study:
    rows: list[ProductError] = []
    with progress_bar() as progress:
        for each in operands:
            for row in progress.track(study(each), total=2 * (sum(BITS) + 5 * len(BITS) + 8), description=each.name):
                rows.append(row)
        mantissas = [enumerated(bits) for bits in progress.track(_EVERY_PAIR, description="every pair")]
    sections = [measure_section(rows, each.name, measure) for each in operands for measure in MEASURES]
    sections += [measure_section(rows, each.name, "mean", "own") for each in operands]
    sections += [constant_section(rows, each.name) for each in operands]
    sums = [mantissa_section(mantissas), expectation_section()]
    lines = [row.row for row in rows]
    shown = [f"{each.name}_total_{measure}" for each in operands for measure in ("mean", "bias")]
    return Study(
        "accuracy_products",
        _TITLE,
        command,
        {"rows": lines, **{section.key: section.records for section in sums}},
        lines,
        sections + sums,
        [*shown, "mantissas", "expectation"],
        partial(_drawn, rows),
        findings(rows),
        _NOTES,
    )


def _drawn(rows: list[ProductError], kind: str) -> bytes:
    return image(partial(products_figure, rows), kind, Title=_TITLE)
