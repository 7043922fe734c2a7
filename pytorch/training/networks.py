"""The two networks that are trained: a classifier of digits, and a transformer that predicts characters."""

import torch
from torch import nn

CHARACTERS = 128
"""Classes of characters: those of ASCII."""

LENGTH = 64
"""Characters of a block of text that the transformer sees."""


class Digits(nn.Sequential):
    """Classifier of images (N, 1, 28, 28): two convolutions and two linear layers, 52,138 parameters."""

    def __init__(self) -> None:
        super().__init__(
            *(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10)),
        )


class Text(nn.Module):
    """Transformer that predicts the next character, 254,720 parameters.

    Two layers of width 96 with four heads, each before its sum normalised; no dropout.
    """

    def __init__(self, width: int = 96, layers: int = 2) -> None:
        super().__init__()
        self.character, self.place = nn.Embedding(CHARACTERS, width), nn.Embedding(LENGTH, width)
        layer = nn.TransformerEncoderLayer(width, 4, 4 * width, 0.0, batch_first=True, norm_first=True)
        self.layers = nn.TransformerEncoder(layer, layers, nn.LayerNorm(width), enable_nested_tensor=False)
        self.last = nn.Linear(width, CHARACTERS)

    def forward(self, codes: torch.Tensor) -> torch.Tensor:
        """Compute the scores (N, length, characters) of what follows each character of (N, length)."""
        length = codes.shape[1]
        hidden = torch.ones(length, length, dtype=torch.bool, device=codes.device).triu(1)
        x = self.character(codes) + self.place.weight[:length]
        return self.last(self.layers(x, hidden, is_causal=True))


NETWORKS: dict[str, type[nn.Module]] = {"digits": Digits, "text": Text}
