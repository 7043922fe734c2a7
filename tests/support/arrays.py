# amaranth: UnusedElaboratable=no
"""Arrays that tests are made of."""

from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.hdl.array.systolic import Dataflow, SystolicArray

OS, WS = Dataflow.OUTPUT_STATIONARY, Dataflow.WEIGHT_STATIONARY
DEPTH = 64


def array(product, rows, columns, dataflow, lanes=1, window=None, accumulator=None, depth=DEPTH):
    """An array with a fixed accumulator, or an anchored one where there is a window, unless told otherwise."""
    accumulator = accumulator or (Accumulator.FIXED if window is None else Accumulator.ANCHORED)
    dot = DotParameters(product, accumulator, depth, window)
    return SystolicArray(dot, rows, columns, lanes, dataflow)
