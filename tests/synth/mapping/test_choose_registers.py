"""Registers are mapped to the flip-flops that are smallest with the gates they need."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from lmul.synth.energy.circuit import Circuit
from lmul.synth.energy.energy import library_of
from lmul.synth.energy.toggles import port_values, simulate
from lmul.synth.mapping.flow import map_module
from lmul.synth.mapping.open_liberty import open_liberty
from lmul.synth.technology.generic import REGISTER
from lmul.synth.technology.technology import GENERIC, Technology

_PLAIN = "module r (input clk, d, output reg q); always @(posedge clk) q <= d; endmodule\n"
_BOTH = """module r (input clk, clear, en, input [1:0] d, output reg [1:0] q);
  always @(posedge clk) begin if (en) q[0] <= d[0]; if (clear) q[1] <= 0; else if (en) q[1] <= d[1]; end
endmodule
"""


def _flip_flop(name: str, area: float, next_state: str, output: str = "IQ", pins: str = "D") -> str:
    inputs = " ".join(f"pin({pin}) {{ direction : input; capacitance : 1; }}" for pin in pins)
    return f"""  cell({name}) {{ area : {area}; ff(IQ, IQN) {{ clocked_on : "C"; next_state : "{next_state}"; }}
    pin(C) {{ direction : input; clock : true; capacitance : 1; }} {inputs}
    pin(Q) {{ direction : output; function : "{output}"; }} }}
"""


def _opened(text: str, more: str, folder: Path) -> Technology:
    path = folder / "more.lib"
    path.write_text(text.rstrip().removesuffix("}") + more + "}\n")
    return open_liberty(path, energies=True)


@pytest.mark.parametrize(
    ("area", "inverted", "cells"),
    [
        (18, 15, {"QN": 1, "INV": 1}),  # with an inverter of 2
        (18, 17, {"DFF": 1}),
    ],
)
def test_an_inverted_output_may_be_cheaper(
    area: int, inverted: int, cells: dict[str, int], tiny_text: str, tmp_path: Path
) -> None:
    more = _flip_flop("QN", inverted, "D", "IQN") + _flip_flop("DFFX2", area + 1, "D")
    cost = map_module(_PLAIN, "r", _opened(tiny_text, more, tmp_path)).cost
    assert cost.cells == cells


_ENABLE = "(D&E) | (IQ&!E)"


@pytest.mark.parametrize(("area", "used"), [(20, True), (60, False)])
def test_an_enable_is_taken_where_it_is_cheaper_than_a_multiplexer(
    area: int, used: bool, tiny_text: str, tmp_path: Path
) -> None:
    technology = _opened(tiny_text, _flip_flop("EDFF", area, _ENABLE, pins="DE"), tmp_path)
    assert ("EDFF" in map_module(_BOTH, "r", technology).cost.cells) == used


@pytest.mark.parametrize(
    ("cells", "taken"),
    [
        (_flip_flop("EDFF", 20, _ENABLE, pins="DE"), {"EDFF", "DFF"}),
        (_flip_flop("QN", 10, "!D", "IQN"), {"QN"}),
    ],
)
def test_what_is_mapped_computes_the_same(
    cells: str, taken: set[str], tiny_text: str, tmp_path: Path, rng_stimulus: dict[str, NDArray[np.int64]]
) -> None:
    technology = _opened(tiny_text, cells, tmp_path)
    found = []
    for each in (technology, GENERIC):
        mapped = map_module(_BOTH, "r", each)
        circuit = Circuit(mapped.module, library_of(each))
        found.append([port_values(step, "q").tolist() for step in simulate(circuit, rng_stimulus)])
        registers = {name for name, cell in library_of(each).cells.items() if cell.state}
        assert registers & set(mapped.cost.cells) == ({REGISTER} if each is GENERIC else taken)
    known = 2  # cycles after which both registers are loaded
    assert found[0][known:] == found[1][known:]
    assert len({tuple(values) for values in found[0]}) > 10


@pytest.fixture
def rng_stimulus() -> dict[str, NDArray[np.int64]]:
    """Sixteen streams of 40 cycles, cleared in the first."""
    generator = np.random.default_rng(1)
    values = {"clear": generator.integers(0, 2, (16, 40)), "en": generator.integers(0, 2, (16, 40))}
    values["clear"][:, 0] = values["en"][:, 1] = 1
    return {**values, "d": generator.integers(0, 4, (16, 40))}
