# amaranth: UnusedElaboratable=no
"""Names, widths and layout of the AXI4-Stream ports; what they do is tests/sim/test_axi.py's."""

import re

import pytest

from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import BF16, E2M1, E4M3
from lmul.golden.parameters import Parameters
from lmul.hdl.array.axi import AxiStreamArray
from lmul.hdl.array.systolic import Dataflow, SystolicArray
from lmul.hdl.describe.array import streams
from lmul.hdl.export.verilog import export, ports_of

OS, WS = Dataflow.OUTPUT_STATIONARY, Dataflow.WEIGHT_STATIONARY


def axi(f, dataflow, window=None, output=None):
    accumulator = Accumulator.FIXED if window is None else Accumulator.ANCHORED
    dot = DotParameters(Parameters(f), accumulator, 64, window, output=output)
    return AxiStreamArray(SystolicArray(dot, 2, 3, 2, dataflow))


# By hand: 2 x 2 codes of a, 3 x 2 of b, 3 sums. e4m3 fixed: 40 bits; bf16 anchored 12: 1 + 12 + 6 = 19 bits.
PORTS = {
    axi(E4M3, OS): {"a": 32, "b": 48, "c": 3 * 40, "tuser": {"c": 1}},
    axi(E2M1, WS, output=E2M1): {"a": 32, "b": 48, "c": 24, "tuser": {"a": 1, "c": 1}},
    axi(BF16, WS, 12): {"a": 64, "b": 96, "c": 72, "tuser": {"a": 1, "b": 10, "c": 1}},
}


@pytest.mark.parametrize("unit", PORTS, ids=lambda unit: unit.name)
def test_the_ports_have_the_standard_names_and_whole_bytes(unit):
    expected = {"aclk": ("input", 1), "aresetn": ("input", 1)}
    said = PORTS[unit]
    for stream, prefix in (("a", "s_axis_a"), ("b", "s_axis_b"), ("c", "m_axis_c")):
        into, out = ("output", "input") if stream == "c" else ("input", "output")
        width = said[stream]
        expected |= {f"{prefix}_tdata": (into, width), f"{prefix}_tkeep": (into, width // 8)}
        expected |= {f"{prefix}_tlast": (into, 1), f"{prefix}_tvalid": (into, 1), f"{prefix}_tready": (out, 1)}
        if stream in said["tuser"]:
            expected[f"{prefix}_tuser"] = (into, said["tuser"][stream])
    expected |= dict.fromkeys(("reserved", "saturated", "framing"), ("output", 1))
    assert {port.name: (port.direction, port.width) for port in ports_of(unit)} == expected


def test_the_manifest_is_that_of_the_array_with_its_own_ports():
    unit = axi(BF16, WS, 12)
    manifest = unit.manifest
    assert manifest["kind"] == "axi-stream array" and manifest["latency"]["cycles"] == unit.array.latency + 2
    assert manifest["lsb"] == unit.array.manifest["lsb"]
    tdata, tkeep, tlast, tuser = manifest["layout"]["c"]
    assert (tdata["element_bits"], tdata["used_bits"], tdata["extension"]) == (24, 19, "sign")
    assert (tkeep["elements"], tlast["port"], tuser["port"]) == ([9], "m_axis_c_tlast", "m_axis_c_tuser")
    codes = axi(E2M1, WS, output=E2M1).manifest["layout"]
    assert [codes[stream][0]["extension"] for stream in "abc"] == ["zero"] * 3
    assert "used_bits" not in axi(E4M3, OS).manifest["layout"]["a"][0]


def test_the_header_names_ports_that_are_there_and_says_which_of_them_the_text_means():
    said = {unit: " ".join(unit.description) for unit in (axi(E4M3, OS), axi(E2M1, WS, output=E2M1), axi(BF16, WS, 12))}
    for unit, text in said.items():
        ports = {port.name for port in ports_of(unit)}
        assert set(re.findall(r"\b[sm]_axis_\w+", text)) <= ports
        assert "until aresetn" in text and not re.search(r"\brst\b", text)
        own = {field.port for fields in streams(unit.array).values() for field in fields}
        for name in ("a_more", "a_last", "b_last", "c_last", "c_saturated"):
            assert (f" {name} is " in text) == (name in own)
    assert (
        "In this text a_last is s_axis_a_tlast, b_last is s_axis_b_tlast, c_last is m_axis_c_tlast and"
        in said[next(iter(said))]
    )


def test_outputs_come_from_registers(tmp_path):
    """Of the top only the slices drive handshakes, and theirs are registers."""
    unit = axi(E4M3, OS)
    text = export(unit, tmp_path).verilog.read_text()
    slices = re.findall(r"module \w+_slice_\d+ \((.*?)\);\n(.*?)endmodule", text, re.DOTALL)
    assert len(slices) == 3
    for ports, body in slices:
        assert re.findall(r"output (\w+) .*?(\w+),?\n", ports) == [("reg", "i_ready"), ("reg", "o"), ("reg", "o_valid")]
        assert body.count("if (rst)") + body.count("rst }") >= 4
    top = text.partition("endmodule")[0]
    for stream, inner in (("s_axis_a", "i_ready"), ("s_axis_b", "i_ready")):
        assert f".{inner}({stream}_tready)" in top
    assert ".o_valid(m_axis_c_tvalid)" in top
    assert re.search(r"wire rst = ~ aresetn;", top) and ".clk(aclk)" in top
