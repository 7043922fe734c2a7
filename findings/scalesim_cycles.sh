#!/usr/bin/env bash
# SCALE-Sim counts one cycle too few for every layer, and so more use of an array than there is.
#
# Guess: one multiplier needs at least 5 cycles for 5 products, and no array is used for more than 100 %.
# Seen with scalesim 3.0.0, NumPy 2.2.6 (Linux x86-64, Python 3.11, November 2026): the report's total is the number of
# the last cycle, counted from 0. A 1 x 1 array does 5 products in 4 cycles and is used for 125 %. A 4 x 4 array,
# output-stationary, takes 13 cycles for a tile of 8 terms; 4 + 4 + 8 - 2 = 14 are those from the first operand to the
# last product, by the skew of the operands. With several tiles it is still one cycle, of all.
# (With NumPy 2.4 scalesim 3.0.0 stops with a TypeError.)
#
#     1 x 1, 5 terms: 4 cycles, used for 125.0 %
#     4 x 4, 8 terms: 13 cycles, used for 61.5 %
#
# What lmul does: cycles of an array are counted in the simulation of its Verilog.
# Exits 0 while this is so, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check scalesim==3.0.0 numpy==2.2.6
cd "$folder"
cat > run.py <<'PYTHON'
import contextlib
import csv
import io
import sys
from pathlib import Path

from scalesim.scale_sim import scalesim

size, terms = int(sys.argv[1]), int(sys.argv[2])
run = f"array_{size}"
config = {
    "general": {"run_name": run},
    "architecture_presets": {
        "ArrayHeight": size,
        "ArrayWidth": size,
        **{f"{what}SramSzkB": 1024 for what in ("Ifmap", "Filter", "Ofmap")},
        **{"IfmapOffset": 0, "FilterOffset": 10_000_000, "OfmapOffset": 20_000_000},
        **{"Bandwidth": 100, "Dataflow": "os", "MemoryBanks": 1},
        **{"ReadRequestBuffer": 32, "WriteRequestBuffer": 32},
    },
    "layout": {
        f"{what}{key}": value
        for what in ("Ifmap", "Filter")
        for key, value in (("CustomLayout", False), ("SRAMBankBandwidth", 10), ("SRAMBankNum", 10), ("SRAMBankPort", 2))
    },
    "sparsity": {
        **{"SparsitySupport": False, "SparseRep": "ellpack_block", "OptimizedMapping": False},
        **{"BlockSize": 8, "RandomNumberGeneratorSeed": 40},
    },
    "run_presets": {"InterfaceBandwidth": "CALC", "UseRamulatorTrace": False},
}
text = "".join(f"[{name}]\n" + "".join(f"{k} = {v}\n" for k, v in keys.items()) for name, keys in config.items())
Path("array.cfg").write_text(text)
Path("layers.csv").write_text(f"Layer,M,N,K,\nproduct,{size},{size},{terms},\n")
Path("layout.csv").write_text("")
with contextlib.redirect_stdout(io.StringIO()):
    simulator = scalesim(
        save_disk_space=True,
        verbose=False,
        config="array.cfg",
        topology="layers.csv",
        layout="layout.csv",
        input_type_gemm=True,
    )
    simulator.run_scale(top_path="out")
report = next(Path("out").rglob(f"{run}/COMPUTE_REPORT.csv"))
(row,) = csv.DictReader(io.StringIO(report.read_text()), skipinitialspace=True)
used = float(row["Overall Util %"])
print(f"{size} x {size}, {terms} terms: {row['Total Cycles']} cycles, used for {used:.1f} %")
PYTHON
found=$(for layer in "1 5" "4 8"; do "$folder/venv/bin/python" run.py $layer; done)
echo "$found"
[ "$found" = "1 x 1, 5 terms: 4 cycles, used for 125.0 %
4 x 4, 8 terms: 13 cycles, used for 61.5 %" ]
