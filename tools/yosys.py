"""Yosys in a child process, since an error inside it ends its process."""

import re
from collections.abc import Sequence
from pathlib import Path

from lmul.tools.companions import check_companion
from lmul.tools.limits import SECONDS, memory_allowed, seconds_allowed
from lmul.tools.process import ToolError, tool_environment
from lmul.tools.yosys_server import call_yosys


class YosysError(ToolError):
    """Failure of Yosys; the message is the line in which it says why."""


def run_yosys(commands: Sequence[str], folder: Path, seconds: float = SECONDS) -> str:
    """Run Yosys commands in `folder`, in order; return the output.

    File names in commands are best relative to `folder`: Yosys splits commands at spaces and semicolons. Its limit of
    time, with ABC and all else that it starts, is `seconds` unless the environment has another.

    Raises
    ------
    YosysError
        A command failed.
    LimitError
        Yosys met a limit of time or memory.
    ToolError
        Yosys is not installed.
    """
    check_companion("pyosys")
    # ABC's temporary files go into a folder that is deleted and whose name has no spaces.
    environment = {**tool_environment(), "TMPDIR": "."}
    limits = seconds_allowed(seconds), memory_allowed()
    status, printed = call_yosys(commands, folder, environment, *limits)
    if status:
        errors = re.findall(r"^(?:.*: )?ERROR: ?(.*)$", printed, re.MULTILINE)
        reason = errors[-1] if errors else f"exit status {status}: {printed.strip()[-200:]}"
        if len(errors) > 1 and reason.endswith("see full log for details"):  # slang; its first error has the reason
            place = re.search(r"^(\S+: )?ERROR: .*$", printed, re.MULTILINE)
            reason = ((place and place[1]) or "") + errors[0]
        if "abc" in reason.lower():  # whose own last words say why
            said = re.findall(r"^ABC: (?!\+ |\*\* |Aborted)(.*\S)", printed, re.MULTILINE)
            reason = " ".join([reason.strip(), *(f"ABC: {line}" for line in said[-2:])])
        raise YosysError(f"Yosys stopped: {reason.strip()}")
    return printed
