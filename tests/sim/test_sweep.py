# amaranth: UnusedElaboratable=no
"""Sweeps: units that are right, units with a defect, and what is refused."""

import re
from pathlib import Path

import pytest

from lmul.golden.formats import BF16, E2M1, E2M5, E4M3, E5M2, FP32, format_named
from lmul.golden.methods import Method
from lmul.golden.multiply import multiply
from lmul.golden.parameters import Parameters, Policy
from lmul.hdl.export import verilog
from lmul.hdl.multiplier import Multiplier
from lmul.sim import sweep as module
from lmul.sim.sweep import sweep
from lmul.sim.verilator import SimulationError


@pytest.mark.parametrize(
    "parameters",
    [
        Parameters(E4M3),
        Parameters(E5M2, Method.MITCHELL),
        Parameters(E2M5, Method.constant(9)),
        Parameters(E4M3, Method.EXACT),
        Parameters(E2M1, Method.EXACT),
    ],
    ids=lambda p: p.name,
)
def test_every_pair_is_compared_and_equal(parameters, tmp_path):
    advanced = []
    swept = sweep(Multiplier(parameters), tmp_path, lambda pairs, total: advanced.append((pairs, total)))
    total = 4**parameters.format.width
    assert (swept.name, swept.pairs, swept.mismatches, swept.first) == (parameters.name, total, 0, ())
    assert sum(pairs for pairs, _ in advanced) == total and {t for _, t in advanced} == {total}


@pytest.fixture
def saturation_lost(monkeypatch):
    """Let the export write Verilog that wraps above TOP."""

    def export(unit, folder):
        exported = verilog.export(unit, folder)
        wrong, count = re.subn(r"((?:assign|wire.*) above = ).*;", r"\g<1>1'b0;", exported.verilog.read_text())
        assert count == 1
        exported.verilog.write_text(wrong)
        return exported

    monkeypatch.setattr(module, "export", export)


def test_a_defect_is_found_and_told(saturation_lost, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_PAIRS_A_CALL", 1 << 12)  # sixteen calls, which end in any order
    swept = sweep(Multiplier(Parameters(E4M3)), tmp_path)
    assert swept.pairs == 1 << 16 and 100 < swept.mismatches < 1 << 14
    assert len(swept.first) == 10 and list(swept.first) == sorted(swept.first, key=lambda m: (m.x, m.y))
    assert swept.first[0].x < 0x48  # the first x of which a product saturates is in the first half of the codes
    for m in swept.first:
        assert m.expected & 0x7F == E4M3.top != m.got & 0x7F
        assert int(multiply(Parameters(E4M3), [m.x], [m.y])[0]) == m.expected


def test_an_interrupted_call_is_no_result(tmp_path):
    with pytest.raises(SimulationError, match=r"^the sweep's program stopped with exit status 1$"):
        list(module._on_all_cores(Path("/bin/false"), [(0, 1)]))


@pytest.mark.parametrize(
    ("unit", "message"),
    [
        (
            Multiplier(Parameters(E4M3, Method.corrected(1))),
            "method of a sweep must be one of lmul, .*, exact, not 'corrected'",
        ),
        (Multiplier(Parameters(E4M3, policy=Policy.RAW)), "policy of a sweep must be flush, not 'raw'"),
        (Multiplier(Parameters(E4M3, policy=Policy.IEEE)), "policy of a sweep must be flush, not 'ieee'"),
        (
            Multiplier(Parameters(E4M3, Method.EXACT_RTZ)),
            "rounding of a sweep must be nearest, not 'zero'",
        ),
        (Multiplier(Parameters(E4M3, y_format=E5M2)), "formats of a sweep must be one format, not e4m3_e5m2"),
        (
            Multiplier(Parameters(E4M3, result=format_named("e5m3"))),
            "formats of a sweep must be one format, not e4m3_e4m3_to_e5m3",
        ),
        (Multiplier(Parameters(FP32)), r"format of a sweep must have at most 16 bits, not 32 \(fp32\)"),
        (Multiplier(Parameters(BF16), 1), "pipeline of a sweep must be 0, not 1"),
    ],
    ids=lambda value: value.name if isinstance(value, Multiplier) else "",
)
def test_what_the_specification_does_not_know_is_refused(unit, message, tmp_path):
    with pytest.raises(ValueError, match=f"^{message}$"):
        sweep(unit, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_a_compiler_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("CXX", "no-such-compiler")
    with pytest.raises(SimulationError, match=r"^a sweep needs no-such-compiler on PATH \(Debian: .*\)$"):
        sweep(Multiplier(Parameters(E2M1)), tmp_path)


def test_what_a_compiler_has_to_say_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("CXX", "c++ -include no-such-file.h")
    with pytest.raises(SimulationError, match=r"^c\+\+ stopped: .*no-such-file\.h"):
        sweep(Multiplier(Parameters(E2M1)), tmp_path)
