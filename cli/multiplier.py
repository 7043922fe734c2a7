"""`lmul verilog multiplier` and `lmul verify multiplier`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from lmul.accuracy.metrics import Errors, errors
from lmul.cli.exit_codes import FAILED
from lmul.cli.npy import CODES, check_fit, loaded, loaded_codes, type_option
from lmul.cli.options import NAME, SEED, chosen_multiplier, multiplier_options, not_default
from lmul.cli.own_file import own_file_options, own_files, own_unit
from lmul.cli.paths import PATH
from lmul.cli.simulation_options import simulation_options
from lmul.cli.unit_files import write_unit
from lmul.golden.codes import Codes, decode, encode
from lmul.golden.formats import Format
from lmul.golden.parameters import Parameters, Policy
from lmul.hdl.multiplier import Multiplier
from lmul.sim.jobs.products import Checked
from lmul.sim.multiplier import PAIRS, verify_all, verify_pairs
from lmul.sim.own_files import OwnFiles
from lmul.sim.selfcheck.multiplier import multiplier_files
from lmul.sim.stimulus.vectors import Pairs, is_exhaustive
from lmul.tools.files import scratch_folder

MOST_PRODUCTS = 1 << 25
"""Products of one check: a limit for memory."""

_BYTES_A_PRODUCT = 128  # in this process and the simulator together


@click.command("multiplier")
@multiplier_options
@NAME
@SEED
@click.option("-o", "--output", type=PATH, required=True, metavar="DIR", help="Where the files go.")
def verilog_multiplier(output: Path, seed: int, **options: Any) -> None:
    """Write a multiplier: DIR/NAME.v, its manifest, a bench and a FuseSoC core.

    NAME_tb.v is a bench in plain Verilog that prints PASS or FAIL. It multiplies all pairs of codes up to 16 bits
    together, else chosen ones, and a pipelined unit has waits on both sides; NAME_p.hex has the golden model's
    products. NAME.core has both for FuseSoC. All files are written, or none.

    \b
    lmul verilog multiplier --format e4m3 --method lmul --policy flush -o build
    lmul verilog multiplier --format bf16 --method corrected --table-bits 2 --pipeline 1 -o build
    lmul verilog multiplier --format e4m3 --method exact --policy ftz --result bf16 -o build
    lmul verilog multiplier --format e4m3 --name mul8 -o build
    cd build && iverilog -g2005 -o tb mul8.v mul8_tb.v && vvp tb
    """
    unit = chosen_multiplier(**options)
    write_unit(unit, output, lambda: multiplier_files(unit, seed))


@click.command("multiplier")
@multiplier_options
@click.option(
    "--pairs",
    type=click.IntRange(min=1, max=MOST_PRODUCTS),
    default=PAIRS,
    show_default=True,
    help="For operands of more than 16 bits together; as many as the formats have are all of them.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the pairs.")
@click.option("--x", "x_file", type=PATH, metavar="FILE", help="Your operands, a .npy of numbers.")
@click.option("--y", "y_file", type=PATH, metavar="FILE", help="As --x; broadcast against it, as NumPy does.")
@type_option("x")
@type_option("y")
@CODES
@own_file_options
@simulation_options
@click.pass_context
def verify_multiplier(
    context: click.Context,
    /,
    pairs: int,
    seed: int,
    x_file: Path | None,
    y_file: Path | None,
    x_type: str | None,
    y_type: str | None,
    codes: bool,
    verilog_names: tuple[str, ...],
    top: str | None,
    **options: Any,
) -> None:
    """Simulate a multiplier's Verilog and compare every product with the golden model.

    The operands are every pair of codes up to 16 bits together, corner, random and edge codes above, or your arrays,
    rounded to the formats of x and y; under the policies ieee and ftz they can have Inf and, where the format has it,
    NaN. With --verilog your file is simulated, not ours; nothing else is read. Exit code 1 if a product differs.

    \b
    lmul verify multiplier --format e4m3 --method lmul
    lmul verify multiplier --format bf16 --method exact --pipeline 2
    lmul verify multiplier --format e5m2 --x query.npy --y key.npy
    lmul verify multiplier --format bf16,e4m3 --policy ieee --overflow inf --x query.npy --y key.npy
    lmul verify multiplier --format e4m3 --verilog edited.v
    lmul verify multiplier --format e4m3 --verilog netlist.v,nangate45.lib.gz --top my_multiplier
    """
    unit = chosen_multiplier(**options)
    p = unit.parameters
    own = own_files(own_unit(unit, verilog_names, top))
    drawn = {name: not_default(context, name) for name in ("pairs", "seed")}
    if x_file is None and y_file is None:
        for option, given in (("--x-type", x_type), ("--y-type", y_type), ("--codes", codes)):
            if given:
                raise ValueError(f"{option} must be left out without --x and --y")
        possible = 1 << (p.format.width + p.y_format.width)
        if any(drawn.values()) and (is_exhaustive(p.format, p.y_format) or pairs >= possible):
            print(f"all {possible:,} pairs of {p.format_name} are run, whatever --pairs and --seed say")
        checked = _simulated(lambda folder: verify_all([unit], folder, pairs, seed, own)[0])
        _print_check(checked)
    elif x_file is None or y_file is None:
        raise click.UsageError("--x and --y must be given together")
    else:
        for name, given in drawn.items():
            if given:
                raise ValueError(f"--{name} must be left out with --x and --y")
        sides = (("x", p.format, x_file, x_type), ("y", p.y_format, y_file, y_type))
        x_side, y_side = (_operands(p.policy, *side, codes) for side in sides)
        checked = _verify_arrays(unit, x_side, y_side, own)
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


_Operands = tuple[NDArray[np.float64], Codes]


def _operands(policy: Policy, name: str, f: Format, path: Path, type_name: str | None, codes: bool) -> _Operands:
    """Read one side's numbers, and their codes."""
    if codes:
        if type_name is not None:
            raise ValueError(f"--{name}-type must be left out with --codes, not {type_name!r}")
        given = loaded_codes(path, f)
        return decode(f, given, reserved=policy is Policy.IEEE), given
    values = loaded(path, f"--{name}-type", type_name)
    try:
        return values, encode(f, values, policy)
    except ValueError as error:
        raise ValueError(f"--{name}: {error}") from None


def _verify_arrays(unit: Multiplier, x_side: _Operands, y_side: _Operands, own: OwnFiles | None) -> Checked:
    p = unit.parameters
    count = check_fit("--x and --y", x_side[0].shape, y_side[0].shape)
    if count > MOST_PRODUCTS:
        raise ValueError(
            f"--x and --y must make at most {MOST_PRODUCTS:,} products, not {count:,}, "
            f"which would take {count * _BYTES_A_PRODUCT >> 30:,} GiB of memory"
        )
    x, y, *codes = np.broadcast_arrays(x_side[0], y_side[0], x_side[1], y_side[1])
    pairs = codes[0].ravel(), codes[1].ravel()
    checked = _simulated(lambda folder: verify_pairs(unit, folder, pairs, own))
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
