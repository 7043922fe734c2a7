# amaranth: UnusedElaboratable=no
"""Options that describe an array, shared by all subcommands that take one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from lmul.cli.options import FORMAT, LOG, STYLE, MethodName, chosen_method, operand_formats, with_options
from lmul.golden.accumulators import CONVERTED as CONVERTED_OPERANDS
from lmul.golden.accumulators import DEPTH, WINDOWS, Accumulator, DotParameters
from lmul.golden.formats import Format, format_named
from lmul.golden.methods import MethodKind, Rounding
from lmul.golden.parameters import Parameters
from lmul.hdl.array.systolic import SUMS, Dataflow, SystolicArray
from lmul.hdl.style import Style

_SIZE = [
    click.option("--rows", type=int, required=True, metavar="R", help="Rows of processing elements."),
    click.option("--cols", "columns", type=int, required=True, metavar="C", help="Columns."),
]
_PRODUCTS = [
    FORMAT,
    click.option("--method", type=MethodName(MethodKind), default="lmul", show_default=True),
    *LOG,
]
CONVERTED = click.option(
    "--converted",
    type=click.Choice(CONVERTED_OPERANDS[1:]),
    default=None,
    help="Operands that come in as the words that `lmul convert` makes. Without it: both are codes.",
)
ACCUMULATOR = click.option(
    "--accumulator", type=click.Choice([a.value for a in Accumulator]), default="fixed", show_default=True
)
INTEGER_ACCUMULATOR = click.option(
    "--accumulator",
    type=click.Choice([a.value for a in Accumulator if a.kind.is_integer]),
    default="fixed",
    show_default=True,
)
FLOATING_ACCUMULATOR = click.option(
    "--accumulator",
    type=click.Choice([a.value for a in Accumulator if not a.kind.is_integer]),
    default="fp32",
    show_default=True,
)
UNANCHORED_ACCUMULATOR = click.option(
    "--accumulator",
    type=click.Choice([a.value for a in Accumulator if not a.kind.has_anchor]),
    default="fixed",
    show_default=True,
)

DATAFLOW = click.option(
    "--dataflow",
    type=click.Choice([d.value for d in Dataflow]),
    default="os",
    show_default=True,
    help="What stays in the elements: sums (os) or weights (ws).",
)

WINDOW = click.option("--window", type=int, metavar="W", help="For anchored: bits below the anchor that are kept.")
_COMPUTED = [
    *_PRODUCTS,
    ACCUMULATOR,
    WINDOW,
    CONVERTED,
    click.option(
        "--output", "output_name", metavar="NAME", help="Format that sums leave in. Without it: the accumulator's own."
    ),
    DATAFLOW,
    click.option("--lanes", type=int, default=1, show_default=True, metavar="L", help="Products an element and step."),
    click.option(
        "--sums",
        type=int,
        default=SUMS,
        show_default=True,
        help="For ws: rows of a tile that takes several passes, a power of two.",
    ),
]
_DEPTH = click.option(
    "--depth", type=int, default=DEPTH, show_default=True, metavar="K", help="The longest sums; K of A's columns."
)


_TRIED_WINDOW = 16  # its loss is far below an approximate product's error


def array_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of an array, for `chosen_array`."""
    return with_options([*_SIZE, *_COMPUTED, _DEPTH, STYLE], command)


def computing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of an array except size and depth."""
    return with_options(_COMPUTED, command)


def product_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of products, for `chosen_product`."""
    return with_options(_PRODUCTS, command)


def chosen_array(
    rows: int,
    columns: int,
    format_names: str,
    method: str,
    accumulator: str,
    window: int | None,
    output_name: str | None,
    dataflow: str,
    lanes: int,
    sums: int,
    depth: int,
    converted: str | None = None,
    style: str = Style.RTL.value,
    name: str | None = None,
    **numbers: Any,
) -> SystolicArray:
    """Build the array that the options describe.

    Raises
    ------
    OSError, TypeError, ValueError
        An option, or the file it names, is not valid.
    """
    product = chosen_product(format_names, method, **numbers)
    output = None if output_name is None else format_named(output_name)
    dot = chosen_dot(product, accumulator, depth, window, output, converted)
    return SystolicArray(dot, rows, columns, lanes, Dataflow(dataflow), sums, Style(style), name)


def chosen_dot(
    product: Parameters,
    accumulator: str,
    depth: int,
    window: int | None,
    output: Format | None = None,
    converted: str | None = None,
    scaled: bool = False,
) -> DotParameters:
    """Build the parameters of dot products that the options describe.

    Raises
    ------
    TypeError, ValueError
        An option is not valid, or is missing.
    """
    kind = Accumulator(accumulator)
    if kind is Accumulator.ANCHORED and window is None:
        raise ValueError(f"--window must be given with --accumulator anchored, {WINDOWS[0]} to {WINDOWS[-1]} bits")
    try:
        return DotParameters(product, kind, depth, window, output, converted or "", scaled)
    except ValueError as error:
        if kind is not Accumulator.FIXED or window is not None:
            raise
        trial = Accumulator.ANCHORED, depth, _TRIED_WINDOW, output, converted or "", scaled
        try:
            DotParameters(product, *trial)
        except ValueError:  # that is no way out
            raise error from None
        raise ValueError(f"{error}; try --accumulator anchored --window {_TRIED_WINDOW}") from None


def chosen_product(
    format_names: str,
    method: str,
    constant: int | None = None,
    table_bits: int | None = None,
    table: Path | None = None,
    guard: int | None = None,
    segments: int | None = None,
    d_log: int | None = None,
    subnormals: bool | None = None,
) -> Parameters:
    """Build the parameters of products that the options describe.

    Raises
    ------
    OSError, TypeError, ValueError
        An option, or the file it names, is not valid.
    """
    x, y = operand_formats(format_names)
    chosen = chosen_method(method, constant, table_bits, table, Rounding.NEAREST, guard, segments, d_log)
    given: dict[str, Any] = {} if subnormals is None else {"subnormals": subnormals}
    return Parameters(x, chosen, y_format=y, **given)


NUMBERS = ("constant", "table_bits", "table", "guard", "segments", "d_log", "converted")
"""Arguments of `chosen_array` that belong to some methods alone."""
