"""The real layout of a placement: GDS of the cells put in their places by klayout, and its picture."""

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from lmul.synth.layout.lef import DBU
from lmul.synth.layout.placement import Placement
from lmul.tools.companions import check_companion
from lmul.tools.files import check_regular, scratch_folder

PIXELS = 1600
"""Width and height of the picture."""

_TURNS = {"N": ("R0", 0, 0), "FS": ("M0", 0, 1), "FN": ("M90", 1, 0), "S": ("R180", 1, 1)}  # and sizes that it moves by


def gds_files(placement: Placement, top: str, cells: Path) -> dict[str, bytes]:
    """Write the placed cells as GDS, without wires between them, and a picture of it; return the files by name.

    Parameters
    ----------
    placement : Placement
        Places of the cells.
    top : str
        Name of the whole.
    cells : Path
        GDS of the library's cells, or a folder with a file for each, of its name, in it or below.

    Raises
    ------
    OSError
        The file cannot be read.
    ToolError
        klayout is not installed.
    ValueError
        It is no GDS, or lacks a cell.
    """
    check_companion("klayout")
    db, lay = import_module("klayout.db"), import_module("klayout.lay")
    layout = db.Layout()
    for path in _files(cells, placement.wiring.cells):
        _read(layout, path)
    whole = layout.create_cell(top)
    for cell, place in zip(placement.wiring.cells, placement.places, strict=True):
        found, macro = layout.cell(cell), placement.lef.macros[cell]
        if found is None:
            raise ValueError(f"--gds must have the library's cells, and {cells} lacks {cell}")
        turn, across, up = _TURNS[place.way]
        x, y = place.x + across * macro.width, place.y + up * macro.height
        turned = db.Trans(getattr(db.Trans, turn), *(round(each / DBU / layout.dbu) for each in (x, y)))
        whole.insert(db.CellInstArray(found.cell_index(), turned))
    options = db.SaveLayoutOptions()
    options.format = "GDS2"
    options.gds2_write_timestamps = False  # the same input gives the same bytes
    options.select_cell(whole.cell_index())
    with scratch_folder() as folder:
        gds, picture = folder / "unit.gds", folder / "unit.png"
        layout.write(str(gds), options)
        view = lay.LayoutView()
        view.load_layout(str(gds))
        view.max_hier()
        view.zoom_fit()
        view.save_image(str(picture), PIXELS, PIXELS)
        return {f"{top}.gds": gds.read_bytes(), f"{top}_gds.png": picture.read_bytes()}


def check_gds(cells: Path) -> None:
    """Refuse a file that is no GDS, before the work; raises as `gds_files` does."""
    check_companion("klayout")
    if not cells.is_dir():
        _read(import_module("klayout.db").Layout(), cells)


def _read(layout: Any, path: Path) -> None:
    try:
        layout.read(str(check_regular(path)))
    except RuntimeError as error:
        raise ValueError(f"--gds must be GDS, or a folder with it, and {path} is not") from error


def _files(cells: Path, names: Iterable[str]) -> list[Path]:
    if not cells.is_dir():
        return [cells]
    return [path for name in dict.fromkeys(names) for path in sorted(cells.rglob(f"{name}.gds"))[:1]]
