"""Models in ONNX files, run by onnx's reference evaluator with replaced matrix products."""
