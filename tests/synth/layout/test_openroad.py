"""What is written for OpenROAD, and what is read of its output; a script stands in for it."""

from copy import copy

import pytest

from lmul.synth.layout.job import Setup
from lmul.synth.layout.openroad import OpenRoad, run_openroad, script
from lmul.synth.layout.parasitics import PerUm
from lmul.tools.process import ToolError

_STAND_IN = """#!/bin/sh
test "$1 $2" = "-exit script.tcl" && test -s 0.lef && test -s 1.lef && test -s cells.lib && test -s unit.v || exit 3
grep -q "^module unit" unit.v || exit 4
printf 'tool net total_wl #pins\\ngrt: a[0] 1.5 2\\ngrt: b 2.25 3\\n' > wires.csv
echo "Design area 34 u^2 50% utilization."
echo "lmul: delay 123.5"
echo placed > openroad.def
"""


@pytest.fixture
def setup(lef):
    return Setup(lef, PerUm(0.5, 1.5), 0.6)


def test_the_script_is_in_order(wiring, tiny, setup):
    lines = script(wiring, "unit", tiny, setup, ["0.lef", "1.lef"])
    steps = ["read_lef", "read_liberty", "read_verilog", "link_design", "create_clock", "initialize_floorplan"]
    steps += ["place_pins", "global_placement", "detailed_placement", "clock_tree_synthesis", "global_route"]
    steps += ["estimate_parasitics", "puts", "write_def"]
    places = [next(n for n, line in enumerate(lines) if line.startswith(step)) for step in steps]
    assert places == sorted(places)
    assert "create_clock -name clock -period 10000 [get_ports clk]" in lines
    assert 'puts "lmul: delay [expr 10000 - [worst_slack -max]]"' in lines
    assert "set_wire_rc -signal -resistance 1.5 -capacitance 0.5" in lines
    assert [line for line in lines if "set_layer_rc" in line] == [
        f"set_layer_rc -layer {name} -resistance 1.5 -capacitance 0.5" for name in ("m1", "m2", "m3")
    ]
    assert not any("get_ports rst" in line for line in lines)  # the unit has none
    reset = copy(wiring)
    reset.ports = {**wiring.ports, "rst": ("input", [99])}
    assert "set_false_path -from [get_ports rst]" in script(reset, "unit", tiny, setup, [])
    assert "initialize_floorplan -site core -utilization 60 -aspect_ratio 1 -core_space 0" in lines
    assert "place_pins -hor_layers m3 -ver_layers m2" in lines


def test_figures_are_read(wiring, tiny, setup, tmp_path):
    program = tmp_path / "openroad"
    program.write_text(_STAND_IN)
    program.chmod(0o755)
    found, files = run_openroad(str(program), wiring, "unit", tiny, setup)
    assert found == OpenRoad(3.75, 123.5, 34.0) and files.keys() == {"unit.openroad.tcl", "unit.openroad.def"}
    assert files["unit.openroad.def"] == b"placed\n" and b"global_route" in files["unit.openroad.tcl"]
    container = tmp_path / "container"
    container.write_text(
        f'#!/bin/sh\ntest "$1 $3" = "-v image" -a -s "${{2%:/work}}/unit.v" || exit 5\nshift 3\n{program} "$@"\n'
    )
    container.chmod(0o755)
    assert run_openroad(f"{container} -v {{}}:/work image", wiring, "unit", tiny, setup)[0] == found
    program.write_text("#!/bin/sh\necho '[ERROR ORD-0001] no such command'\n")
    with pytest.raises(ToolError, match=r"^OpenROAD stopped: ORD-0001\] no such command$"):
        run_openroad(str(program), wiring, "unit", tiny, setup)
    with pytest.raises(ValueError, match=r"^--openroad must be a command that runs OpenROAD, not 'none/such': "):
        run_openroad("none/such", wiring, "unit", tiny, setup)
