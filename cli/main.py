"""Entry point of `lmul`, with its error messages."""

import sys

from lmul.cli.exit_codes import BAD_INPUT
from lmul.cli.signals import Interruptions

_INTERRUPTED = "interrupted; nothing is half written"


def main() -> None:
    """Run the command line; bad input gives one line on standard error and exit code 2."""
    interruptions = Interruptions()
    interruptions.install()
    try:
        from lmul.cli.output import protect_output

        protect_output()
        code, problem = _run(sys.argv[1:])
        if interruptions.seen:  # and swallowed by something that then went on
            code, problem = BAD_INPUT, _INTERRUPTED
        sys.stdout.flush()
        interruptions.ignore()
    except KeyboardInterrupt:
        interruptions.ignore()
        code, problem = BAD_INPUT, _INTERRUPTED
    except OSError as error:
        interruptions.ignore()
        code, problem = BAD_INPUT, _told(error)
    except Exception:  # a defect of ours, unless a library made another error of an interruption
        interruptions.ignore()
        if not interruptions.seen:
            raise
        code, problem = BAD_INPUT, _INTERRUPTED
    if problem:
        said = _INTERRUPTED if interruptions.seen else " ".join(problem.split())
        print(f"lmul: {said}", file=sys.stderr)
    if code:
        sys.exit(code)


def _run(arguments: list[str]) -> tuple[int | str | None, str]:
    """Run a command; return the exit code, and an error message or ""."""
    import click

    from lmul.cli.commands import lmul
    from lmul.tools.companions import missing_companion
    from lmul.tools.failure import FailedJobError
    from lmul.tools.limits import check_limits
    from lmul.tools.process import ToolError

    try:
        check_limits()
        with lmul.make_context("lmul", arguments) as context:
            lmul.invoke(context)
    except click.exceptions.Exit as done:
        return done.exit_code, ""
    except SystemExit as done:
        return done.code, ""
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.format_message(), file=sys.stderr)
        return BAD_INPUT, ""
    except click.ClickException as error:
        return BAD_INPUT, error.format_message()
    except ModuleNotFoundError as error:
        problem = missing_companion(error.name or "")
        if problem is None:
            raise
    except (FailedJobError, MemoryError, OSError, TypeError, ValueError, ToolError) as error:
        problem = _told(error)
    else:
        return None, ""
    return BAD_INPUT, problem


def _told(error: Exception) -> str:
    import os
    import traceback

    if os.environ.get("LMUL_TRACEBACK"):
        traceback.print_exception(error)
    if isinstance(error, OSError):
        return f"{error.filename or 'input or output'}: {error.strerror or error}"
    return f"not enough memory: {error}" if isinstance(error, MemoryError) else str(error)
