#!/usr/bin/env bash
# Yosys maps to the library that a liberty file was, where a file with an older date has taken its place.
#
# Guess: `abc -liberty cells.lib` reads cells.lib; at least, another run of the program does.
# Seen with pyosys 0.70 (Linux x86-64, Python 3.11, November 2026): the pass keeps what ABC has read, in a folder beside
# other temporary files, under a name made of the liberty file's path, and uses it as long as the file is not younger.
# After `cp -p slow.lib cells.lib`, or an archive unpacked over it, a new run gives the areas, delays and cells of the
# library before. The log has a line on it that is no warning. `libcache -scl -disable` turns it off.
#
#     cells.lib is small.lib: 2 cells of area 1
#     cells.lib is large.lib, of an hour ago: 2 cells of area 1
#     the same with libcache -scl -disable: 2 cells of area 9
#
# What lmul does: it turns this off, and gives Yosys each library in a new folder.
# Exits 0 while this is so, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check pyosys==0.70
cd "$folder"
export TMPDIR=$folder
echo 'module two (input a, b, c, output y); assign y = ~(~(a & b) & c); endmodule' > two.v
cat > library.py <<'PYTHON'
import sys

area = sys.argv[1]
tables = " ".join(
    f'{kind}(scalar) {{ values("1"); }}' for kind in ("cell_rise", "cell_fall", "rise_transition", "fall_transition")
)
print('library(tiny) { time_unit : "1ps"; capacitive_load_unit (1, ff);')
for name, function, inputs in (("INV", "!A", "A"), ("BUF", "A", "A"), ("NAND2", "!(A B)", "AB"), ("NOR2", "!(A + B)", "AB")):
    pins = "".join(f"pin({pin}) {{ direction : input; capacitance : 1; }} " for pin in inputs)
    timing = "".join(f"timing() {{ related_pin : {pin}; {tables} }} " for pin in inputs)
    print(f'cell({name}) {{ area : {area}; {pins}pin(Y) {{ direction : output; function : "{function}"; {timing}}} }}')
print("}")
PYTHON
cat > run.py <<'PYTHON'
import sys

from pyosys import libyosys

design = libyosys.Design()
for command in (*sys.argv[1:], "read_verilog two.v", "synth -top two", "abc -liberty cells.lib -script map.abc"):
    libyosys.run_pass(command, design)
PYTHON
printf 'strash\n&get -n\n&nf\n&put\nprint_gates\n' > map.abc
run() {
  "$folder/venv/bin/python" run.py "$@" > log 2>&1
  awk '/ABC: TOTAL/ { print $5 " cells of area " $8 / $5 }' log
}
"$folder/venv/bin/python" library.py 1 > small.lib
"$folder/venv/bin/python" library.py 9 > large.lib
touch -d '1 hour ago' large.lib
found=$(
  cp -p small.lib cells.lib
  echo "cells.lib is small.lib: $(run)"
  cp -p large.lib cells.lib
  echo "cells.lib is large.lib, of an hour ago: $(run)"
  echo "the same with libcache -scl -disable: $(run 'libcache -scl -disable')"
)
echo "$found"
[ "$found" = "cells.lib is small.lib: 2 cells of area 1
cells.lib is large.lib, of an hour ago: 2 cells of area 1
the same with libcache -scl -disable: 2 cells of area 9" ]
