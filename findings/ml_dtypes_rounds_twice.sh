#!/usr/bin/env bash
# ml_dtypes rounds a float64 array to float8 twice, and a float64 scalar once.
#
# Guess: `array.astype(float8_e4m3fn)` and `float8_e4m3fn(number)` give the same number, the nearest one.
# Seen with ml_dtypes 0.6.0 and 0.5.4, NumPy 2.4.6 (Linux x86-64, Python 3.11, November 2026): astype goes through
# float32, where a number just above the middle of two codes becomes the middle itself, and the tie goes to the even
# code below. The scalar is rounded from float64. `np.array([number], dtype=float8_e4m3fn)` takes the scalar's way, and
# astype of a NumPy scalar the array's. For a source of float32 all agree.
#
#     astype: 1.0
#     scalar: 1.125
#     np.array with dtype: 1.125
#
# What lmul does: `lmul.encode` rounds float64 once: 1.125.
# Exits 0 while this is so, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check ml_dtypes==0.6.0 numpy==2.4.6
found=$("$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
from ml_dtypes import float8_e4m3fn

number = 1 + 2**-4 + 2**-40  # 1.0625 lies in the middle of the codes 1 and 1.125
print("astype:", float(np.array([number]).astype(float8_e4m3fn)[0]))
print("scalar:", float(float8_e4m3fn(number)))
print("np.array with dtype:", float(np.array([number], dtype=float8_e4m3fn)[0]))
PYTHON
)
echo "$found"
[ "$found" = "astype: 1.0
scalar: 1.125
np.array with dtype: 1.125" ]
