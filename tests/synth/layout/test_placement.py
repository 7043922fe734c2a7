"""Placements are legal, lengths those of rulers, and files those of the placement."""

import re
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest
from support.tiny_lef import CHAIN

from lmul.synth.energy.energy import wired_energies
from lmul.synth.layout.def_text import def_text
from lmul.synth.layout.floorplan import floorplan
from lmul.synth.layout.job import estimated_delay, longest
from lmul.synth.layout.parasitics import PerUm, capacitances, spef
from lmul.synth.layout.placement import spanning_tree
from lmul.synth.layout.placer import place
from lmul.synth.layout.routing import MISSING, qrouter_version, routed, routes, routing_line
from lmul.synth.layout.wiring import Wiring
from lmul.synth.mapping.flow import map_module
from lmul.synth.opensta import run
from lmul.synth.opensta.run import Timing, opensta_version, timing

placer = pytest.mark.skipif(find_spec("coloquinte") is None, reason="coloquinte is not installed")


def test_pins_are_on_the_edge_and_on_tracks(by_hand):
    assert by_hand.floor.pins == {
        "a": (0, 8250),
        "b": (10_000, 8250),
        "c": (5250, 16_000),
        "y": (2250, 0),
        "z": (7250, 0),
    }


def test_utilisation_and_missing_cells_are_refused(chain, lef):
    with pytest.raises(ValueError, match=r"^utilisation must be 0.01 or more and at most 0.9, not 1$"):
        floorplan(chain, lef, 1)
    with pytest.raises(ValueError, match=r"^utilisation must be 0.01 or more and at most 0.9, not 0.00999$"):
        floorplan(chain, lef, 0.00999)
    with pytest.raises(ValueError, match=r"^LEF must have the library's cells, and lacks NAND2, NOR2$"):
        floorplan(chain, replace(lef, macros={}), 0.5)
    tall = {**lef.macros, "NOR2": replace(lef.macros["NOR2"], height=16_000)}
    with pytest.raises(ValueError, match=r"^LEF must have cells of one row, 8 um, unlike NOR2$"):
        floorplan(chain, replace(lef, macros=tall), 0.5)
    lacking = {**lef.macros, "NOR2": replace(lef.macros["NOR2"], pins={})}
    with pytest.raises(ValueError, match=r"^LEF must have the cells' pins as RECT or POLYGON, and lacks NOR2/A, .*$"):
        floorplan(chain, replace(lef, macros=lacking), 0.5)


def test_lengths_are_half_perimeters(by_hand, chain):
    nets = {net.name: net for net in chain.wires}
    nor = chain.cells.index("NOR2")
    # The first pin is 0.5 um from the left and 2 from below, of a mirrored cell from the right and from above.
    assert by_hand.pin(nor, "A") == (9500, 14_000)
    # y: the NAND's output at 3.5, 2; the port at 2.25, 0; the NOR's input that is not c.
    pin = next(pin for cell, pin in nets["y"].pins if cell == nor)
    x = {"A": 9.5, "B": 8.5}[pin]
    assert by_hand.half_perimeter(nets["y"]) == pytest.approx(x - 2.25 + 14 - 0)
    assert by_hand.lengths()[nets["y"].bit] == pytest.approx(x - 2.25 + 14)
    assert capacitances({7: 2.0}, PerUm(3.0, 1.0)) == {7: 6.0}


def test_the_spanning_tree_is_the_shortest():
    assert spanning_tree([(0, 0), (10, 0), (0, 10), (10, 10), (5, 0)]) == 30
    assert spanning_tree([(3, 4)]) == 0


@placer
def test_cells_do_not_overlap_and_are_on_sites(wiring, lef):
    floor = floorplan(wiring, lef, 0.5)
    found = place(wiring, lef, floor)
    taken = set()
    for cell, where in zip(wiring.cells, found.places, strict=True):
        width = lef.macros[cell].width
        assert where.x % lef.step == 0 and where.y % lef.height == 0 and where.x + width <= floor.width
        assert where.way in (("N", "FN"), ("FS", "S"))[where.y // lef.height % 2]
        sites = {(where.y, where.x + step) for step in range(0, width, lef.step)}
        assert not sites & taken
        taken |= sites
    assert place(wiring, lef, floor).places == found.places
    with_others = [place(wiring, lef, floor, seed) for seed in (1, 2)]
    assert all(set(each.lengths()) == set(found.lengths()) for each in with_others)


@placer
def test_crowded_cells_move_to_free_sites_in_their_order(lef, monkeypatch):
    module = {
        "ports": {name: {"direction": "input", "bits": [bit]} for bit, name in enumerate("ab", 2)},
        "cells": {
            name: {
                "type": "INV",
                "attributes": {},
                "port_directions": {"A": "input", "Y": "output"},
                "connections": {"A": [source], "Y": [target]},
            }
            for name, source, target in (("i", 2, 4), ("j", 3, 5), ("k", 4, 6))
        },
    }
    chain = Wiring(module)
    floor = floorplan(chain, lef, 0.5)
    assert (floor.sites, floor.rows) == (12, 1)
    found = {"x": [4600, 4500, 5900], "y": [0, 0, 0], "way": ["N", "N", "FN"]}
    monkeypatch.setattr("lmul.synth.layout.placer._run", lambda given: found)
    # Two sites each: j comes first, i is pushed behind it, and k behind i.
    assert [(where.x, where.way) for where in place(chain, lef, floor).places] == [
        (6000, "N"),
        (4000, "N"),
        (8000, "FN"),
    ]


def test_wires_add_what_their_charge_costs(tiny, chain):
    module = map_module(CHAIN, "chain", tiny).module
    y = next(net.bit for net in chain.wires if net.name == "y")
    stimulus = {"a": np.ones((1, 6), int), "c": np.ones((1, 6), int), "b": np.array([[0, 1, 0, 1, 0, 1]])}
    bare, wired = wired_energies(module, tiny, stimulus, [{}, {y: 50.0}], warm_up=2)
    # y toggles in each cycle: C V^2 / 2 with 50 fF and 1 V.
    assert [after.fj_per_cycle - before.fj_per_cycle for before, after in zip(bare, wired, strict=True)] == [25, 25]


def test_spef_has_each_net_once_and_all_of_its_capacitance(by_hand, chain):
    text = spef(by_hand, "chain", PerUm(0.5, 2.0))
    nets = dict(re.findall(r"^\*D_NET (\S+) (\S+)$", text, re.MULTILINE))
    assert nets.keys() == {net.name for net in chain.wires}
    for net, block in re.findall(r"^\*D_NET (\S+) .*?\*CAP\n(.*?)\*RES", text, re.MULTILINE | re.DOTALL):
        assert sum(float(line.split()[2]) for line in block.splitlines()) == pytest.approx(float(nets[net]), rel=1e-4)
    assert "*P a I" in text and "*P z O" in text


def test_def_is_of_the_placement(by_hand, chain):
    text = def_text(by_hand, "chain")
    number = chain.cells.index("NOR2")
    assert f"- u{number} NOR2 + PLACED ( 7000 8000 ) S ;" in text
    assert "DIEAREA ( 0 0 ) ( 10000 16000 ) ;" in text
    assert "ROW row1 core 0 8000 FS DO 10 BY 1 STEP 1000 0 ;" in text
    assert "TRACKS X 250 DO 20 STEP 500 LAYER m2 ;" in text
    assert re.search(r"^- y\n  \( PIN y \)\n(  \( u\d \w \)\n){2}  ;$", text, re.MULTILINE)


def test_verilog_is_the_same_netlist(module, wiring, tiny):
    text = wiring.verilog("unit")
    assert "output [1:0] y;" in text and "assign z = 1'b0;" in text
    assert len(re.findall(r"^  \w+ u\d+ \(", text, re.MULTILINE)) == len(module["cells"])


def test_a_net_has_the_name_of_the_input_that_drives_it(tiny):
    text = "module through (output y, input a); assign y = a; endmodule"
    wiring = Wiring(map_module(text, "through", tiny).module)
    assert [net.name for net in wiring.nets.values()] == ["a"] and "assign y = a;" in wiring.verilog("through")


@pytest.mark.skipif(opensta_version() is None, reason=run.MISSING)
def test_wires_delay(by_hand, chain, timed):
    names, lengths = chain.verilog("chain"), by_hand.lengths()
    around = [None, *(spef(by_hand, "chain", PerUm(0.1, resistance)) for resistance in (0, 1000))]
    bare, loaded, slow = (timing(names, "chain", timed, None, wires).through for wires in around)
    # 10 ps a fF; y and z are on the longest path, and what drives the inputs takes no time.
    added = sum(10 * 0.1 * lengths[net.bit] for net in chain.wires if net.name in "yz")
    assert loaded == pytest.approx(bare + added, abs=0.3)
    assert slow > loaded + 0.5


def test_the_estimate_without_opensta_is_one_of_loads(by_hand, chain, tiny):
    mapped = map_module(CHAIN, "chain", tiny)
    assert estimated_delay(tiny, mapped, None, PerUm(1, 1)) == mapped.cost.delay_ps
    held = sum(by_hand.lengths().values())
    found = estimated_delay(tiny, mapped, by_hand, PerUm(1, 1))
    assert found == pytest.approx(mapped.cost.delay_ps * (1 + held / 4))  # four inputs of 1 fF
    assert longest(Timing(None, 3, 5, 4)) == 5 and longest(Timing(None, None, None, None)) is None


def test_routed_lengths_are_added_up():
    text = """UNITS DISTANCE MICRONS 2000 ;
NETS 2 ;
- a[0]
  ( PIN a[0] )
+ ROUTED metal1 ( 100 200 ) ( 2100 * ) Via1Array-1_0
  NEW metal2 ( 2100 200 ) ( * 4200 ) Via2 ;
- b
  ( u0 A )
 ;
END NETS
"""
    assert dict(routes(text)) == {"a[0]": (3.0, 2)}


def test_a_crash_of_the_router_is_an_outcome(by_hand, tmp_path, monkeypatch):
    assert routing_line(by_hand, None) == MISSING
    (tmp_path / "qrouter").write_text("#!/bin/sh\nkill -11 $$\n")
    (tmp_path / "qrouter").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = routed(by_hand)
    assert found.trouble == "it ended with status -11" and found.failed == found.nets == len(by_hand.wiring.wires)
    assert "did not route it: it ended with status -11" in routing_line(by_hand, "1")


@pytest.mark.skipif(qrouter_version() is None, reason=MISSING)
def test_qrouter_is_asked_for_its_version():
    assert re.match(r"\d+\.\d+", qrouter_version())
