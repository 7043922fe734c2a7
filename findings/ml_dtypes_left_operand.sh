#!/usr/bin/env bash
# The product of two narrow types of ml_dtypes depends on which of them stands on the left.
#
# Guess: types with no common one among them go to a type that holds both, such as float32, or raise an error; x * y is
# y * x in any case.
# Seen with ml_dtypes 0.6.0 and 0.5.4, NumPy 2.4.6 (Linux x86-64, Python 3.11, November 2026): for many pairs of float4,
# float6, float8 and int4 the right operand is cast to the type of the left one, without a warning. So 100 becomes 6, the
# top of float4, and 0.5 becomes the integer 0. With float8_e5m2 or bfloat16 floats do go to float32.
#
#     e4m3 100 * e2m1 0.5: 48 in float8_e4m3fn
#     e2m1 0.5 * e4m3 100: 3 in float4_e2m1fn
#     e4m3 0.5 + int4 1: 1.5 in float8_e4m3fn
#     int4 1 + e4m3 0.5: 1 in int4
#     e4m3 100 * e5m2 0.5: 48 in float32
#
# (48 is right: 100 is no code of e4m3, 96 is.)
# What lmul does: operands are decoded to float64, or stay codes with a format of their own; x and y may differ.
# Exits 0 while this is so, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check ml_dtypes==0.6.0 numpy==2.4.6
found=$("$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
from ml_dtypes import float4_e2m1fn, float8_e4m3fn, float8_e5m2, int4


def show(said, result):
    print(f"{said}: {float(result[0]):g} in {result.dtype}")


e4m3, e2m1, e5m2 = (np.array([n], t) for n, t in ((100, float8_e4m3fn), (0.5, float4_e2m1fn), (0.5, float8_e5m2)))
half, one = np.array([0.5], float8_e4m3fn), np.array([1], int4)
show("e4m3 100 * e2m1 0.5", e4m3 * e2m1)
show("e2m1 0.5 * e4m3 100", e2m1 * e4m3)
show("e4m3 0.5 + int4 1", half + one)
show("int4 1 + e4m3 0.5", one + half)
show("e4m3 100 * e5m2 0.5", e4m3 * e5m2)
PYTHON
)
echo "$found"
[ "$found" = "e4m3 100 * e2m1 0.5: 48 in float8_e4m3fn
e2m1 0.5 * e4m3 100: 3 in float4_e2m1fn
e4m3 0.5 + int4 1: 1.5 in float8_e4m3fn
int4 1 + e4m3 0.5: 1 in int4
e4m3 100 * e5m2 0.5: 48 in float32" ]
