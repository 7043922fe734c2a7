"""Error of an ONNX model with replaced matrix products, by layer and of its outputs."""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lmul.accuracy.model.arithmetic import Arithmetic
from lmul.accuracy.onnx_model.graph import OnnxModel
from lmul.accuracy.onnx_model.operators import Layer
from lmul.tools.session import NoContext


@dataclass(frozen=True)
class LayerError:
    """Error of an operator's output, with its own products and all before it replaced.

    Attributes
    ----------
    name, operator : str
        Name of the node, and its operator.
    error : float or None
        Norm of the difference to float32, by that of float32; None where that is 0.
    """

    name: str
    operator: str
    error: float | None


@dataclass(frozen=True)
class ModelError:
    """Errors of a model by one arithmetic.

    Attributes
    ----------
    arithmetic : Arithmetic or None
        Arithmetic of the products; None for float32.
    layers : tuple of LayerError
        Errors by operator, in the order of the graph.
    outputs : tuple of LayerError
        Errors of the outputs that are numbers.
    same, right, count : int or None
        Inputs with the same largest element of the first output as with float32; those whose largest element is that
        of the label, None without labels; and all inputs. None where the first output has no classes.
    """

    arithmetic: Arithmetic | None
    layers: tuple[LayerError, ...]
    outputs: tuple[LayerError, ...]
    same: int | None
    right: int | None
    count: int | None


@dataclass(frozen=True)
class ModelRun:
    """Job: errors of an ONNX model by an arithmetic.

    Parameters
    ----------
    model, data : str
        SHA-256 of the model's file, and of inputs and labels, which stand for them.
    arithmetic : Arithmetic or None
        Arithmetic of the products; None for float32.
    path : Path
        File of the model.
    inputs : tuple of (str, array)
        Inputs by name.
    labels : array of int or None
        Right class of each input.
    """

    model: str
    data: str
    arithmetic: Arithmetic | None
    path: Path = field(repr=False, compare=False)
    inputs: tuple[tuple[str, NDArray[Any]], ...] = field(repr=False, compare=False)
    labels: NDArray[Any] | None = field(repr=False, compare=False)

    @property
    def effort(self) -> float:
        """Estimate how long it takes, in the unit of `Job.effort`."""
        return 1000 if self.arithmetic is not None else 100

    def run(self, context: NoContext) -> ModelError:
        """Run the model and compare it with float32."""
        model, true, true_layers = _float32(replace(self, arithmetic=None))
        outputs, layers = true, true_layers
        if self.arithmetic is not None:
            outputs, layers = model.run(dict(self.inputs), self.arithmetic.matmul(threads=1))  # jobs have a core each
        errors = tuple(_error(*pair) for pair in zip(layers, true_layers, strict=True))
        numbers = [
            (Layer(f"output {i}", "output", np.asarray(a, np.float32)), Layer("", "", np.asarray(b, np.float32)))
            for i, (a, b) in enumerate(zip(outputs, true, strict=True))
            if np.asarray(b).dtype.kind == "f"
        ]
        found, wanted = classes(outputs[0]), classes(true[0])
        same = None if found is None or wanted is None else int((found == wanted).sum())
        right = None if found is None or self.labels is None else int((found == self.labels).sum())
        count = None if found is None else len(found)
        return ModelError(self.arithmetic, errors, tuple(_error(*pair) for pair in numbers), same, right, count)


def classes(output: NDArray[Any]) -> NDArray[np.intp] | None:
    """Return the largest element of each row, for an output (N, classes) of numbers; None for another."""
    numbers = np.asarray(output)
    if numbers.ndim != 2 or numbers.dtype.kind != "f" or not numbers.size:
        return None
    found: NDArray[np.intp] = numbers.argmax(1)
    return found


def _error(found: Layer, true: Layer) -> LayerError:
    size = float(np.linalg.norm(true.output.astype(np.float64)))
    difference = float(np.linalg.norm(found.output.astype(np.float64) - true.output))
    return LayerError(found.name, found.operator, difference / size if size else None)


@lru_cache(maxsize=1)
def _float32(job: ModelRun) -> tuple[OnnxModel, list[NDArray[Any]], list[Layer]]:
    """Run a model in float32, once per process; `job` is the one without an arithmetic."""
    model = OnnxModel(job.path)
    return model, *model.run(dict(job.inputs))
