"""`lmul accuracy logs`."""

import shlex
from pathlib import Path

import click

from lmul.accuracy.dots.logs import NOTES, TITLE, Logs
from lmul.accuracy.dots.tensors import Tensors
from lmul.accuracy.dots.total import COUNT
from lmul.cli.accuracy import cache_option, numbers_report, show, studied
from lmul.cli.npy import loaded, type_option
from lmul.cli.paths import PATH
from lmul.tools.files import check_writable


@click.command()
@click.option("--x", "xs", type=PATH, multiple=True, metavar="X.npy", help="Your operands (..., K). Repeatable.")
@click.option(
    "--y", "ys", type=PATH, multiple=True, metavar="Y.npy", help="What each --x is multiplied with: (..., K)."
)
@type_option("x")
@type_option("y")
@click.option("--count", type=click.IntRange(2), default=COUNT, show_default=True, help="Dot products a condition.")
@click.option("-o", "--output", type=PATH, metavar="DIR", help="Gets accuracy_logs.md, .csv and .json, all or none.")
@cache_option
def logs(
    xs: tuple[Path, ...],
    ys: tuple[Path, ...],
    x_type: str | None,
    y_type: str | None,
    count: int,
    output: Path | None,
    cache: bool,
) -> None:
    """Total error of dot products of log codes, with the quantisation, beside exact products and L-Mul.

    Of your own operands, such as activations (tokens, K) and weights (outputs, K), random rows of x meet random rows of
    y, 64 neighbours of each.

    \b
    lmul accuracy logs
    lmul accuracy logs --count 2000 -o accuracy
    lmul accuracy logs --x activations.npy --y weights.npy
    """
    if output is not None:
        check_writable(output)
    command = ["lmul", "accuracy", "logs"]
    found = tensors(xs, ys, x_type, y_type)
    for x, y in zip(xs, ys, strict=True):
        command += ["--x", x.name, "--y", y.name]
    for option, given in (("--x-type", x_type), ("--y-type", y_type)):
        command += [] if given is None else [option, given]
    command += [] if count == COUNT else ["--count", str(count)]
    topic = Logs(count, found)
    session = studied([topic], output, cache)
    lines, shown = topic.lines(session), [section.key for section in topic.sections(session)]
    show(numbers_report([topic], session, shlex.join(command), "logs", TITLE, NOTES, lines, shown), output)


def tensors(xs: tuple[Path, ...], ys: tuple[Path, ...], x_type: str | None, y_type: str | None) -> tuple[Tensors, ...]:
    """Read pairs of files (..., K) whose last axes are multiplied.

    Raises
    ------
    OSError, ValueError
        A file cannot be read or holds no numbers, or files do not fit each other, or names are there twice.
    """
    if len(xs) != len(ys):
        raise ValueError(f"--x and --y must be given equally often, not {len(xs)} and {len(ys)} times")
    found: list[Tensors] = []
    for x, y in zip(xs, ys, strict=True):
        name = f"{x.stem} x {y.stem}"
        if name in (each.value for each in found):
            raise ValueError(f"--x and --y must have names that differ, not twice {name!r}")
        left, right = loaded(x, "--x-type", x_type), loaded(y, "--y-type", y_type)
        try:
            found.append(Tensors.of(name, left, right))
        except (TypeError, ValueError) as error:
            raise ValueError(f"x ({x}) and y ({y}) do not fit: {error}") from None
    return tuple(found)
