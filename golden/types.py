"""Types of the NumPy arrays that the model takes and returns."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

Integers = NDArray[np.int64]

Flags = NDArray[np.bool_]

Floats = NDArray[np.float64]

Float32s = NDArray[np.float32]
