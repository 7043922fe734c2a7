"""The cell library of `support.tiny_library`, as text and opened."""

import re
from pathlib import Path

import pytest
from support.tiny_library import GATES, HEAD, TINY

from lmul.synth.mapping.open_liberty import open_liberty
from lmul.synth.technology.liberty_syntax import read_groups
from lmul.synth.technology.technology import Technology, liberty_technology

_EDGE = "timing() { related_pin : C; timing_type : %s; %s }"


def _tables(kinds: tuple[str, ...], value: float) -> str:
    return " ".join(f'{kind}(t) {{ values("{value}, {value}", "{value}, {value}"); }}' for kind in kinds)


@pytest.fixture(scope="session")
def gates_text() -> str:
    """The library without its flip-flop."""
    return HEAD + GATES + "}\n"


@pytest.fixture(scope="session")
def tiny_text() -> str:
    """INV 2, BUF 4, NAND2 3, NOR2 3, AOI21 4, XOR2 8 and DFF 18 um2; every arc takes 20 ps."""
    return TINY


@pytest.fixture(scope="session")
def tiny(tiny_text: str, tmp_path_factory: pytest.TempPathFactory) -> Technology:
    """The same, opened."""
    path: Path = tmp_path_factory.mktemp("liberty") / "tiny.lib"
    path.write_text(tiny_text)
    return open_liberty(path)


@pytest.fixture(scope="session")
def timed(tiny_text: str) -> Technology:
    """The tiny library with gates that take 10 ps a fF and 10 ps, a flip-flop of 30 ps and 10 ps of set-up, and wires.

    The wires must not be seen in any delay.
    """
    both = ("rise", "fall")
    wires = (
        'wire_load("w") { capacitance : 5; resistance : 5; slope : 1; fanout_length(1, 9); } default_wire_load : "w";'
    )
    text = tiny_text.replace("nom_voltage : 1.0;", f"nom_voltage : 1.0;\n  {wires}\n", 1)
    text = text.replace('values("0.02, 0.02", "0.02, 0.02")', 'values("0.02, 0.11", "0.02, 0.11")')  # 10 ps a fF
    constraints = " ".join(f'{edge}_constraint(scalar) {{ values("0.01"); }}' for edge in both)
    setup = _EDGE % ("setup_rising", constraints)
    clocked = _EDGE % ("rising_edge", _tables(("cell_rise", "cell_fall", "rise_transition", "fall_transition"), 0.03))
    text = text.replace("pin(D) { direction : input; capacitance : 1;", f"pin(D) {{ direction : input; {setup}")
    text = text.replace('function : "IQ";', f'function : "IQ"; {clocked}')
    text = re.sub(r"(default_wire_load)", r"\n  \1", text)
    return liberty_technology("timed.lib", "", read_groups(text), registers=True, nand2_area=3.0)
