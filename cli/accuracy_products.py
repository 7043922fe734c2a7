"""`lmul accuracy products`."""

import shlex
from pathlib import Path

import click

from lmul.accuracy.distributions import Distribution
from lmul.accuracy.operands import PAIRS, Pairs
from lmul.accuracy.products.topic import NOTES, TITLE, Products
from lmul.cli.accuracy import cache_option, numbers_report, show, studied
from lmul.cli.npy import check_fit, loaded, type_option
from lmul.cli.paths import PATH
from lmul.tools.files import check_writable


@click.command()
@click.option("--x", "xs", type=PATH, multiple=True, metavar="X.npy", help="Your operands. Repeatable.")
@click.option(
    "--y",
    "ys",
    type=PATH,
    multiple=True,
    metavar="Y.npy",
    help="What each --x is multiplied with. The shapes must fit; any number of x is paired with any of y, at random.",
)
@type_option("x")
@type_option("y")
@click.option("--pairs", type=click.IntRange(1), default=PAIRS, show_default=True, help="Products a kind of operands.")
@click.option(
    "-o",
    "--output",
    type=PATH,
    metavar="DIR",
    help="Gets accuracy_products.md, .csv, .json, .png and .svg, all or none.",
)
@cache_option
def products(
    xs: tuple[Path, ...],
    ys: tuple[Path, ...],
    x_type: str | None,
    y_type: str | None,
    pairs: int,
    output: Path | None,
    cache: bool,
) -> None:
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
        left, right = loaded(x, "--x-type", x_type), loaded(y, "--y-type", y_type)
        check_fit(f"{x} and {y}", left.shape, right.shape)
        operands.append(Pairs.sampled(name, left, right, pairs))
        command += ["--x", x.name, "--y", y.name]
    for option, given in (("--x-type", x_type), ("--y-type", y_type)):
        command += [] if given is None else [option, given]
    command += [] if pairs == PAIRS else ["--pairs", str(pairs)]
    topic = Products(operands)
    session = studied([topic], output, cache)
    lines = topic.lines(session)
    show(numbers_report([topic], session, shlex.join(command), "products", TITLE, NOTES, lines, topic.shown), output)
