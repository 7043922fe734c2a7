"""The user's own Verilog, simulated in place of an export."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_BENCH = "top"  # the module around every unit under test

_TIME = "time_of_user.v"
_UNIT = "`timescale 1ps/1ps"
"""Delays in the user's files are picoseconds, whatever these say, so that all is settled when the bench looks."""

_WORDS = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"
    |(?P<time>`timescale\s+\w+\s*/\s*\w+|\btime(?:unit|precision)\s[^;]*;)|(?P<reset>`resetall\b)|[$`]\w+
    |(?P<escaped>\\\S+)|(?P<word>[A-Za-z_][\w$]*)""",
    re.DOTALL | re.VERBOSE,
)


@dataclass(frozen=True)
class OwnFiles:
    """Files of the user's.

    Attributes
    ----------
    module : str
        The module in them that has the ports of an exported unit.
    texts : mapping of str to bytes
        Their texts by the names that they get, in the order in which they are read.
    """

    module: str
    texts: Mapping[str, bytes]

    @property
    def instantiated(self) -> str:
        """Return the name of the module as `write` leaves it, for an instance."""
        return _renamed(self.module)

    def write(self, folder: Path) -> list[Path]:
        """Write the files to `folder`; a module called as the bench's gets another name, delays another unit."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _TIME).write_text(f"{_UNIT}\n")
        for name, text in self.texts.items():
            (folder / name).write_bytes(_apart(text.decode("latin-1")).encode("latin-1"))
        return [folder / name for name in (_TIME, *self.texts)]


def _renamed(name: str) -> str:
    return f"{name}_of_user" if name == _BENCH else name


def _apart(text: str) -> str:
    """Rename an identifier everywhere, be it a module, an instance or a wire: the meaning stays."""

    def changed(found: re.Match[str]) -> str:
        if found["word"]:
            return _renamed(found["word"])
        if found["escaped"]:
            return f"\\{_renamed(found['escaped'][1:])}"
        if found["time"]:
            return "\n" * found[0].count("\n")
        return f"{found[0]} {_UNIT}\n" if found["reset"] else found[0]

    return _WORDS.sub(changed, text)
