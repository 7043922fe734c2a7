"""Model in an ONNX file, with its products made by an array's Verilog."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lmul.accuracy.model.arithmetic import Arithmetic
from lmul.accuracy.onnx_model.graph import OnnxModel
from lmul.accuracy.onnx_model.operators import Layer
from lmul.golden.codes import Codes
from lmul.golden.types import Floats
from lmul.hdl.array.systolic import SystolicArray
from lmul.sim.jobs.matmul import Outcome
from lmul.sim.matmul import matmul_rtl


@dataclass(frozen=True)
class Inferred:
    """Outputs of a model, and how its products came about.

    Attributes
    ----------
    outputs : list of array
        Outputs.
    layers : list of Layer
        Outputs of the operators with products.
    products : list of (tuple of int, Outcome)
        M, K and N of each product of matrices, and what came of it; an operator may have several.
    """

    outputs: list[NDArray[Any]]
    layers: list[Layer]
    products: list[tuple[tuple[int, int, int], Outcome]]


def infer_rtl(
    unit: SystolicArray,
    model: OnnxModel,
    inputs: dict[str, NDArray[Any]],
    folder: Path,
    done: Callable[[int], None] = lambda macs: None,
) -> Inferred:
    """Run a model, its products by an array; scales are powers of two, one a matrix, and all else is float32.

    Parameters
    ----------
    unit : SystolicArray
        Array; deep enough for all products.
    model : OnnxModel
        Model.
    inputs : dict of str to array
        Inputs by name.
    folder : Path
        Folder for Verilog, build and logs.
    done : callable
        Called now and then with the number of multiplications simulated so far.

    Raises
    ------
    ValueError, SimulationError, OSError
        As `OnnxModel.run` and `matmul_rtl`.
    """
    products = list[tuple[tuple[int, int, int], Outcome]]()

    def sums(a: Codes, b: Codes) -> Floats:
        before = sum(outcome.offered for _, outcome in products)
        product = matmul_rtl(unit, a, b, folder, done=lambda macs: done(before + macs))
        products.append(((int(np.prod(a.shape[:-1])), a.shape[-1], b.shape[-1]), product.outcome))
        return product.values

    outputs, layers = model.run(inputs, Arithmetic(unit.dot).matmul(sums))
    return Inferred(outputs, layers, products)
