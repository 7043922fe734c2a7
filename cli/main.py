"""The `lmul` command: what it prints when something is wrong, and where its subcommands are."""

import signal
import sys
from importlib.metadata import version

import click

from lmul.cli.multiplier import verify_multiplier, verilog_multiplier
from lmul.cli.mutate import mutate_group
from lmul.cli.prove import prove_group
from lmul.cli.report import report
from lmul.cli.sweep import sweep_group
from lmul.hdl.yosys import YosysError
from lmul.sim.verilator import SimulationError

EXIT_BAD_INPUT = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("lmul"), message="%(prog)s %(version)s")
def lmul() -> None:
    """Multipliers by integer addition (L-Mul, arXiv 2410.00907) beside exact ones: Verilog, checks and costs.

    \b
    lmul verilog multiplier --format e4m3 --method lmul -o build
    lmul verify multiplier --format e4m3 --method lmul
    lmul prove multiplier --format e4m3 --method lmul
    lmul report --liberty nangate45.lib
    """


@lmul.group()
def verilog() -> None:
    """Write a unit as a Verilog-2005 file with a JSON manifest."""


@lmul.group()
def verify() -> None:
    """Simulate a unit's Verilog and compare it with the golden model, bit for bit."""


verilog.add_command(verilog_multiplier)
verify.add_command(verify_multiplier)
lmul.add_command(prove_group, "prove")
lmul.add_command(report)
lmul.add_command(sweep_group)
lmul.add_command(mutate_group)


def main() -> None:
    """Run the command line; bad input gives one line on standard error and exit code 2."""
    # A terminated run tidies up as an interrupted one does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with lmul.make_context("lmul", sys.argv[1:]) as context:
            lmul.invoke(context)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.format_message(), file=sys.stderr)
        sys.exit(EXIT_BAD_INPUT)
    except click.ClickException as error:
        _fail(error.format_message())
    except (click.Abort, KeyboardInterrupt):
        _fail("interrupted; nothing was written")
    except OSError as error:
        _fail(f"{error.filename or 'input or output'}: {error.strerror or error}")
    except (TypeError, ValueError, YosysError, SimulationError) as error:
        _fail(str(error))


def _fail(message: str) -> None:
    print(f"lmul: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(EXIT_BAD_INPUT)
