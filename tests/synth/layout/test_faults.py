"""Faults planted in wires by hand are counted, each as what it is."""

import pytest

from lmul.synth.layout.faults import Faults, faults
from lmul.synth.layout.placement import Placement

_VIAS = """VIAS 2 ;
- v12
+ RECT m1 ( -100 -100 ) ( 100 100 )
+ RECT m2 ( -100 -100 ) ( 100 100 ) ;
- v23
+ RECT m2 ( -100 -100 ) ( 100 100 )
+ RECT m3 ( -100 -100 ) ( 100 100 ) ;
END VIAS
"""


def _routed(special: str = "", **nets: list[str]) -> str:
    wires = "".join(f"- {net}\n  ( PIN {net} )\n\n+ ROUTED {' NEW '.join(each)} ;\n" for net, each in nets.items())
    head = "UNITS DISTANCE MICRONS 1000 ;\n" + _VIAS
    return f"{head}NETS {len(nets)} ;\n{wires}END NETS\nSPECIALNETS 2 ;\n- b\n;\n{special}END SPECIALNETS\n"


@pytest.fixture
def y(by_hand: Placement) -> list[str]:
    """Wires from the NAND's output at 3.5, 2 um to the port y at 2.25, 0 and to the NOR's input."""
    nor = by_hand.wiring.cells.index("NOR2")
    [pin] = [pin for net in by_hand.wiring.wires if net.name == "y" for cell, pin in net.pins if cell == nor]
    x, up = by_hand.pin(nor, pin)
    return [
        "m1 ( 3500 2000 ) v12",
        "m2 ( 3500 2000 ) ( * 6000 ) v23",
        "m3 ( 3500 6000 ) ( 2250 * ) v23",
        "m2 ( 2250 6000 ) ( * 0 )",
        f"m3 ( 3500 6000 ) ( {x} * ) v23",
        f"m2 ( {x} 6000 ) ( * {up} ) v12",
    ]


def test_a_net_that_is_joined_has_none(by_hand: Placement, y: list[str]) -> None:
    assert faults(by_hand, _routed(y=y)) == Faults(0, 0, 0, 0)
    assert faults(by_hand, _routed()) == Faults(0, 0, 0, 0)


@pytest.mark.parametrize("lost", range(6))
def test_an_open(by_hand: Placement, y: list[str], lost: int) -> None:
    """Each wire and each via is needed by at least one pin."""
    assert faults(by_hand, _routed(y=[*y[:lost], *y[lost + 1 :]])).opens == 1
    without = y[lost].rsplit(" v", 1)[0]
    found = faults(by_hand, _routed(y=[*y[:lost], without, *y[lost + 1 :]]))
    assert found.opens == (1 if " v" in y[lost] else 0)


@pytest.mark.parametrize(
    ("x", "shorts", "spacing"), [(3500, 1, 0), (3700, 1, 0), (3701, 0, 1), (3899, 0, 1), (3900, 0, 0)]
)
def test_a_short_and_a_wire_too_near(by_hand: Placement, y: list[str], x: int, shorts: int, spacing: int) -> None:
    other = [f"m2 ( {x} 3500 ) ( * 4500 )"]
    found = faults(by_hand, _routed(y=y, b=other))
    assert found == Faults(1, shorts, spacing, 0)  # and b's two pins are not joined
    assert faults(by_hand, _routed(y=y, b=[other[0].replace("m2", "m3").replace("4500", "4600")])).shorts == 0


def test_a_wire_over_the_pin_of_another_net(by_hand: Placement, y: list[str]) -> None:
    # The NAND's first input is at 1.25 to 1.75 um from the left, and its output touches nothing of that.
    assert faults(by_hand, _routed(y=[*y, "m1 ( 3500 2000 ) ( 1750 * )"])).shorts == 2  # over both inputs


def test_a_stub_and_its_width(by_hand: Placement, y: list[str]) -> None:
    missing = y[1].replace("6000", "5500").replace(" v23", "")
    wires = [y[0], missing, "m2 ( 3500 6000 ) v23", *y[2:]]
    assert faults(by_hand, _routed(y=wires)).opens == 1
    for width, narrow in ((200, 0), (198, 1)):
        stub = f"- y\n+ ROUTED m2 {width} ( 3500 5500 ) ( * 6000 ) ;\n"
        assert faults(by_hand, _routed(stub, y=wires)) == Faults(0, 0, 0, narrow)
