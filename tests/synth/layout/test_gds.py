"""Cells of a GDS are where the placement has them."""

import pytest
from support.tiny_lef import CHAIN

from lmul.synth.layout.floorplan import floorplan
from lmul.synth.layout.gds import gds_files
from lmul.synth.layout.placement import Place, Placement
from lmul.synth.layout.wiring import Wiring
from lmul.synth.mapping.flow import map_module

db = pytest.importorskip("klayout.db", reason="klayout is not installed")

MARK = 0, 0, 0.5, 1
"""Box in each cell, at the left below."""


def test_cells_are_turned_in_their_places(tiny, lef, tmp_path):
    each = {f"each/{name}.gds": (name,) for name in ("NAND2", "NOR2")}
    (tmp_path / "each").mkdir()
    (tmp_path / "each" / "INV.gds").write_text("no GDS, and not needed")
    for file, names in {"cells.gds": ("NAND2", "NOR2"), "other.gds": ("INV",), **each}.items():
        cells = db.Layout()
        cells.dbu = 0.0005
        for name in names:
            cells.create_cell(name).shapes(cells.layer(1, 0)).insert(db.DBox(*MARK))
        cells.write(str(tmp_path / file))
    wiring = Wiring(map_module(CHAIN, "chain", tiny).module)
    where = {"NAND2": Place(1000, 0, "FN"), "NOR2": Place(7000, 8000, "FS")}
    placement = Placement(wiring, lef, floorplan(wiring, lef, 0.3), [where[cell] for cell in wiring.cells])
    for cells in ("cells.gds", "each"):
        files = gds_files(placement, "chain", tmp_path / cells)
        assert files.keys() == {"chain.gds", "chain_gds.png"} and files["chain_gds.png"].startswith(b"\x89PNG")
        (tmp_path / "chain.gds").write_bytes(files["chain.gds"])
        found = db.Layout()
        found.read(str(tmp_path / "chain.gds"))
        whole, layer = found.top_cell(), found.layer(1, 0)
        boxes = {str(mark.shape().dbbox().transformed(mark.dtrans())) for mark in whole.begin_shapes_rec(layer)}
        # Mirrored, a cell of 3 um from 1 um on has its mark at 3.5 to 4; upside down, one from 8 um on at 15 to 16.
        assert (whole.name, boxes) == ("chain", {"(3.5,0;4,1)", "(7,15;7.5,16)"})
    with pytest.raises(ValueError, match=r"^--gds must have the library's cells, and .*other.gds lacks N\w+2$"):
        gds_files(placement, "chain", tmp_path / "other.gds")
