"""Small ONNX models of random weights."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper, save_model

RNG = np.random.default_rng(11)


def made(nodes, inputs, outputs, weights, opset=17, domains=()):
    """A model of nodes; inputs and outputs are names with shapes, or with numbers of axes."""
    values = [
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, [None] * shape if isinstance(shape, int) else shape)
            for name, shape in each.items()
        ]
        for each in (inputs, outputs)
    ]
    graph = helper.make_graph(nodes, "small", *values, [numpy_helper.from_array(w, n) for n, w in weights.items()])
    opsets = [helper.make_opsetid("", opset), *(helper.make_opsetid(domain, 1) for domain in domains)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def classifier():
    """Images (N, 1, 8, 8) to 5 classes, by a convolution, a product and a Gemm."""
    weights = {
        "filters": RNG.standard_normal((4, 1, 3, 3)).astype(np.float32),
        "inner": RNG.standard_normal((64, 12)).astype(np.float32) / 8,
        "last": RNG.standard_normal((5, 12)).astype(np.float32) / 3,
        "bias": RNG.standard_normal(5).astype(np.float32),
        "flat": np.array([0, -1], np.int64),
    }
    node = helper.make_node
    nodes = [
        node("Conv", ["x", "filters"], ["c"], "conv", pads=[1, 1, 1, 1], strides=[2, 2]),
        node("Relu", ["c"], ["r"]),
        node("Reshape", ["r", "flat"], ["f"]),
        node("MatMul", ["f", "inner"], ["m"]),
        node("Relu", ["m"], ["s"]),
        node("Gemm", ["s", "last", "bias"], ["y"], "last", transB=1, alpha=0.5, beta=2.0),
    ]
    return made(nodes, {"x": ["N", 1, 8, 8]}, {"y": ["N", 5]}, weights)


def saved(path, model):
    """Save a model and return its path."""
    save_model(model, path)
    return path
