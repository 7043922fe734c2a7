# amaranth: UnusedElaboratable=no
"""Arrays in Verilog against the golden model, and the bench against Verilog that is wrong."""

import re

import pytest

from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import BF16, E2M1, E3M2, E4M3, E5M2, FP16
from lmul.golden.parameters import Method, Parameters
from lmul.hdl import verilog
from lmul.hdl.array import Dataflow, SystolicArray
from lmul.sim.array import verify_arrays

OS, WS = Dataflow.OUTPUT_STATIONARY, Dataflow.WEIGHT_STATIONARY
DEPTH = 64


def array(product, rows, columns, dataflow, lanes=1, window=None, rounded=False, accumulator=None, depth=DEPTH):
    """An array with a fixed accumulator, or an anchored one where there is a window, unless told otherwise."""
    accumulator = accumulator or (Accumulator.FIXED if window is None else Accumulator.ANCHORED)
    dot = DotParameters(product, accumulator, depth, window, rounded)
    return SystolicArray(dot, rows, columns, lanes, dataflow)


# Pairs of shape, accumulator, dataflow, method, format and lanes, most of them once. The rest: test_complete_arrays.py.
ARRAYS = [
    array(Parameters(E4M3), 1, 1, OS),
    array(Parameters(E4M3), 16, 16, WS, window=12),
    array(Parameters(E5M2, Method.EXACT), 1, 8, WS, lanes=3),
    array(Parameters(BF16, Method.EXACT), 4, 4, OS, window=16),
    array(Parameters(BF16), 4, 4, WS, lanes=2, window=20),
    array(Parameters(E4M3, Method.CORRECTED, table_bits=2), 3, 5, OS, lanes=4, window=8),
    array(Parameters(E4M3, Method.MITCHELL), 3, 5, WS),
    array(Parameters(E3M2, Method.EXACT), 4, 4, OS, lanes=2, rounded=True),
    array(Parameters(E5M2, Method.CONSTANT, constant=5, y_format=E4M3), 1, 8, WS, window=2),
    array(Parameters(E2M1, Method.CORRECTED, table_bits=1), 1, 8, OS, lanes=8),
    array(Parameters(FP16, Method.EXACT), 3, 5, WS, window=24, rounded=True),
    array(Parameters(E4M3, y_format=E2M1), 3, 5, OS, lanes=2),
]


def test_every_sum_of_every_array(tmp_path):
    checked = verify_arrays(ARRAYS, tmp_path)
    assert [(c.name, c.complaint, c.mismatches) for c in checked] == [(unit.name, "", 0) for unit in ARRAYS]
    assert all(c.sums > 50 for c in checked)
    # A tile follows a tile without a pause where it is long enough.
    assert all(c.steps == c.span > 0 for c in checked)
