#!/usr/bin/env bash
# PyTorch's TransformerEncoderLayer does not call its own Linear layers in evaluation.
#
# Guess: a Linear layer that is replaced by one of another class, with a forward of its own, computes what the encoder
# uses, in training and in evaluation alike.
# Seen with torch 2.13.0 (CPU, Python 3.11, December 2026): in evaluation, without gradients, the layer hands the raw
# weights of linear1, linear2 and of attention to one fused operation, if activation, batch_first and norms are the usual
# ones. A subclass of nn.Linear is passed by without a word, so that a study of replaced products measures float32. A
# forward hook on the layer changes that: with one the layers are called.
#
#     training: 2 calls
#     evaluation: 0 calls
#     evaluation, with a hook on linear1: 2 calls
#
# What lmul does: `lmul.torch.convert` switches the fast path off for the model that it converts.
# Exits 0 while this is so, 1 when it has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check torch==2.13.0 numpy 2> /dev/null
sed -n 's/^#     //p' "$0" > "$folder/expected"
"$folder/venv/bin/python" - > "$folder/found" << 'PYTHON'
import torch
from torch import nn


class Counted(nn.Linear):
    calls = 0

    def forward(self, x):
        Counted.calls += 1
        return super().forward(x)


layer = nn.TransformerEncoderLayer(16, nhead=2, dim_feedforward=32, batch_first=True)
for name in ("linear1", "linear2"):
    old = getattr(layer, name)
    setattr(layer, name, Counted(old.in_features, old.out_features))


def calls(what):
    Counted.calls = 0
    with torch.no_grad():
        layer(torch.randn(3, 5, 16))
    print(f"{what}: {Counted.calls} calls")


layer.train()
calls("training")
layer.eval()
calls("evaluation")
layer.linear1.register_forward_hook(lambda *_: None)
calls("evaluation, with a hook on linear1")
PYTHON
diff "$folder/expected" "$folder/found"
