"""The tiny library's LEF, read, and a netlist of it."""

from pathlib import Path
from typing import Any

import pytest
from support.tiny_lef import CELLS, CHAIN, TECH

from lmul.synth.layout.floorplan import floorplan
from lmul.synth.layout.lef import Lef, read_lef
from lmul.synth.layout.placement import Place, Placement
from lmul.synth.layout.wiring import Wiring
from lmul.synth.mapping.flow import map_module
from lmul.synth.technology.technology import Technology

UNIT = """module unit (input clk, input [1:0] a, input b, output [1:0] y, output z, output q);
  reg r;
  assign y = {a[1] ^ b, ~(a[0] & b)};
  assign z = 1'b0;
  assign q = r;
  always @(posedge clk) r <= a[0] ^ a[1];
endmodule
"""


@pytest.fixture(scope="session")
def lef(tmp_path_factory: pytest.TempPathFactory) -> Lef:
    """The LEF files of `support.tiny_lef`."""
    folder: Path = tmp_path_factory.mktemp("lef")
    for name, text in (("tech.lef", TECH), ("cells.lef", CELLS)):
        (folder / name).write_text(text)
    return read_lef(folder / "tech.lef", folder / "cells.lef")


@pytest.fixture(scope="session")
def module(tiny: Technology) -> dict[str, Any]:
    """Gates and a register, mapped to the tiny library."""
    return map_module(UNIT, "unit", tiny).module


@pytest.fixture(scope="session")
def wiring(module: dict[str, Any]) -> Wiring:
    """Its connections."""
    return Wiring(module)


@pytest.fixture(scope="session")
def chain(tiny: Technology) -> Wiring:
    """A NAND and a NOR in a row."""
    return Wiring(map_module(CHAIN, "chain", tiny).module)


@pytest.fixture
def by_hand(chain: Wiring, lef: Lef) -> Placement:
    """The chain's NAND at 1, 0 um, its NOR upside down and mirrored at 7, 8 um."""
    floor = floorplan(chain, lef, 0.3)
    assert (floor.sites, floor.rows, floor.width, floor.height) == (10, 2, 10_000, 16_000)
    assert sorted(chain.cells) == ["NAND2", "NOR2"]
    where = {"NAND2": Place(1000, 0, "N"), "NOR2": Place(7000, 8000, "S")}
    return Placement(chain, lef, floor, [where[cell] for cell in chain.cells])
