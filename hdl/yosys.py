"""Yosys, in a process of its own: an error inside it ends the process that it runs in."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_CHILD = """
import sys
from pyosys import libyosys
design = libyosys.Design()
for command in sys.stdin.read().splitlines():
    libyosys.run_pass(command, design)
"""


class YosysError(RuntimeError):
    """Yosys stopped; the message is the line in which it says why."""


def run_yosys(commands: Sequence[str], folder: Path) -> str:
    """Run Yosys commands in order, with `folder` as the working directory, and return what it printed.

    File names in commands are best relative to `folder`: Yosys splits commands at spaces and semicolons.

    Raises
    ------
    YosysError
        A command failed.
    """
    done = subprocess.run(
        [sys.executable, "-c", _CHILD],
        input="\n".join(commands),
        cwd=folder,
        # ABC's own temporary files: in a folder that goes away, and of a name without spaces.
        env={**os.environ, "TMPDIR": "."},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        errors = re.findall(r"^(?:.*: )?ERROR: (.*)$", done.stdout, re.MULTILINE)
        reason = errors[-1] if errors else f"exit status {done.returncode}: {done.stdout.strip()[-200:]}"
        raise YosysError(f"Yosys stopped: {reason.strip()}")
    return done.stdout
