"""What is read from LEF, and what is refused."""

import re
from dataclasses import replace

import pytest
from support.tiny_lef import CELLS, TECH, WIDTHS

from lmul.synth.layout.lef import Rule, read_lef
from lmul.synth.layout.parasitics import PerUm, per_um


def test_sites_layers_and_pins(lef):
    assert (lef.site, lef.step, lef.height) == ("core", 1000, 8000)
    assert [(layer.name, layer.vertical, layer.pitch, layer.offset) for layer in lef.layers] == [
        ("m1", False, 500, 250),
        ("m2", True, 500, 250),
        ("m3", False, 500, 250),
    ]
    assert [layer.name for layer in lef.wires] == ["m2", "m3"]
    assert {name: macro.width for name, macro in lef.macros.items()} == {n: 1000 * w for n, w in WIDTHS.items()}
    assert lef.macros["NAND2"].centre("B") == (1500, 2000)
    assert lef.macros["INV"].pins["A"] == (("m1", (250, 1000, 750, 3000)),)


def test_the_least_width_and_distance_of_a_layer(lef, tmp_path):
    assert lef.rules == {"m1": Rule(200, 200), "via1": Rule(0, 0), "m2": Rule(200, 200), "m3": Rule(200, 200)}
    table = "SPACINGTABLE PARALLELRUNLENGTH 0 1 WIDTH 0 0.3 0.4 WIDTH 1 0.5 0.6 ; MINWIDTH 0.1"
    (tmp_path / "a.lef").write_text(TECH.replace("SPACING 0.2", table) + "")
    (tmp_path / "b.lef").write_text(CELLS)
    assert read_lef(tmp_path / "a.lef", tmp_path / "b.lef").rules["m1"] == Rule(100, 300)


def test_a_um_of_wire_is_the_mean_of_both_directions(lef):
    assert per_um(lef).capacitance == pytest.approx((0.4 + 0.6) / 2)
    assert per_um(lef).resistance == pytest.approx((1 + 2) / 2)
    assert per_um(lef, 3.0, 4.0) == PerUm(3.0, 4.0)
    with pytest.raises(ValueError, match=r"^--wire-cap must be 0 or more and finite, not -1$"):
        per_um(lef, -1)
    layers = tuple(replace(layer, capacitance=-0.5) for layer in lef.layers)
    with pytest.raises(ValueError, match=r"^LEF's capacitance of a um of wire must be 0 or more and finite, not -0.5$"):
        per_um(replace(lef, layers=layers))


def test_two_pitches_are_for_vertical_and_horizontal_wires(tmp_path):
    (tmp_path / "a.lef").write_text(TECH.replace("PITCH 0.5", "PITCH 0.5 0.7") + "")
    (tmp_path / "b.lef").write_text(CELLS)
    assert [layer.pitch for layer in read_lef(tmp_path / "a.lef", tmp_path / "b.lef").layers] == [700, 500, 700]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (CELLS, "LEF must have a site of the class CORE, and {path} have none"),
        (TECH, "LEF must have cells, and {path} have none"),
        ("library(x) { }", "{path} must be LEF, whose statements end with `;`, not with 'LIBRARY(X)'"),
        (
            TECH.replace("WIDTH 0.2 ;", ""),
            "{path} must be LEF, and its LAYER m1 is not: a routing layer must have a WIDTH above 0",
        ),
        (
            TECH.replace("WIDTH 0.2 ;", "WIDTH 0 ;"),
            "{path} must be LEF, and its LAYER m1 is not: a routing layer must have a WIDTH above 0",
        ),
        (
            TECH.replace("1 BY 8", "0 BY 8"),
            "{path} must be LEF, and its SITE core is not: SIZE must be W BY H, both above 0, not '0 BY 8'",
        ),
        (
            CELLS.replace("2 BY 8", "2 8"),
            "{path} must be LEF, and its MACRO INV is not: SIZE must be W BY H, both above 0, not '2 8'",
        ),
        ("LAYER m1\n TYPE ROUTING ;", "{path} must be LEF, with an END m1"),
    ],
)
def test_what_is_no_lef_is_refused(tmp_path, text, message):
    path = tmp_path / "a.lef"
    path.write_text(text)
    with pytest.raises(ValueError, match=f"^{re.escape(message.format(path=path))}$"):
        read_lef(path)


def test_keywords_may_be_in_lower_case(lef, tmp_path):
    words = r"\b(LAYER|TYPE|ROUTING|DIRECTION|VERTICAL|PITCH|WIDTH|MACRO|PIN|PORT|RECT|SIZE|SITE|END|OBS)\b"
    for name, text in (("a.lef", TECH), ("b.lef", CELLS)):
        (tmp_path / name).write_text(re.sub(words, lambda word: word[0].lower(), text))
    found = read_lef(tmp_path / "a.lef", tmp_path / "b.lef")
    assert (found.layers, found.macros, found.site) == (lef.layers, lef.macros, lef.site)


def test_masks_and_origins_are_read_and_iterations_refused(lef, tmp_path):
    (tmp_path / "a.lef").write_text(TECH)
    moved = CELLS.replace("RECT 0.25 1 0.75 3", "RECT MASK 2 -0.75 0 -0.25 2").replace("CORE ;", "CORE ; ORIGIN 1 1 ;")
    (tmp_path / "b.lef").write_text(moved)
    assert read_lef(tmp_path / "a.lef", tmp_path / "b.lef").macros["INV"].pins["A"] == lef.macros["INV"].pins["A"]
    (tmp_path / "b.lef").write_text(CELLS.replace("RECT 0.25 1 0.75 3", "RECT ITERATE 0 0 1 1 DO 2 BY 1 STEP 1 0"))
    with pytest.raises(
        ValueError, match=r"^.*b.lef must be LEF, and its MACRO INV is not: RECT must be without ITERATE$"
    ):
        read_lef(tmp_path / "a.lef", tmp_path / "b.lef")


def test_without_capacitances_one_must_be_given(tmp_path):
    (tmp_path / "a.lef").write_text(re.sub("CAPACITANCE CPERSQDIST [0-9.]+ ;", "", TECH))
    (tmp_path / "b.lef").write_text(CELLS)
    lef = read_lef(tmp_path / "a.lef", tmp_path / "b.lef")
    with pytest.raises(ValueError, match=r"^--wire-cap must be given where LEF has no capacitance of wires$"):
        per_um(lef)
