"""LEF files of several libraries, told apart by their cells or found beside them."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from support.tiny_lef import CELLS, TECH

from lmul.synth.layout.lef import Lef
from lmul.synth.layout.library_lef import library_lefs
from lmul.synth.technology.locate import find_library
from lmul.synth.technology.technology import Technology


def _renamed(text: str) -> str:
    return re.sub(r"\b(INV|NAND2)\b", r"\1_OF_ANOTHER", text)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """LEF of two technologies, the second with other names of some cells and closer tracks; and a filler alone."""
    texts = {
        "t1": TECH,
        "c1": CELLS,
        "t2": TECH.replace("PITCH 0.5", "PITCH 0.25"),
        "c2": _renamed(CELLS),
        "none": _only("BUF"),
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.lef").write_text(text)
    return {name: tmp_path / f"{name}.lef" for name in texts}


def _only(cell: str) -> str:
    start = CELLS.index(f"MACRO {cell}\n")
    return CELLS[start : CELLS.index(f"END {cell}\n") + len(f"END {cell}\n")].replace(cell, "FILLER")


def _pitch(lef: Lef) -> int:
    return lef.layers[0].pitch


def test_a_library_has_the_files_with_its_cells(tiny: Technology, files: dict[str, Path], tmp_path: Path) -> None:
    cells = _renamed(str(tiny.files["cells.lib"], "utf-8"))
    second = replace(tiny, name="other.lib", files={**tiny.files, "cells.lib": cells})
    libraries = [(second, [Path("other.lib")]), (tiny, [Path("tiny.lib")])]
    for order in ("t1 c1 t2 c2", "t2 c2 t1 c1"):
        found = library_lefs([str(files[name]) for name in order.split()], libraries)
        assert [_pitch(lef) for lef in found] == [250, 500]
    assert _pitch(library_lefs([str(files["c1"]), str(files["t1"])], libraries[1:])[0]) == 500
    (tmp_path / "cells" / "deep").mkdir(parents=True)
    for kind, text in (("", CELLS), (".magic", CELLS.replace("SIZE 2 BY", "SIZE 4 BY"))):
        (tmp_path / "cells" / "deep" / f"all{kind}.lef").write_text(text)
    [below] = library_lefs([str(files["t2"]), str(tmp_path / "cells")], libraries[1:])
    assert _pitch(below) == 250 and below.macros["INV"].width == 2000
    with pytest.raises(ValueError, match=r"^--lef must be a file, or a folder with .lef files, not '.*tmp'$"):
        (tmp_path / "tmp").mkdir()
        library_lefs([str(tmp_path / "tmp")], libraries)
    named = [str(files[name]) for name in ("t1", "none")]
    with pytest.raises(ValueError, match=r"^--lef must have the cells of tiny.lib, and no file has any$"):
        library_lefs(named, libraries[1:])


_TREES = {
    "sky130": ("sky130A/libs.ref/sky130_fd_sc_hd", "__tt_025C_1v80.lib", "techlef/sky130_fd_sc_hd__{}.tlef"),
    "gf180": (
        "gf180mcuD/libs.ref/gf180mcu_fd_sc_mcu7t5v0",
        "__tt_025C_5v00.lib",
        "techlef/gf180mcu_fd_sc_mcu7t5v0__{}.tlef",
    ),
    "ihp-sg13g2": ("ihp-sg13g2/libs.ref/sg13g2_stdcell", "_typ_1p20V_25C.lib", "lef/sg13g2_tech.lef"),
}


@pytest.mark.parametrize("name", _TREES)
def test_a_pdk_has_its_own(name: str, tiny: Technology, tmp_path: Path) -> None:
    place, corner, technology = _TREES[name]
    folder = tmp_path / place
    cells = folder.name
    texts = {
        f"lib/{cells}{corner}": "",
        technology.format("nom"): TECH,
        f"lef/{cells}.lef": CELLS,
        "lef/a_other.lef": "",
    }
    if "{}" in technology:
        texts[technology.format("max")] = TECH.replace("PITCH 0.5", "PITCH 0.25")
    for path, text in texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    libraries = [(tiny, find_library(name, {"PDK_ROOT": str(tmp_path)}))]
    [found] = library_lefs(["pdk"], libraries)
    assert _pitch(found) == 500 and "NAND2" in found.macros
    (folder / "lef" / f"{cells}.lef").unlink()
    with pytest.raises(
        ValueError, match=r"^--lef must be files for tiny.lib: it has none beside it, as libraries of .*$"
    ):
        library_lefs(["pdk"], libraries)
