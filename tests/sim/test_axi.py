# amaranth: UnusedElaboratable=no
"""Arrays behind AXI4-Stream, with cocotbext-axi as source and sink, and such that are wrong."""

import json
import pickle
import re

from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import BF16, E2M1
from lmul.golden.parameters import Parameters
from lmul.hdl.array.axi import AxiStreamArray
from lmul.hdl.array.systolic import Dataflow, SystolicArray
from lmul.hdl.export.verilog import export, ports_of
from lmul.sim.array import shape_of
from lmul.sim.verilator import run_bench

OS, WS = Dataflow.OUTPUT_STATIONARY, Dataflow.WEIGHT_STATIONARY


def axi(f, rows, columns, dataflow, lanes=1, window=None):
    accumulator = Accumulator.FIXED if window is None else Accumulator.ANCHORED
    dot = DotParameters(Parameters(f), accumulator, 64, window)
    return AxiStreamArray(SystolicArray(dot, rows, columns, lanes, dataflow))


# Codes of less than a byte and of two.
ARRAYS = [axi(E2M1, 3, 2, OS, lanes=2), axi(BF16, 2, 3, WS, window=12)]

# Of the first array, and of the second.
DEFECTS = {
    "dropped_stall": (0, r"(wire leaves = )o_ready.*;", r"\g<1>1'h1;", 3, "c was not offered before it was ready"),
    "lost_tlast": (0, r"(\.i\(\{ c_saturated,) c_last", r"\1 1'h0", 1, "no packet came"),
    "keep_ignored": (0, r"a_beat\[\d+\] \? (a_beat\[\d+:\d+\])\s+:\s+4'h0", r"\1", 6, "tdata was "),
    "kept_by_the_first_byte": (1, r"\(&\s+([ab]_beat)\[\d+:(\d+)\]\)", r"\1[\2]", 5, "K = "),
}


def top_of(units):
    """A module `top` with all units, and its signals: NAME_PORT for each port."""
    public, lines = ["aclk", "aresetn"], ["module top;", "reg aclk = 0, aresetn = 0;"]
    for name, unit in units.items():
        connections = [".aclk(aclk)", ".aresetn(aresetn)"]
        for port in ports_of(unit)[2:]:
            kind = "reg" if port.direction == "input" else "wire"
            first = " = 0" if kind == "reg" else ""
            lines.append(f"{kind} [{port.width - 1}:0] {name}_{port.name}{first};")
            connections.append(f".{port.name}({name}_{port.name})")
            public.append(f"{name}_{port.name}")
        lines.append(f"{name} unit_{name} ({', '.join(connections)});")
    return "\n".join([*lines, "endmodule", ""]), public


def test_sums_whatever_waits_and_defects_are_found(tmp_path):
    units, sources = {}, []
    for unit in ARRAYS:
        units[unit.name] = unit
        sources.append(export(unit, tmp_path).verilog)
    defective = []
    for what, (which, pattern, replacement, times, _) in DEFECTS.items():
        right = ARRAYS[which].name
        text, count = re.subn(pattern, replacement, sources[which].read_text())
        assert count == times, what
        defective.append(f"{what}_{right}")
        units[defective[-1]] = ARRAYS[which]
        sources.append(tmp_path / f"{what}.v")
        sources[-1].write_text(re.sub(rf"\b{right}", defective[-1], text))
    top, public = top_of(units)
    work = {
        name: (shape_of(unit.array), {stream: fields[0] for stream, fields in unit.layout.items()})
        for name, unit in units.items()
    }
    (tmp_path / "job").write_bytes(pickle.dumps(work))
    assert run_bench(
        tmp_path, top, public, sources, "support.bench_axi", "axi_arrays", tmp_path / "job", optimised=False
    )
    outcome = json.loads((tmp_path / "outcome.json").read_text())
    assert {name: outcome.pop(name) for name in list(units)[: len(ARRAYS)]} == {unit.name: "" for unit in ARRAYS}
    found = [outcome.pop(name) for name in defective]
    assert all(said.startswith(expected) for said, (*_, expected) in zip(found, DEFECTS.values(), strict=True)), found
    assert not outcome
