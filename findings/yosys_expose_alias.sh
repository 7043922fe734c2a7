#!/usr/bin/env bash
# Yosys cuts nothing at a wire that has a second name.
#
# Guess: `expose -input w:NAME` does what its help says, "create an input port and disconnect the internal driver", so
# that all that reads the wire reads the new port. That is how one cuts a design for a proof.
# Seen with pyosys 0.70 (Linux x86-64, Python 3.11, December 2026): where the wire is another name of a register, as the
# output port of an instance is after `flatten`, the port appears, and nothing reads it. The register still drives the
# logic behind; there is no warning. A proof with a premise on that port says nothing about the design. `expose -evert`
# on the instance, before `flatten`, cuts it.
#
#     expose -input w:delay.o: y comes from the register
#     expose -evert c:delay: y comes from the port
#
# What lmul does: it takes instances out with -evert wherever a proof cuts a design at them.
# Exits 0 while this is so, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check pyosys==0.70
cd "$folder"
cat > delayed.v <<'VERILOG'
module delay(input clk, i, output o);
  reg q;
  assign o = q;
  always @(posedge clk) q <= i;
endmodule
module top(input clk, i, output y);
  wire o;
  delay delay(.clk(clk), .i(i), .o(o));
  assign y = ~o;
endmodule
VERILOG
cat > run.py <<'PYTHON'
import json
import sys

from pyosys import libyosys

design = libyosys.Design()
for command in ("read_verilog delayed.v", "hierarchy -top top", "proc", *sys.argv[1:], "opt_clean", "write_json out.json"):
    libyosys.run_pass(command, design)
top = json.load(open("out.json"))["modules"]["top"]
(inverter,) = (cell for cell in top["cells"].values() if cell["type"] == "$not")
port = top["ports"]["delay.o"]["bits"] == inverter["connections"]["A"]
print("y comes from the", "port" if port else "register", file=sys.stderr)
PYTHON
run() {
  "$folder/venv/bin/python" run.py "$@" 2>&1 > log
}
found=$(
  echo "expose -input w:delay.o: $(run flatten opt_clean 'expose -input w:delay.o')"
  echo "expose -evert c:delay: $(run 'cd top' 'expose -evert c:delay' cd flatten opt_clean)"
)
echo "$found"
[ "$found" = "expose -input w:delay.o: y comes from the register
expose -evert c:delay: y comes from the port" ]
