"""`lmul verilog multiplier` and `lmul verify multiplier`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from lmul.accuracy.metrics import Errors, errors
from lmul.cli.arrays_io import loaded
from lmul.cli.exit_codes import FAILED
from lmul.cli.options import chosen_multiplier, multiplier_options
from lmul.cli.paths import PATH
from lmul.golden.codes import Codes, decode, encode
from lmul.golden.formats import Format
from lmul.golden.parameters import Parameters, Policy
from lmul.hdl.export.verilog import export
from lmul.hdl.multiplier import Multiplier
from lmul.sim.jobs.products import Checked
from lmul.sim.multiplier import PAIRS, verify_all, verify_pairs
from lmul.sim.stimulus.vectors import Pairs
from lmul.tools.files import scratch_folder


@click.command("multiplier")
@multiplier_options
@click.option("-o", "--output", type=PATH, required=True, metavar="DIR", help="Where the files go.")
def verilog_multiplier(output: Path, **options: Any) -> None:
    """Write a multiplier: DIR/NAME.v and its manifest DIR/NAME.json.

    \b
    lmul verilog multiplier --format e4m3 --method lmul --policy flush -o build
    lmul verilog multiplier --format bf16 --method corrected --table-bits 2 --pipeline 1 -o build
    lmul verilog multiplier --format e4m3 --method exact --policy ftz --result bf16 -o build
    """
    exported = export(chosen_multiplier(**options), output)
    print(exported.verilog)
    print(exported.manifest)


@click.command("multiplier")
@multiplier_options
@click.option(
    "--pairs",
    type=click.IntRange(min=1),
    default=PAIRS,
    show_default=True,
    help="For operands of more than 16 bits together.",
)
@click.option("--x", "x_file", type=PATH, metavar="FILE", help="Your operands, a .npy of floats.")
@click.option("--y", "y_file", type=PATH, metavar="FILE", help="As --x; broadcast against it.")
def verify_multiplier(pairs: int, x_file: Path | None, y_file: Path | None, **options: Any) -> None:
    """Simulate a multiplier's Verilog and compare every product with the golden model.

    The operands are every pair of codes up to 16 bits together, corner, random and edge codes above, or your arrays,
    rounded to the formats of x and y; under the policies ieee and ftz they can have Inf and, where the format has it,
    NaN. Exit code 1 if a product differs.

    \b
    lmul verify multiplier --format e4m3 --method lmul
    lmul verify multiplier --format bf16 --method exact --pipeline 2
    lmul verify multiplier --format e5m2 --x query.npy --y key.npy
    lmul verify multiplier --format bf16,e4m3 --policy ieee --overflow inf --x query.npy --y key.npy
    """
    unit = chosen_multiplier(**options)
    if x_file is None and y_file is None:
        checked = _simulated(lambda folder: verify_all([unit], folder, pairs)[0])
        _print_check(checked)
    elif x_file is None or y_file is None:
        raise click.UsageError("--x and --y must be given together")
    else:
        checked = _verify_arrays(unit, loaded(x_file), loaded(y_file))
    if not checked.passed:
        raise SystemExit(FAILED)


def _simulated(check: Callable[[Path], Checked]) -> Checked:
    with scratch_folder() as folder, Console(stderr=True).status("building and simulating"):
        return check(folder)


def _print_check(checked: Checked) -> None:
    if checked.products == 0:
        print(f"{checked.name}: {checked.complaint}")
        return
    speed = checked.products / checked.seconds
    print(f"{checked.name}: {checked.products:,} products compared, {checked.mismatches:,} mismatches")
    print(f"simulated at {speed:,.0f} products a second")
    if not checked.passed:
        print(f"first mismatch: {checked.complaint}")


def _encoded(f: Format, option: str, values: NDArray[np.float64], policy: Policy) -> Codes:
    try:
        return encode(f, values, policy)
    except ValueError as error:
        raise ValueError(f"{option}: {error}") from None


def _verify_arrays(unit: Multiplier, x: NDArray[np.float64], y: NDArray[np.float64]) -> Checked:
    p = unit.parameters
    encoded = _encoded(p.format, "--x", x, p.policy), _encoded(p.y_format, "--y", y, p.policy)
    try:
        x, y, *codes = np.broadcast_arrays(x, y, *encoded)
    except ValueError:
        raise ValueError(f"the shapes of --x and --y must fit each other, not {x.shape} and {y.shape}") from None
    pairs = codes[0].ravel(), codes[1].ravel()
    checked = _simulated(lambda folder: verify_pairs(unit, folder, pairs))
    _print_check(checked)
    if checked.products:
        _print_accuracy(p, (x.ravel(), y.ravel()), pairs, checked.codes)
    return checked


def _print_accuracy(p: Parameters, values: tuple[NDArray[np.float64], ...], pairs: Pairs, products: Codes) -> None:
    """Print the errors of products against the given values, and against these as encoded."""
    special = p.policy.has_special_values
    product, a, b = (
        decode(f, codes, reserved=special)
        for f, codes in zip((p.result, p.format, p.y_format), (products, *pairs), strict=True)
    )
    with np.errstate(over="ignore", invalid="ignore"):  # products that are not finite are left out
        true, rounded = values[0] * values[1], a * b
    lost = np.count_nonzero((product == 0) & (true != 0) & ~np.isnan(true))
    print(f"{lost:,} products came out as zero that are not")
    if special:
        infinite, nan = np.count_nonzero(np.isinf(product)), np.count_nonzero(np.isnan(product))
        print(f"{infinite:,} products came out as Inf and {nan:,} as NaN, which are left out here:")
    finite = np.isfinite(product)
    _print_errors("true product of the arrays", errors(product[finite], true[finite]))
    _print_errors("true product of the arrays as encoded", errors(product[finite], rounded[finite]))


def _print_errors(against: str, e: Errors) -> None:
    if not e.count:
        print(f"against the {against}: nothing to compare, none is finite and not zero")
        return
    print(f"against the {against} ({e.count:,} are finite and not zero):")
    print(f"  mean |relative error| {e.mean:.4%}, bias {e.bias:+.4%}, largest {e.largest:.4%}; NMSE {e.nmse:.3e}")
