# amaranth: UnusedElaboratable=no
"""Units of dot products as the tests call for them."""

from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import E5M2
from lmul.golden.methods import Method
from lmul.hdl.dot.dot_product import DotProduct


def unit(product, lanes, window=None, depth=64):
    """A unit with a fixed accumulator, or an anchored one where there is a window."""
    accumulator = Accumulator.FIXED if window is None else Accumulator.ANCHORED
    return DotProduct(DotParameters(product, accumulator, depth, window), lanes)


def scaled_unit(product, lanes, depth=64, **others):
    """A unit with an anchored accumulator, and scales."""
    return DotProduct(DotParameters(product, Accumulator.ANCHORED, depth, 12, scaled=True, **others), lanes)


MIXED = {"y_format": E5M2}
CORRECTED = {"method": Method.corrected(2)}
