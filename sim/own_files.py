"""The user's own Verilog, simulated in place of an export."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_BENCH = "top"  # the module around every unit under test

_WORDS = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|[$`]\w+|(?P<escaped>\\\S+)|(?P<word>[A-Za-z_][\w$]*)', re.DOTALL
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
        return _renamed(self.module) if re.fullmatch(r"[A-Za-z_][\w$]*", self.module) else f"\\{self.module} "

    def write(self, folder: Path) -> list[Path]:
        """Write the files to `folder`; whatever is called as a bench's own module gets another name."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in self.texts.items():
            (folder / name).write_bytes(_apart(text.decode("latin-1")).encode("latin-1"))
        return [folder / name for name in self.texts]


def _renamed(name: str) -> str:
    return f"{name}_of_user" if name == _BENCH else name


def _apart(text: str) -> str:
    """Rename an identifier everywhere, be it a module, an instance or a wire: the meaning stays."""

    def changed(found: re.Match[str]) -> str:
        if found["word"]:
            return _renamed(found["word"])
        return f"\\{_renamed(found['escaped'][1:])}" if found["escaped"] else found[0]

    return _WORDS.sub(changed, text)
