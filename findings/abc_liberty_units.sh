#!/usr/bin/env bash
# ABC takes picoseconds for nanoseconds where a liberty file spells its unit in capitals.
#
# Guess: `time_unit : "1PS"` and `capacitive_load_unit (1, FF)` mean what `1ps` and `ff` mean, or the file is refused.
# Seen with pyosys 0.70 (Linux x86-64, Python 3.11, November 2026): ABC takes 1 ns and 1 pF, says so in a line that is no
# warning of Yosys, and goes on: delays and loads are a thousand times too large.
#
#     1ps, ff: 21 ps, last pin of 2 fF
#     1PS, ff: 20899 ps, last pin of 2 fF
#     1ps, FF: 21 ps, last pin of 2000 fF
#     1PS, FF: 20899 ps, last pin of 2000 fF
#
# What lmul does: it writes units for ABC in small letters, and refuses one that ABC does not know.
# Exits 0 while this is so, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check pyosys==0.70
cd "$folder"
export TMPDIR=$folder
cat > run.py <<'PYTHON'
import sys
from pathlib import Path

from pyosys import libyosys

time, load = sys.argv[1:]
arcs = "timing_sense : %s_unate;" + "".join(
    f' {kind}(t) {{ values("10, 110", "20, 120"); }}'
    for kind in ("cell_rise", "cell_fall", "rise_transition", "fall_transition")
)


def cell(name, function, inputs, sense="negative"):
    pins = "".join(f" pin({pin}) {{ direction : input; capacitance : 2; }}" for pin in inputs)
    timing = "".join(f" timing() {{ related_pin : {pin}; {arcs % sense} }}" for pin in inputs)
    return f'cell({name}) {{ area : 1;{pins} pin(Y) {{ direction : output; function : "{function}";{timing} }} }}\n'


Path("tiny.lib").write_text(f"""library(tiny) {{
delay_model : table_lookup; time_unit : "{time}"; capacitive_load_unit (1, {load});
lu_table_template(t) {{
  variable_1 : input_net_transition; variable_2 : total_output_net_capacitance; index_1("1, 100"); index_2("1, 101");
}}
{cell("INV", "!A", "A")}{cell("BUF", "A", "A", "positive")}{cell("NAND2", "!(A B)", "AB")}{cell("NOR2", "!(A + B)", "AB")}}}
""")
Path("two.v").write_text("module two (input a, b, c, output y); assign y = ~(~(a & b) & c); endmodule\n")
Path("map.abc").write_text("strash\n&get -n\n&nf\n&put\nbuffer -c\nstime -p\n")
design = libyosys.Design()
for command in ("libcache -scl -disable", "read_verilog two.v", "synth -top two", "abc -liberty tiny.lib -script map.abc"):
    libyosys.run_pass(command, design)
PYTHON
found=$(
  for units in "1ps ff" "1PS ff" "1ps FF" "1PS FF"; do
    "$folder/venv/bin/python" run.py $units > log 2>&1
    delay=$(sed -n 's/.* Delay = *\([0-9.]*\) ps.*/\1/p' log | tail -1)
    pin=$(sed -n 's/.* Cin = *\([0-9.]*\) ff.*/\1/p' log | tail -1)
    printf '%s, %s: %.0f ps, last pin of %.0f fF\n' $units "$delay" "$pin"
  done
)
echo "$found"
[ "$found" = "1ps, ff: 21 ps, last pin of 2 fF
1PS, ff: 20899 ps, last pin of 2 fF
1ps, FF: 21 ps, last pin of 2000 fF
1PS, FF: 20899 ps, last pin of 2000 fF" ]
