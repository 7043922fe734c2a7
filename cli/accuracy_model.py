"""`lmul accuracy model`."""

import hashlib
import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from lmul.accuracy.model.compared import arithmetics
from lmul.accuracy.onnx_model.graph import OnnxModel
from lmul.accuracy.onnx_model.study import ModelRun, classes
from lmul.accuracy.onnx_model.topic import NOTES, TITLE, Model
from lmul.cli.accuracy import cache_option, numbers_report, show, studied
from lmul.cli.npy import loaded_array
from lmul.cli.paths import PATH
from lmul.tools.files import check_writable


@click.command()
@click.argument("path", type=PATH, metavar="MODEL.onnx")
@click.option(
    "--input",
    "given",
    multiple=True,
    required=True,
    metavar="[NAME=]X.npy",
    help="Array of the model's input; its name where there are several.",
)
@click.option("--labels", type=PATH, metavar="Y.npy", help="Right class of each input: (N,) integers.")
@click.option("-o", "--output", type=PATH, metavar="DIR", help="Gets accuracy_model.md, .csv and .json, all or none.")
@cache_option
def model(path: Path, given: Sequence[str], labels: Path | None, output: Path | None, cache: bool) -> None:
    """Error of an ONNX model's outputs and layers, its products of matrices replaced by every method.

    \b
    lmul accuracy model digits.onnx --input images.npy --labels digits.npy -o accuracy
    lmul accuracy model two.onnx --input ids=ids.npy --input mask=mask.npy
    """
    if output is not None:
        check_writable(output)
    # Worker processes have a core each, so threads would not help. NumPy reads this when it is imported.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    found = OnnxModel(path)
    inputs = read_inputs(given, list(found.inputs))
    outputs, _ = found.run(inputs)  # reports bad input before the work is spread
    right = None if labels is None else _labels(labels, classes(outputs[0]))
    digest = hashlib.sha256()
    for name, array in (*inputs.items(), *([] if right is None else [("labels", right)])):
        digest.update(f"{name} {array.dtype} {array.shape}".encode() + np.ascontiguousarray(array).tobytes())
    hashes = hashlib.sha256(path.read_bytes()).hexdigest(), digest.hexdigest()
    jobs = [ModelRun(*hashes, each, path, tuple(inputs.items()), right) for each in (None, *arithmetics())]
    topic = Model(jobs)
    session = studied([topic], output, cache)
    counted = ", ".join(f"{name} {count}" for name, count in found.operators.most_common())
    notes = [f"Model: {path.name}, with the operators {counted}.", *NOTES]
    if found.left_alone:
        alone = ", ".join(f"{name} ({count})" for name, count in found.left_alone.items())
        notes.insert(1, f"Products of these operators are float32's: {alone}.")
    command = shlex.join(["lmul", "accuracy", "model", path.name, *_told(given, labels)])
    lines, shown = topic.lines(session), ["outputs", "layers"]
    show(numbers_report([topic], session, command, "model", TITLE, notes, lines, shown), output)


def read_inputs(given: Sequence[str], names: Sequence[str]) -> dict[str, NDArray[Any]]:
    """Read the arrays of the inputs; one without a name is that of the only input."""
    inputs = dict[str, NDArray[Any]]()
    for each in given:
        name, mark, file = each.partition("=")
        if not mark and len(names) != 1:
            raise ValueError(f"--input must be NAME=X.npy, with one of {', '.join(names)}, not {each!r}")
        own = name if mark else names[0]
        if own in inputs or own not in names:
            raise ValueError(f"--input must name {', '.join(names)}, each once, not {own!r}")
        inputs[own] = loaded_array(Path(file if mark else each))
    return inputs


def _labels(path: Path, found: NDArray[np.intp] | None) -> NDArray[Any]:
    labels = loaded_array(path)
    if found is None:
        raise ValueError("--labels must be left out for a model whose first output is not of the shape (N, classes)")
    if labels.shape != found.shape or labels.dtype.kind not in "ui":
        raise ValueError(f"--labels must be integers of the shape {found.shape}, not {labels.dtype} of {labels.shape}")
    return labels


def _told(given: Sequence[str], labels: Path | None) -> list[str]:
    """Return the options again, with files by their names alone."""
    told = list[str]()
    for each in given:
        name, mark, file = each.rpartition("=")
        told += ["--input", f"{name}{mark}{Path(file).name}"]
    return told + ([] if labels is None else ["--labels", labels.name])
