"""Mean error of a method's products."""

import numpy as np

from lmul.accuracy.metrics import errors
from lmul.golden.codes import Codes
from lmul.golden.formats import Format
from lmul.golden.methods import Method
from lmul.golden.multiply import wide_product
from lmul.golden.parameters import Parameters

_ALL_PAIRS_UP_TO = 7  # mantissa bits
_PAIRS = 1 << 16
_SEED = 2410_00907


def mean_relative_error(parameters: Parameters) -> float:
    """Compute the mean of |product / true product - 1| over pairs of mantissas, exponents in mid-range.

    Up to 7 mantissa bits it takes all pairs, above 2^16 random ones, the same in every run. Operands are normal and
    nothing overflows, so the policy plays no part. The product of the method exact is rounded to M bits.
    """
    f = parameters.format
    x, y = mantissa_pairs(f)
    product = wide_product(Parameters(f, parameters.method.narrow), x, y).value
    return errors(product, wide_product(Parameters(f, Method.EXACT), x, y).value).mean


def mantissa_pairs(f: Format) -> tuple[Codes, Codes]:
    """Return the codes of those pairs, numbers from 1 to 2."""
    if f.mantissa_bits <= _ALL_PAIRS_UP_TO:
        x, y = (side.ravel() for side in np.indices((f.hidden_one, f.hidden_one)))
    else:
        x, y = np.random.default_rng(_SEED).integers(f.hidden_one, size=(2, _PAIRS))
    one = f.bias << f.mantissa_bits
    return (one + x).astype(np.uint32), (one + y).astype(np.uint32)
