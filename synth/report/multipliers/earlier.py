"""What an earlier report left in its folder."""

import json
import re
from pathlib import Path

VERILOG = "verilog"
"""The folder, in that of a report, of its units' Verilog files and manifests."""


def earlier_files(folder: Path) -> list[Path]:
    """The files of units that the report in `folder` lists, if there is one, and that `lmul` wrote.

    Nothing else that stands there is named: what a report does not list, or another program has written, is not ours.
    """
    try:
        units = [unit["unit"] for unit in json.loads((folder / "report.json").read_text())["units"]]
    except (OSError, ValueError, LookupError, TypeError):
        return []
    names = [name for name in units if isinstance(name, str) and re.fullmatch(r"\w+", name)]
    return [path for name in names for path in _written(folder / VERILOG / name)]


def _written(unit: Path) -> list[Path]:
    verilog, manifest = unit.with_suffix(".v"), unit.with_suffix(".json")
    try:
        ours = "\n// Written by lmul " in verilog.read_text() and '"lmul"' in manifest.read_text()
    except (OSError, ValueError):
        return []
    return [verilog, manifest] if ours else []
