"""OpenSTA, absent, stood in for by a script, and present: what it prints on netlists whose answer is known."""

import os
import re
from pathlib import Path

import pytest

from lmul.synth.opensta import probe, run
from lmul.synth.opensta.probe import LOAD_FF, probed
from lmul.synth.opensta.run import MISSING, OpenStaError, opensta_version, power, run_opensta, timing
from lmul.synth.technology.drive_and_load import Surroundings
from lmul.synth.technology.technology import Technology

present = pytest.mark.skipif(opensta_version() is None, reason=MISSING)

_CHAIN = """module chain(a, y); input a; output y; wire n;
  INV u0(.A(a), .Y(n)); INV u1(.A(n), .Y(y));
endmodule
"""
_PIPELINE = """module pipeline(clk, rst, a, y);
  input clk; input rst; input a; output y; wire n, m, q;
  INV u0(.A(a), .Y(n)); DFF r0(.C(clk), .D(n), .Q(m)); INV u1(.A(m), .Y(q)); DFF r1(.C(clk), .D(q), .Q(y));
endmodule
"""


def _stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, version: str, printed: str) -> None:
    program = folder / "sta"
    program.write_text(
        f"#!/bin/sh\nif [ $1 = -version ]; then echo '{version}'; else cat <<'END'\n{printed}\nEND\nfi\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_without_it_the_message_says_how_to_get_it(
    timed: Technology, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert opensta_version() is None
    with pytest.raises(OpenStaError, match=r"^OpenSTA is not installed: .*apt-get install opensta \(Debian\)\.$"):
        timing(_CHAIN, "chain", timed)


@pytest.mark.parametrize(("printed", "version"), [("2.6.1", "2.6.1"), ("Statistical Tool 4", None)])
def test_another_program_of_that_name_is_none(
    printed: str, version: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _stand_in(tmp_path, monkeypatch, printed, "")
    assert opensta_version() == version


def test_an_error_is_one_line_although_the_status_is_0(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _stand_in(tmp_path, monkeypatch, "2.0.17", "Warning: x\nError: script.tcl, 1 no such cell.\nError: another")
    with pytest.raises(OpenStaError, match=r"^OpenSTA stopped: script\.tcl, 1 no such cell\.$"):
        run_opensta(["x"], {})


def test_what_it_prints_is_read(timed: Technology, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _stand_in(tmp_path, monkeypatch, "2.0.17", "slack through 9.987500e+03")
    assert timing(_CHAIN, "chain", timed) == run.Timing(pytest.approx(12.5), None, None, None)
    table = " Internal Switching\n 1.5e-06 2e-06 0.000000e+00 3.5e-06 u0\n 1e-06 0.0 1e-9 1e-06 u1"
    _stand_in(tmp_path, monkeypatch, "2.0.17", f"{table}\nactivity u0/Y 5.00000e+08 0.500 propagated")
    found = power(_CHAIN, "chain", timed, 0.5)
    assert found.internal == {"u0": pytest.approx(1.5), "u1": pytest.approx(1.0)}
    assert (found.switching, found.activities) == (pytest.approx(2.0), {"u0/Y": pytest.approx(0.5)})
    _stand_in(tmp_path, monkeypatch, "2.0.17", "nothing")
    with pytest.raises(OpenStaError, match=r"^OpenSTA stopped: it printed no power$"):
        power(_CHAIN, "chain", timed, 0.5)


def test_a_warning_of_a_spef_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _stand_in(tmp_path, monkeypatch, "2.0.17", "Warning: cells.lib x\nWarning: wires.spef, line 16 syntax error\nslack")
    with pytest.raises(OpenStaError, match=r"^OpenSTA stopped: wires\.spef, line 16 syntax error$"):
        run_opensta(["x"], {})


@present
def test_a_spef_that_it_cannot_read(timed: Technology) -> None:
    with pytest.raises(OpenStaError, match=r"^OpenSTA stopped: wires\.spef,? line \d+.*$"):
        timing(_CHAIN, "chain", timed, None, "*SPEF no such thing")


@present
def test_two_inverters_with_and_without_what_stands_around_them(timed: Technology) -> None:
    assert timing(_CHAIN, "chain", timed).through == pytest.approx(20 + 10, abs=0.1)
    driven = timing(_CHAIN, "chain", timed, Surroundings("INV", 4.0))
    # Of the driver counts what its load of 1 fF adds.
    assert driven == run.Timing(pytest.approx(10 + 20 + 50, abs=0.1), None, None, None)


@present
def test_paths_of_a_pipeline(timed: Technology) -> None:
    found = timing(_PIPELINE, "pipeline", timed)
    assert found.through is None
    assert (found.into, found.between, found.out) == (
        pytest.approx(20 + 10, abs=0.1),
        pytest.approx(30 + 20 + 10, abs=0.1),
        pytest.approx(30, abs=0.1),
    )


@present
def test_a_netlist_that_it_refuses(timed: Technology) -> None:
    with pytest.raises(OpenStaError, match=r"^OpenSTA stopped: .*$"):
        timing("module chain(a); input a; endmodul\n", "chain", timed)


@present
def test_the_voltage_may_be_that_of_operating_conditions(monkeypatch: pytest.MonkeyPatch) -> None:
    text = re.sub("nom_voltage : 2.0;|default_operating_conditions : typical;", "", probe._LIBRARY)
    assert "voltage : 2.0;" in text
    monkeypatch.setattr(probe, "_LIBRARY", text)
    assert probed().switching == pytest.approx(1, abs=1e-4)


@present
@pytest.mark.parametrize(
    "default", ["default_operating_conditions : typical;", 'default_operating_conditions:"typical"']
)
def test_a_default_may_stand_before_the_conditions_that_it_names(monkeypatch: pytest.MonkeyPatch, default: str) -> None:
    text = probe._LIBRARY.replace("  default_operating_conditions : typical;\n", "")
    text = text.replace("  operating_conditions(typical)", f"  {default}\n  operating_conditions(typical)")
    assert text.index("default_operating") < text.index("operating_conditions(typical)")
    monkeypatch.setattr(probe, "_LIBRARY", re.sub("voltage_map.*;", "", text))
    found = probed()
    assert found.switching == pytest.approx(1, abs=1e-4)
    assert all(ratio > 0.99 for ratio in found.internal.values())


@present
def test_activities_and_nets_are_as_computed_by_hand() -> None:
    found = probed()
    # One transition a cycle: 3 fF at 2 V are 6 fJ. An inverter's output follows its input.
    assert LOAD_FF == 3.0
    assert found.switching == pytest.approx(1, abs=1e-4)
    assert set(found.internal) == {"INV", "NAND2", "NOR2", "NOR3", "AOI21", "XOR2"}
    assert all(ratio > 0.99 for ratio in found.internal.values())
    assert 0.2 < found.rails < 1.01
    if opensta_version() == "2.0.17":  # it adds rise and fall, and more for gates that are not simple
        assert found.internal["INV"] == pytest.approx(found.internal["NAND2"]) == pytest.approx(2)
        assert found.internal["NOR3"] == pytest.approx(8 / 3)
        assert found.rails == pytest.approx(0.75)  # it counts one rail
        # A NOR has 1 / 2 + 1 / 2 transitions and is 1 in a quarter of the time, as A B is; each of these two passes the
        # OR where the other is 0, in three quarters.
        assert found.built == pytest.approx(2 * 3 / 4)
