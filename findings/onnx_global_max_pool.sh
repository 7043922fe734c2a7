#!/usr/bin/env bash
# onnx 1.23.2, the reference evaluator (the last release on 2026-12-01). Python 3.11, NumPy 2.
#
# GlobalMaxPool takes the maximum over all axes after the channels: (N, C, L) to (N, C, 1), (N, C, D, H, W) to
# (N, C, 1, 1, 1). The evaluator takes it over two axes, the first of which is the number of spatial axes: for images
# that is right, for signals of one axis it takes the maximum over the channels as well, and for volumes it leaves one
# axis as it is, and says nothing. GlobalAveragePool is right in all three. A published model with signals, of the
# package magika 1.0.3, stops there on a later Squeeze.
#
# Guessed: (2, 3, 1), (2, 3, 1, 1), (2, 3, 1, 1, 1) for both.
#
# Seen:
#   GlobalMaxPool (2, 3, 5) -> (2, 1)
#   GlobalMaxPool (2, 3, 5, 4) -> (2, 3, 1, 1)
#   GlobalMaxPool (2, 3, 5, 4, 6) -> (2, 3, 5, 1, 1, 1)
#   GlobalAveragePool (2, 3, 5) -> (2, 3, 1)
#   GlobalAveragePool (2, 3, 5, 4) -> (2, 3, 1, 1)
#   GlobalAveragePool (2, 3, 5, 4, 6) -> (2, 3, 1, 1, 1)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check onnx==1.23.2 2> /dev/null
sed -n 's/^#   //p' "$0" > "$folder/expected"
"$folder/venv/bin/python" - > "$folder/found" << 'PYTHON'
import numpy as np
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

for name in ("GlobalMaxPool", "GlobalAveragePool"):
    for shape in ((2, 3, 5), (2, 3, 5, 4), (2, 3, 5, 4, 6)):
        graph = helper.make_graph(
            [helper.make_node(name, ["x"], ["y"])],
            "pool",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)])
        (pooled,) = ReferenceEvaluator(model).run(None, {"x": np.ones(shape, np.float32)})
        print(name, shape, "->", pooled.shape)
PYTHON
diff "$folder/expected" "$folder/found"
