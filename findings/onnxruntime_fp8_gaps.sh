#!/usr/bin/env bash
# onnxruntime's Cast to fp8 without saturation is not monotonic beyond the largest number.
#
# Guess: with saturate = 0, what rounds beyond the largest number becomes NaN in FLOAT8E4M3FN and infinity in FLOAT8E5M2,
# as ONNX's table of that operator says and as onnx's own reference evaluator has it.
# Seen with onnxruntime 1.32.0 on a CPU, onnx 1.23.2 (Linux x86-64, Python 3.11, November 2026): e4m3 goes from 448 to
# NaN above 464, back to 448 from 480 on, and to NaN again at 496. e5m2 has NaN from 61440 on, and infinity only from
# 65536 on. Numbers up to the largest one are rounded rightly, and with saturate = 1 (the default) all are.
#
#     e4m3 464 479 480 495 496: runtime 448 nan 448 448 nan, reference 448 nan nan nan nan
#     e5m2 57344 61440 65535 65536: runtime 57344 nan nan inf, reference 57344 inf inf inf
#
# What lmul does: it has no such mode; `lmul.encode` saturates.
# Exits 0 while this is so, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  onnxruntime==1.32.0 onnx==1.23.2 ml_dtypes==0.6.0 numpy==2.4.6
found=$("$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
from onnx import TensorProto, checker, helper
from onnx.reference import ReferenceEvaluator
from onnxruntime import InferenceSession


def show(name, to, numbers):
    ends = [helper.make_tensor_value_info(each, TensorProto.FLOAT, [None]) for each in "xz"]
    there = helper.make_node("Cast", ["x"], ["y"], to=to, saturate=0)
    back = helper.make_node("Cast", ["y"], ["z"], to=TensorProto.FLOAT)
    graph = helper.make_graph([there, back], "graph", ends[:1], ends[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 19)], ir_version=9)
    checker.check_model(model)
    given = {"x": np.array(numbers, np.float32)}
    session = InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    found = (each.run(None, given)[0] for each in (session, ReferenceEvaluator(model)))
    runtime, reference = (" ".join(f"{n:g}" for n in each) for each in found)
    print(f"{name} {' '.join(map(str, numbers))}: runtime {runtime}, reference {reference}")


show("e4m3", TensorProto.FLOAT8E4M3FN, [464, 479, 480, 495, 496])
show("e5m2", TensorProto.FLOAT8E5M2, [57344, 61440, 65535, 65536])
PYTHON
)
echo "$found"
[ "$found" = "e4m3 464 479 480 495 496: runtime 448 nan 448 448 nan, reference 448 nan nan nan nan
e5m2 57344 61440 65535 65536: runtime 57344 nan nan inf, reference 57344 inf inf inf" ]
