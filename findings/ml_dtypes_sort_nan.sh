#!/usr/bin/env bash
# NumPy does not sort narrow floats of ml_dtypes that have a NaN among them.
#
# Guess: np.sort puts NaN last, as it documents for floating-point types and as it does for float16.
# Seen with ml_dtypes 0.6.0 and 0.5.4, NumPy 2.4.6 (Linux x86-64, Python 3.11, November 2026): NaN compares false with
# all, so that what stands before it and behind it is not compared; the numbers themselves are out of order, too. No
# warning. np.unique, which sorts, leaves equal numbers twice.
#
#     float16: [1, 2, 3, 3, nan]; unique [1, 2, 3, nan]
#     bfloat16: [3, nan, 1, 2, 3]; unique [3, nan, 1, 2, 3]
#     float8_e4m3fn: [3, nan, 1, 2, 3]; unique [3, nan, 1, 2, 3]
#
# What lmul does: it orders float64 or integer codes, never arrays of these types.
# Exits 0 while this is so, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check ml_dtypes==0.6.0 numpy==2.4.6
found=$("$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
from ml_dtypes import bfloat16, float8_e4m3fn


def text(array):
    return "[" + ", ".join(f"{float(each):g}" for each in array) + "]"


for kind in (np.float16, bfloat16, float8_e4m3fn):
    numbers = np.array([3, np.nan, 2, 1, 3], kind)
    print(f"{kind.__name__}: {text(np.sort(numbers))}; unique {text(np.unique(numbers))}")
PYTHON
)
echo "$found"
[ "$found" = "float16: [1, 2, 3, 3, nan]; unique [1, 2, 3, nan]
bfloat16: [3, nan, 1, 2, 3]; unique [3, nan, 1, 2, 3]
float8_e4m3fn: [3, nan, 1, 2, 3]; unique [3, nan, 1, 2, 3]" ]
