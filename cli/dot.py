# amaranth: UnusedElaboratable=no
"""`lmul verilog dot` and `lmul verify dot`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from lmul.cli.array_options import CONVERTED, INTEGER_ACCUMULATOR, WINDOW, chosen_dot, chosen_product, product_options
from lmul.cli.options import NAME, SEED, STYLE, with_options
from lmul.cli.own_file import own_file_options, own_files, own_unit
from lmul.cli.paths import PATH
from lmul.cli.simulation_options import simulation_options
from lmul.cli.unit_files import write_unit
from lmul.cli.verdict import tell, tried
from lmul.golden.accumulators import DEPTH
from lmul.hdl.dot.dot_product import LANES, DotProduct
from lmul.hdl.style import Style
from lmul.sim.dot_product import verify_dot_products
from lmul.sim.selfcheck.dot import dot_files

_OPTIONS: list[Callable[..., Any]] = [
    click.option(
        "--lanes", type=int, required=True, metavar="N", help=f"Products a beat, {LANES[0]} to {LANES[-1]}, at most K."
    ),
    product_options,
    INTEGER_ACCUMULATOR,
    WINDOW,
    CONVERTED,
    click.option(
        "--scaled",
        is_flag=True,
        help="For anchored: with the words of y come scales of the block of x and of that of y, as E8M0 codes.",
    ),
    click.option(
        "--depth", type=int, default=DEPTH, show_default=True, metavar="K", help="Products of the longest sums."
    ),
    STYLE,
]


def dot_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a dot-product unit, for `chosen_dot_product`."""
    return with_options(_OPTIONS, command)


def chosen_dot_product(
    lanes: int,
    accumulator: str,
    window: int | None,
    depth: int,
    converted: str | None,
    scaled: bool,
    style: str,
    name: str | None = None,
    **products: Any,
) -> DotProduct:
    """Build the unit that the options describe.

    Raises
    ------
    OSError, TypeError, ValueError
        An option, or the file it names, is not valid.
    """
    dot = chosen_dot(chosen_product(**products), accumulator, depth, window, None, converted, scaled)
    return DotProduct(dot, lanes, Style(style), name)


@click.command("dot")
@dot_options
@NAME
@SEED
@click.option(
    "-o",
    "--output-dir",
    "folder",
    type=PATH,
    required=True,
    metavar="DIR",
    help="Where the files go.",
)
def verilog_dot(folder: Path, seed: int, **options: Any) -> None:
    """Write a unit of dot products: DIR/NAME.v, its manifest, a bench and a FuseSoC core.

    Each beat of x adds N products to one integer accumulator. The words of y stay until a beat of x lets them go.
    NAME_tb.v is a bench in plain Verilog that plays NAME_x.hex and NAME_y.hex with waits at random, compares with
    NAME_sum.hex, which the golden model has made, and prints PASS or FAIL. NAME.core has both for FuseSoC. All files
    are written, or none.

    \b
    lmul verilog dot --lanes 16 --format e4m3 --method lmul -o build
    lmul verilog dot --lanes 4 --format bf16 --accumulator anchored --window 12 --depth 768 -o build
    lmul verilog dot --lanes 16 --format e3m4 --method log --guard 1 --segments 4 -o build
    lmul verilog dot --lanes 4 --format e4m3 --depth 64 --name dot4 -o build
    cd build && iverilog -g2005 -o tb dot4.v dot4_tb.v && vvp tb
    """
    unit = chosen_dot_product(**options)
    write_unit(unit, folder, lambda: dot_files(unit, seed))


@click.command("dot")
@dot_options
@click.option(
    "--cycles",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Go on with sums and waits at random until N clock cycles have been simulated.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of all that is random.")
@own_file_options
@simulation_options
def verify_dot(cycles: int, seed: int, verilog_names: tuple[str, ...], top: str | None, **options: Any) -> None:
    """Simulate a dot product unit's Verilog and compare every sum with the golden model.

    Sums of all lengths, of codes at random and at the ends of what there is, with words of y kept and replaced, waits
    on every stream and resets in the middle. With --verilog your file is simulated, not ours. Exit code 1 if a sum
    differs or a stream breaks its rules.

    \b
    lmul verify dot --lanes 4 --format e4m3 --depth 64
    lmul verify dot --lanes 16 --format bf16 --accumulator anchored --window 12 --cycles 1000000
    lmul verify dot --lanes 4 --format e3m4 --method log --guard 1 --segments 2 --depth 64
    lmul verify dot --lanes 4 --format e4m3 --depth 64 --verilog netlist.v,nangate45.lib.gz
    """
    unit = chosen_dot_product(**options)
    own = own_files(own_unit(unit, verilog_names, top))
    tell(tried(verify_dot_products, unit, cycles, seed, own), "beats of x")
