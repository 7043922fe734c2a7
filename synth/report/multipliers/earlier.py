"""Files that an earlier report left in its folder."""

import json
import re
from pathlib import Path

VERILOG = "verilog"
"""Subfolder of a report with the Verilog files and manifests of its units."""


def earlier_files(folder: Path) -> list[Path]:
    """List the files of units that lmul wrote and the report in `folder` lists; none if there is no report.

    Files that the report does not list, or that another program wrote, are left out.
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
