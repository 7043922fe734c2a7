#!/usr/bin/env bash
# PyTorch's cast to fp8 saturates for one of its four types, where it saturates even infinity.
#
# Guess: casts of one library treat overflow alike in all fp8 types; and infinity becomes NaN in a type without infinity.
# Seen with torch 2.13.0, the build for CPUs (Linux x86-64, Python 3.11, November 2026): float8_e4m3fn takes 500, 1e6
# and infinity to 448. Casts to the other three overflow: to infinity, or to NaN in the types without infinity. So a
# tensor that overflowed before the cast shows as NaN in float8_e4m3fnuz and as plain numbers in float8_e4m3fn.
# (From an index that offers no build for CPUs, the download is large.)
#
#     float8_e4m3fn: 500 -> 448, 1e+06 -> 448, inf -> 448, nan -> nan
#     float8_e5m2: 500 -> 512, 1e+06 -> inf, inf -> inf, nan -> nan
#     float8_e4m3fnuz: 500 -> nan, 1e+06 -> nan, inf -> nan, nan -> nan
#     float8_e5m2fnuz: 500 -> 512, 1e+06 -> nan, inf -> nan, nan -> nan
#
# What lmul does: `lmul.encode` saturates numbers in every format; infinity saturates, too, or under the policies ftz and
# ieee keeps its code where the format has one.
# Exits 0 while this is so, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6
found=$("$folder/venv/bin/python" - <<'PYTHON'
import torch

numbers = torch.tensor([500.0, 1e6, float("inf"), float("nan")])
for name in ("float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz"):
    cast = numbers.to(getattr(torch, name)).to(torch.float32)
    print(f"{name}:", ", ".join(f"{x:g} -> {y:g}" for x, y in zip(numbers.tolist(), cast.tolist())))
PYTHON
)
echo "$found"
[ "$found" = "float8_e4m3fn: 500 -> 448, 1e+06 -> 448, inf -> 448, nan -> nan
float8_e5m2: 500 -> 512, 1e+06 -> inf, inf -> inf, nan -> nan
float8_e4m3fnuz: 500 -> nan, 1e+06 -> nan, inf -> nan, nan -> nan
float8_e5m2fnuz: 500 -> 512, 1e+06 -> nan, inf -> nan, nan -> nan" ]
