"""Units whose x, y and product have formats of their own, through the whole flow, with Verilog written here by hand."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

from lmul.golden.formats import format_named
from lmul.golden.multiply import multiply
from lmul.golden.parameters import Method, Overflow, Parameters, Policy
from lmul.sim.multiplier import verify_all


@dataclass(frozen=True)
class StandIn:
    """What the flow asks of a multiplier; `defect` is added to the product."""

    parameters: Parameters
    pipeline: int = 0
    defect: int = 0

    @property
    def name(self):
        return self.parameters.name + (f"_p{self.pipeline}" if self.pipeline else "")

    @property
    def verilog(self):
        p, z = self.parameters, self.parameters.result
        x, y, code = (f"[{f.width - 1}:0]" for f in (p.format, p.y_format, z))
        if p.policy is Policy.RAW:
            xm, ym = (f"{n}[{f.magnitude_bits - 1}:0]" for n, f in (("x", p.format), ("y", p.y_format)))
            shifts = (z.mantissa_bits - f.mantissa_bits for f in (p.format, p.y_format))
            addends = [f"({m} << {shift})" for m, shift in zip((xm, ym), shifts, strict=True)]
            total = f"wire [63:0] t = {' + '.join(addends)} + 64'd{-p.offset % (1 << 64)} + {self.defect};\n"
            product = f"{{x[{p.format.width - 1}] ^ y[{p.y_format.width - 1}], t[{z.magnitude_bits - 1}:0]}}"
        else:  # a table of all products, for which nothing is computed here: this is about the flow
            codes = multiply(p, *np.indices((1 << p.format.width, 1 << p.y_format.width)).reshape(2, -1))
            entries = " ".join(f"table_of[{i}] = {int(each)};" for i, each in enumerate(codes))
            total = f"reg {code} table_of [0:{len(codes) - 1}];\ninitial begin {entries} end\n"
            product = "table_of[{x, y}]"
        if not self.pipeline:
            return (
                f"module {self.name} (input {x} x, input {y} y, output {code} p);\n{total}assign p = {product};\n"
                "endmodule\n"
            )
        return (
            f"module {self.name} (input clk, rst, i_valid, o_ready, input {x} x, input {y} y, output reg {code} p,\n"
            f"output i_ready, output reg o_valid);\n{total}assign i_ready = o_ready | ~o_valid;\n"
            f"always @(posedge clk) if (i_ready) p <= {product};\n"
            "always @(posedge clk) if (rst) o_valid <= 0; else if (i_ready) o_valid <= i_valid;\nendmodule\n"
        )


def mixed(x, y, z=None, **others):
    result = format_named(z) if z else None
    return Parameters(format_named(x), y_format=format_named(y), result=result, **others)


def raw(*names, method=Method.LMUL):
    return mixed(*names, method=method, policy=Policy.RAW)


IEEE = mixed("e3m2ieee", "e2m1", method=Method.EXACT, policy=Policy.IEEE, overflow=Overflow.INF)


@pytest.fixture(autouse=True)
def written_by_hand(monkeypatch):
    def export(unit, folder):
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{unit.name}.v"
        path.write_text(unit.verilog)
        return SimpleNamespace(verilog=path)

    monkeypatch.setattr("lmul.sim.multiplier.export", export)


def test_combinational_units_of_mixed_formats(tmp_path):
    """All pairs up to 16 bits, where units share them whatever their products' width; chosen ones above."""
    sound = [
        StandIn(p)
        for p in (
            raw("e4m3", "e5m2"),
            raw("e5m2", "e4m3"),
            raw("e5m2", "e4m3", method=Method.MITCHELL),
            raw("e2m1", "e2m5"),
            raw("bf16", "e4m3"),
            raw("e4m3", "bf16"),
            raw("fp16", "fp32", "e4m23"),
            IEEE,
        )
    ]
    wrong = StandIn(raw("e4m3", "e5m2", "e5m3"), defect=1)
    *passed, failed = verify_all([*sound, wrong], tmp_path, pairs=1 << 15)
    assert [(c.name, c.complaint, c.mismatches) for c in passed] == [(unit.name, "", 0) for unit in sound]
    for c, unit in zip(passed, sound, strict=True):
        bits = unit.parameters.format.width + unit.parameters.y_format.width
        assert c.products == 1 << bits if bits <= 16 else c.products >= 1 << 15
    assert failed.mismatches == failed.products == 1 << 16
    # 0 + 0 less the offset, of which the biases are 7 + 15 - 15: -0x37 mod 2^8, and one more in 9 bits of code.
    assert failed.complaint == "0x00 * 0x00 gave 0x0ca, expected 0x0c9"


def test_pipelined_units_of_mixed_formats(tmp_path):
    units = [StandIn(p, 1) for p in (raw("e5m2", "e2m3"), raw("bf16", "e2m1"), IEEE)]
    wrong = StandIn(raw("e2m1", "bf16"), 1, defect=1)
    *passed, failed = verify_all([*units, wrong], tmp_path, pairs=1 << 12)
    assert [(c.name, c.complaint, c.mismatches) for c in passed] == [(unit.name, "", 0) for unit in units]
    assert failed.mismatches == failed.products >= 1 << 12
