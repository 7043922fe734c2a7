"""Write numbers of a real model as .npy files for `lmul accuracy`: `python docs/tensors.py MODEL FOLDER`.

weights.npy: elements of all weight matrices of the layers. query.npy, key.npy: what the attention heads of all layers
multiply, for the sentences of `lmul attention`. hidden.npy and inner.npy: the inputs (tokens, K) of both products of
a layer's feed-forward part for these sentences; hidden_weights.npy and inner_weights.npy: its weights (outputs, K).
"""

import sys
from pathlib import Path

import numpy as np

from lmul.accuracy.attention.variants import few_sentences
from lmul.accuracy.model.safetensors_file import read_tensors
from lmul.accuracy.model.transformer import Encoder

COUNT = 1 << 18  # elements of each
LAYER = 3  # whose products with weights are kept whole

if __name__ == "__main__":
    model, folder = (Path(argument) for argument in sys.argv[1:])
    tensors_of_model = read_tensors(model / "model.safetensors")
    matrices = [w.float32() for name, w in tensors_of_model.items() if "encoder.layer" in name and len(w.shape) == 2]
    encoder = Encoder(model)
    heads = [head for s in few_sentences() for layer in range(encoder.layers) for head in encoder.attention(s, layer)]
    tensors = {"weights": matrices, "query": [h.query for h in heads], "key": [h.key for h in heads]}
    folder.mkdir(parents=True, exist_ok=True)
    for name, parts in tensors.items():
        values = np.concatenate([part.ravel() for part in parts])
        kept = np.random.default_rng(0).choice(values, min(COUNT, len(values)), replace=False)
        np.save(folder / f"{name}.npy", kept.astype(np.float32))
    operands = []

    def product(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Multiply, and note the operands."""
        operands.append((x, weights.T))
        return x @ weights

    encoder.embed(few_sentences(), linear=product)
    # A layer's products: query, key, value, output of attention, and both of the feed-forward part.
    for name, (x, weights) in zip(("hidden", "inner"), operands[6 * LAYER + 4 : 6 * LAYER + 6], strict=True):
        np.save(folder / f"{name}.npy", x)
        np.save(folder / f"{name}_weights.npy", weights)
