# amaranth: UnusedElaboratable=no
"""`lmul verilog array` and `lmul verify array`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from lmul.cli.array_options import array_options, chosen_array
from lmul.cli.options import NAME, SEED, with_options
from lmul.cli.own_file import own_file_options, own_files, own_unit
from lmul.cli.paths import PATH
from lmul.cli.simulation_options import simulation_options
from lmul.cli.unit_files import write_unit
from lmul.cli.verdict import tell, tried
from lmul.hdl.array.axi import AxiStreamArray
from lmul.hdl.array.systolic import SystolicArray
from lmul.sim.array import verify_arrays
from lmul.sim.selfcheck.array import array_files

_AXI = click.option(
    "--axi", is_flag=True, help="Streams are AXI4-Stream, elements whole bytes, with registers at all ports."
)


def any_array_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of an array, with AXI4-Stream ports or without, for `any_chosen_array`."""
    return with_options([array_options, _AXI], command)


def any_chosen_array(axi: bool, name: str | None = None, **options: Any) -> SystolicArray | AxiStreamArray:
    """Build the array that the options describe. Errors are those of `chosen_array`."""
    return AxiStreamArray(chosen_array(**options), name) if axi else chosen_array(**options, name=name)


@click.command("array")
@any_array_options
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
def verilog_array(folder: Path, seed: int, **options: Any) -> None:
    """Write a systolic array: DIR/NAME.v, its manifest, a bench and a FuseSoC core.

    NAME.v says how its ports are packed, NAME.json says it to programs. NAME_tb.v is a bench in plain Verilog that
    plays NAME_a.hex and NAME_b.hex with waits at random, compares with NAME_c.hex, which the golden model has made, and
    prints PASS or FAIL. NAME.core has both for FuseSoC. All files are written, or none.

    \b
    lmul verilog array --rows 16 --cols 16 --format e4m3 --method lmul -o build
    lmul verilog array --rows 4 --cols 4 --format bf16 --accumulator anchored --window 16 --dataflow ws -o build
    lmul verilog array --rows 8 --cols 8 --lanes 4 --format e3m4 --method corrected --table-bits 2 --axi -o build
    lmul verilog array --rows 4 --cols 4 --format e4m3 --name tpu -o build
    cd build && iverilog -g2005 -o tb tpu.v tpu_tb.v && vvp tb
    """
    unit = any_chosen_array(**options)
    write_unit(unit, folder, lambda: array_files(unit, seed))


@click.command("array")
@any_array_options
@click.option(
    "--cycles",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Go on with tiles and waits at random until N clock cycles have been simulated.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of all that is random.")
@own_file_options
@simulation_options
def verify_array(cycles: int, seed: int, verilog_names: tuple[str, ...], top: str | None, **options: Any) -> None:
    """Simulate a systolic array's Verilog and compare every sum with the golden model.

    Tiles of all lengths, of codes at random and at the ends of what there is, with waits on every stream and resets
    in the middle; with --axi also elements that are not kept. With --verilog your file is simulated, not ours. Exit
    code 1 if a sum differs or a stream breaks its rules.

    \b
    lmul verify array --rows 4 --cols 4 --format e4m3 --depth 64
    lmul verify array --rows 16 --cols 16 --format bf16 --accumulator anchored --window 16 --cycles 1000000
    lmul verify array --rows 4 --cols 4 --format e4m3 --depth 64 --axi
    lmul verify array --rows 4 --cols 4 --format e4m3 --depth 64 --verilog edited.v
    """
    unit = any_chosen_array(**options)
    own = own_files(own_unit(unit, verilog_names, top))
    tell(tried(verify_arrays, unit, cycles, seed, own), "steps")
