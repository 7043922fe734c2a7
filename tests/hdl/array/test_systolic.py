# amaranth: UnusedElaboratable=no
"""What arrays say of themselves: ports, manifest, the head of the file, and what they refuse."""

import json
import re

import pytest
from amaranth.sim import Simulator

from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import BF16, E2M1, E4M3, E5M2
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.array.systolic import Dataflow, SystolicArray
from lmul.hdl.describe.array import streams
from lmul.hdl.export.verilog import export, ports_of

OS, WS = Dataflow.OUTPUT_STATIONARY, Dataflow.WEIGHT_STATIONARY
FIXED, ANCHORED, FP32 = Accumulator.FIXED, Accumulator.ANCHORED, Accumulator.FP32


def array(product=None, rows=2, columns=3, lanes=1, dataflow=OS, accumulator=FIXED, window=None, sums=64, **more):
    dot = DotParameters(product or Parameters(E4M3), accumulator, window=window, **more)
    return SystolicArray(dot, rows, columns, lanes, dataflow, sums)


ARRAYS = [
    array(),
    array(lanes=2, dataflow=WS, sums=4),
    array(Parameters(BF16, y_format=E4M3), accumulator=ANCHORED, window=12, lanes=4),
    array(Parameters(E5M2, Method.ROUNDED), accumulator=ANCHORED, window=12, dataflow=WS),
    array(accumulator=FP32, output=BF16),
    array(Parameters(E2M1, Method.corrected(1)), 1, 1, output=E4M3),
]


@pytest.mark.parametrize("unit", ARRAYS, ids=lambda unit: unit.name)
def test_the_layout_is_that_of_the_ports(unit):
    """Every field is a port of its width, in the order of the layout; what is left are the handshakes and the flags."""
    ports = {port.name: port.width for port in ports_of(unit)}
    assert [port for port in ports if port in ("clk", "rst")] == ["clk", "rst"]
    for stream, fields in unit.manifest["layout"].items():
        names = [field["port"] for field in fields]
        assert [port for port in ports if port in names] == names
        for field in fields:
            assert ports.pop(field["port"]) == field["width"]
            if "elements" in field:
                count = 1
                for number in field["elements"]:
                    count *= number
                assert count * field["element_bits"] == field["width"]
                last = dict(zip("il", (number - 1 for number in field["elements"]), strict=False))
                assert eval(field["element_offset"], {}, last) + field["element_bits"] == field["width"]
        assert ports.pop(f"{stream}_valid") == ports.pop(f"{stream}_ready") == 1
    assert ports == {"clk": 1, "rst": 1, "reserved": 1, "saturated": 1, "framing": 1}


def test_the_manifest_says_everything(tmp_path):
    unit = array(Parameters(E4M3, y_format=E5M2), 4, 3, 2, WS, ANCHORED, 12, 16, depth=100)
    manifest = json.loads(export(unit, tmp_path, {"beside.txt": "x"}).manifest.read_text())
    name = "lmul_e4m3_e5m2_anchored12_k100_ws_4x3x2_s16"
    assert manifest["module"] == name and manifest["kind"] == "array"
    assert {port: f["name"] for port, f in manifest["formats"].items()} == {"x": "e4m3", "y": "e5m2", "p": "e4m3"}
    assert manifest["formats"]["y"] == {
        "name": "e5m2",
        "exponent_bits": 5,
        "mantissa_bits": 2,
        "bias": 15,
        "kind": "ieee",
        "top": 0x7B,
    }
    # By hand: the biases less that of the product, 15, in units of 1/8, less D = 1.
    assert (manifest["method"], manifest["correction"], manifest["offset"]) == ("lmul", [[1]], 15 * 8 - 1)
    assert (manifest["rounded"], manifest["rounding"], manifest["constant"], manifest["table_bits"]) == (False,) + (
        None,
    ) * 3
    # By hand: a sign, the window, and 7 bits for 100 products; a unit is 2^(A - bias 7 - 11).
    assert (manifest["accumulator"], manifest["window"], manifest["accumulator_width"]) == ("anchored", 12, 20)
    assert manifest["lsb"] == {"formula": "2 ** (anchor - 18)", "exponent": -18, "plus_anchor": True}
    assert (manifest["sum_format"], manifest["output"], manifest["sums_are"]) == (None, None, "integers")
    assert (manifest["largest_k"], manifest["sums"]) == (100, 16)
    assert [manifest[what] for what in ("rows", "columns", "lanes", "dataflow")] == [4, 3, 2, "ws"]
    assert manifest["latency"] == {"formula": "rows + columns", "cycles": 7, "from": "beat of a", "to": "its beat of c"}
    assert manifest["throughput"]["products_per_step"] == 24 and manifest["throughput"]["steps_per_cycle"] == 1
    assert manifest["files"] == [f"{name}.v", "beside.txt"]
    layout = manifest["layout"]
    assert layout["a"][0] == {
        "port": "a",
        "width": 64,
        "content": "code x",
        "elements": [4, 2],
        "element_bits": 8,
        "element_offset": "(i * 2 + l) * 8",
        "order": "element (i, l) is A[n, i * 2 + l], counted from the pass's first term on; a term beyond K is code 0",
    }
    assert [field["port"] for field in layout["a"]] == ["a", "a_last", "a_more"]
    assert [field["port"] for field in layout["b"]] == ["b", "b_last", "anchor"]
    assert layout["c"][0]["content"] == "sum"


def test_lsb_and_format_of_sums():
    fixed, floating, rounded = ARRAYS[0].manifest, ARRAYS[4].manifest, ARRAYS[5].manifest
    # By hand: the least product is 2^-6 * 2^-6 * (1 + ...) rounded down to a code of exponent -5 + 7, with 3 bits.
    assert fixed["lsb"] == {"formula": "2 ** -15", "exponent": -15, "plus_anchor": False}
    assert fixed["largest_k"] == 1024 and fixed["sum_format"] is None and fixed["sums_are"] == "integers"
    assert floating["lsb"] is None and floating["largest_k"] is None
    assert floating["sum_format"]["name"] == "fp32" and floating["output"]["name"] == "bf16"
    assert rounded["sum_format"] is None and rounded["output"]["name"] == "e4m3" and rounded["sums_are"] == "codes"
    assert {unit.manifest["layout"]["c"][0]["content"] for unit in ARRAYS[4:]} == {"code"}


@pytest.mark.parametrize("unit", ARRAYS, ids=lambda unit: unit.name)
def test_the_head_of_the_file_tells_each_port_and_the_cycles(unit):
    text = "\n".join(unit.description)
    assert unit.description[0].startswith(f"{unit.name}: a systolic array of {unit.rows} x {unit.columns}, ")
    for fields in streams(unit).values():
        for field in fields:
            assert f"\n  {field.port}: " in text
    one_line = " ".join(text.split())
    assert f"is there {unit.latency} cycles after its" in one_line
    assert f"Accumulator {unit.dot.accumulator}: " in one_line
    assert f"Method {unit.dot.method.name}: " in one_line
    assert all(len(line) <= 110 for line in unit.description)


@pytest.mark.parametrize("unit", ARRAYS, ids=lambda unit: unit.name)
def test_the_text_is_plain(tmp_path, unit):
    text = export(unit, tmp_path).verilog.read_text()
    for unwanted in ("(*", ".py", "\\", "\t", " \n", "initial", "/tmp"):
        assert unwanted not in text, unwanted
    assert not re.search(r"'[hb][0-9a-f]*x", text)
    modules = re.findall(r"^module (\w+) \($", text, re.MULTILINE)
    assert len(modules) == len(set(modules)) and modules[0] == unit.name
    assert all(module.startswith(f"{unit.name}_") for module in modules[1:])


BAD = {
    "rows must be 1 to 256, not 0": {"rows": 0},
    "columns must be 1 to 256, not 257": {"columns": 257},
    "lanes must be 1 to 64, not True": {"lanes": True},
    "sums must be a power of two up to 65536, not 48": {"sums": 48},
    "sums must be left out unless the dataflow is ws, not 32": {"sums": 32},
    r"lanes must be 1 for the accumulator fp32 \(one product a step\), not 2": {"accumulator": FP32, "lanes": 2},
    "output must be left out for the accumulator anchored, not e4m3": {
        "accumulator": ANCHORED,
        "window": 8,
        "output": E4M3,
    },
}


@pytest.mark.parametrize("message", BAD)
def test_what_is_refused(message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        array(**BAD[message])


def flagged(monkeypatch, unit, a, b):
    """Whether the control by itself, without a grid, sees something wrong in beats of a and b."""
    monkeypatch.setattr("lmul.hdl.array.systolic.place", lambda m, name, part, **signals: None)
    simulator = Simulator(unit)
    simulator.add_clock(1e-6)

    async def bench(ctx):
        ctx.set(unit.c.ready, 1)
        waiting = {unit.a: list(a), unit.b: list(b)}
        for _ in range(60):
            for port, beats in waiting.items():
                ctx.set(port.valid, bool(beats))
                for field, value in (beats[0] if beats else {}).items():
                    ctx.set(port.p[field], value)
            taken = [port for port, beats in waiting.items() if beats and ctx.get(port.ready)]
            await ctx.tick()
            for port in taken:
                waiting[port].pop(0)
        assert not any(waiting.values())  # nothing waits for ever
        outcome.append(ctx.get(unit.framing))

    outcome = []
    simulator.add_testbench(bench)
    simulator.run()
    return bool(outcome[0])


@pytest.mark.parametrize(("a", "b", "wrong"), [([0, 1], [0, 1], False), ([0, 1], [0, 0], True), ([0], [1], True)])
def test_operands_that_disagree_on_a_tiles_end_are_told(monkeypatch, a, b, wrong):
    beats = ([{"a_last": last} for last in a], [{"b_last": last} for last in b])
    assert flagged(monkeypatch, array(), *beats) == wrong


@pytest.mark.parametrize(("b", "wrong"), [([0, 1], False), ([1, 1], True), ([0, 0], True)])
def test_weights_that_end_elsewhere_are_told(monkeypatch, b, wrong):
    assert flagged(monkeypatch, array(dataflow=WS), [], [{"b_last": last} for last in b]) == wrong


@pytest.mark.parametrize(
    ("passes", "wrong"),
    [
        ([(4, 1), (4, 0)], False),
        ([(2, 1), (2, 1), (2, 0), (7, 0)], False),
        ([(5, 1)], True),
        ([(2, 1), (3, 0)], True),
        ([(3, 1), (2, 0)], True),
    ],
)
def test_passes_of_too_many_rows_or_of_different_ones_are_told(monkeypatch, passes, wrong):
    a = [{"a_last": i == rows - 1, "a_more": more} for rows, more in passes for i in range(rows)]
    b = [{"b_last": i % 2} for i in range(2 * len(passes))]
    assert flagged(monkeypatch, array(dataflow=WS, sums=4), a, b) == wrong
