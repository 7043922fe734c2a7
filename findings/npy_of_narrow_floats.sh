#!/usr/bin/env bash
# np.save writes float8_e5m2 of ml_dtypes into a file that np.load refuses; of the other narrow types it keeps bytes.
#
# Guess: what np.save has written, np.load reads back with its type, or np.save raises an error.
# Seen with ml_dtypes 0.6.0, NumPy 2.4.6 (Linux x86-64, Python 3.11, November 2026): the type in the file is the letter
# and the size that ml_dtypes registers. float8_e5m2 has the letter of floats and becomes `<f1`, which is no type of
# NumPy. The others have the letter of raw data and become `<V1` or `<V2`: the file does not say which format it was.
#
#     float8_e5m2: wrote <f1, read ValueError
#     float8_e4m3fn: wrote <V1, read |V1
#     float8_e3m4: wrote <V1, read |V1
#     bfloat16: wrote <V2, read |V2
#
# What lmul does: it reads `<f1` as float8_e5m2 and V2 as bfloat16; for V1 it asks for the type (--x-type float8_e4m3fn).
# Exits 0 while this is so, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check ml_dtypes==0.6.0 numpy==2.4.6
found=$("$folder/venv/bin/python" - <<'PYTHON'
import io
import re

import numpy as np
from ml_dtypes import bfloat16, float8_e3m4, float8_e4m3fn, float8_e5m2

for kind in (float8_e5m2, float8_e4m3fn, float8_e3m4, bfloat16):
    file = io.BytesIO()
    np.save(file, np.array([1, 2], kind))
    wrote = re.search(rb"'descr': '(.*?)'", file.getvalue())[1].decode()
    file.seek(0)
    try:
        read = np.load(file).dtype.str
    except ValueError as error:
        read = type(error).__name__
    print(f"{kind.__name__}: wrote {wrote}, read {read}")
PYTHON
)
echo "$found"
[ "$found" = "float8_e5m2: wrote <f1, read ValueError
float8_e4m3fn: wrote <V1, read |V1
float8_e3m4: wrote <V1, read |V1
bfloat16: wrote <V2, read |V2" ]
