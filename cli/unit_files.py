"""Files of an exported unit, written by all commands of `lmul verilog`."""

from collections.abc import Callable
from pathlib import Path

from lmul.hdl.export.verilog import ExportableUnit, export
from lmul.tools.files import check_writable


def write_unit(unit: ExportableUnit, folder: Path, companions: Callable[[], dict[str, str]]) -> None:
    """Write module, manifest and companions of a unit, all or none, and print their paths.

    Raises
    ------
    OSError, ValueError
        The folder cannot be written; this is found out before the work.
    """
    check_writable(folder)
    exported = export(unit, folder, companions())
    for path in (exported.verilog, exported.manifest, *exported.companions):
        print(path)
