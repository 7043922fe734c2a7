"""`lmul sweep multiplier`."""

from typing import Any

import click

from lmul.cli.exit_codes import FAILED
from lmul.cli.options import chosen_multiplier, multiplier_options
from lmul.cli.progress import progress_bar
from lmul.hdl.multiplier import Multiplier
from lmul.sim.jobs.products import hexadecimal
from lmul.sim.sweep import Swept, sweep
from lmul.tools.files import scratch_folder


@click.command("multiplier")
@multiplier_options
def sweep_multiplier(**options: Any) -> None:
    """Multiply every pair of codes and compare with a specification in C++ that shares nothing with the unit.

    Policy flush, formats of up to 16 bits, the methods lmul, mitchell, constant and exact. 2^32 pairs take about two
    minutes of one core for lmul; all cores are used. Exit code 1 if a product differs.

    \b
    lmul sweep multiplier --format bf16 --method lmul --policy flush
    lmul sweep multiplier --format e4m3 --method exact
    """
    unit = chosen_multiplier(**options)
    swept = _swept(unit)
    print(f"{swept.name}: {swept.pairs:,} pairs compared, {swept.mismatches:,} mismatches, {swept.seconds:.1f} s")
    for m in swept.first:
        x, y, expected, got = (hexadecimal(unit.parameters.format, code) for code in (m.x, m.y, m.expected, m.got))
        print(f"{x} * {y} gave {got}, expected {expected}")
    if swept.mismatches:
        raise SystemExit(FAILED)


def _swept(unit: Multiplier) -> Swept:
    with scratch_folder() as folder, progress_bar() as progress:
        step = progress.add_task("sweep", total=None)
        return sweep(unit, folder, lambda pairs, total: progress.update(step, advance=pairs, total=total))
