#!/usr/bin/env bash
# jax sums float8 in float8: a thousand ones are 256, and their mean is NaN.
#
# Guess: jnp.sum and jnp.mean accumulate narrow floats in float32, as they do for bfloat16.
# Seen with jax 0.10.2 on a CPU, ml_dtypes 0.6.0 (Linux x86-64, Python 3.11, November 2026): bfloat16 is right and float8
# is not. The sum stops where the next 1 is below half a unit; what it is depends on how the sum is cut into parts. The
# mean divides by the number of elements in float8, which is NaN for 1000 in e4m3. `dtype=jnp.float32` mends both.
#
#     bfloat16: sum 1000, mean 1
#     float8_e4m3fn: sum 256, mean nan
#     float8_e5m2: sum 64, mean 0.0625
#     float8_e4m3fn with dtype float32: sum 1000, mean 1
#
# The script asks for any sum but 1000 in float8, since the parts differ by machine.
# What lmul does: it adds in the accumulator that is asked for, and says where a sum saturated; studies add in float64.
# Exits 0 while this is so, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  jax==0.10.2 jaxlib==0.10.2 ml_dtypes==0.6.0 numpy==2.4.6
JAX_PLATFORMS=cpu "$folder/venv/bin/python" - <<'PYTHON'
import sys

import jax.numpy as jnp


def show(said, kind, dtype=None):
    ones = jnp.ones(1000, kind)
    found = float(jnp.sum(ones, dtype=dtype)), float(jnp.mean(ones, dtype=dtype))
    print(f"{said}: sum {found[0]:g}, mean {found[1]:g}")
    return found == (1000, 1)


right = [
    show("bfloat16", jnp.bfloat16),
    show("float8_e4m3fn", jnp.float8_e4m3fn),
    show("float8_e5m2", jnp.float8_e5m2),
    show("float8_e4m3fn with dtype float32", jnp.float8_e4m3fn, jnp.float32),
]
sys.exit(right != [True, False, False, True])
PYTHON
