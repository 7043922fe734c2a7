"""An ONNX model on inputs, with the products of MatMul, Gemm and Conv formed by a function.

Everything else is done by onnx's reference evaluator. It needs the extra `onnx`.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lmul.accuracy.model.attention import Matmul
from lmul.accuracy.onnx_model.operators import REPLACED, Layer, replacing_operators
from lmul.tools.files import check_regular

OTHER_PRODUCTS = (
    *("Attention", "ConvInteger", "ConvTranspose", "DeformConv", "Einsum", "GRU", "LSTM", "MatMulInteger"),
    *("QLinearConv", "QLinearMatMul", "RNN"),
)
"""Operators that multiply and add up as well, and that stay as they are."""

Arrays = Mapping[str, NDArray[Any]]


class OnnxModel:
    """Model read from a file.

    Parameters
    ----------
    path : Path
        File *.onnx.

    Raises
    ------
    OSError
        The file cannot be read.
    ValueError
        The package onnx is missing, the file is no valid model, it has an operator that the evaluator lacks, or
        nothing in it can be replaced.
    """

    def __init__(self, path: Path) -> None:
        check_regular(path).open("rb").close()
        try:
            import onnx
        except ImportError as error:
            raise ValueError(f"the package {error.name} must be installed: pip install 'lmul[onnx]'") from None
        try:
            self._model = onnx.load(path)
            onnx.checker.check_model(self._model)
        except Exception as error:  # protobuf and onnx have errors of their own
            raise ValueError(f"{path} must be a valid ONNX model: {_first_line(error)}") from None
        graph = self._model.graph
        self.operators = Counter(node.op_type for node in graph.node)
        """Number of nodes by operator."""
        weights = {weight.name for weight in graph.initializer}
        self.inputs = {value.name: _shape(value) for value in graph.input if value.name not in weights}
        """Shapes of the inputs by name; a name or nothing for a size that is free."""
        self._evaluator([])
        if not any(self.operators[name] for name in REPLACED):
            raise ValueError(f"{path} must have one of {', '.join(REPLACED)}, not only {', '.join(self.operators)}")

    @property
    def left_alone(self) -> dict[str, int]:
        """Return the operators that form products, too, but stay as they are, and the number of their nodes."""
        return {name: self.operators[name] for name in OTHER_PRODUCTS if name in self.operators}

    def run(self, inputs: Arrays, matmul: Matmul = np.matmul) -> tuple[list[NDArray[Any]], list[Layer]]:
        """Run the model.

        Parameters
        ----------
        inputs : mapping of str to array
            Inputs by name.
        matmul : callable
            Function that forms the products of matrices.

        Returns
        -------
        list of array, list of Layer
            Outputs, and what each replaced operator put out, in the order of the graph.

        Raises
        ------
        ValueError
            An input is missing or unknown, or has a shape that does not fit; an operand of a product is not finite; or
            an operator fails.
        """
        if set(inputs) != set(self.inputs):
            raise ValueError(f"inputs must be {', '.join(self.inputs)}, not {', '.join(inputs) or 'none'}")
        for name, wanted in self.inputs.items():
            found = inputs[name].shape
            if len(found) != len(wanted) or any(
                isinstance(size, int) and size != own for size, own in zip(wanted, found, strict=True)
            ):
                told = (" x ".join(str(size) or "any" for size in shape) for shape in (wanted, found))
                raise ValueError("{} must be of the shape {}, not {}".format(name, *told))
        layers = list[Layer]()
        evaluator = self._evaluator(replacing_operators(matmul, layers))
        try:
            outputs: list[NDArray[Any]] = evaluator.run(None, dict(inputs))
        except Exception as error:  # the evaluator's operators raise what NumPy raises
            raise ValueError(f"the model must run on these inputs: {_first_line(error)}") from None
        return outputs, layers

    def _evaluator(self, operators: list[Any]) -> Any:
        from onnx.reference import ReferenceEvaluator

        try:
            return ReferenceEvaluator(self._model, new_ops=operators)
        except Exception as error:  # it has errors of its own
            raise ValueError(f"operators must be ones that onnx's reference knows: {_first_line(error)}") from None


def _shape(value: Any) -> tuple[int | str, ...]:
    sizes = value.type.tensor_type.shape.dim
    return tuple(size.dim_value if size.HasField("dim_value") else size.dim_param for size in sizes)


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
