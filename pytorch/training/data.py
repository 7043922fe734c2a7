"""What the networks are trained on: images of digits, and text that is at hand."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch

from lmul.accuracy.language.text import own_text
from lmul.torch.training.networks import CHARACTERS, LENGTH

FILES = ("train_images", "train_labels", "images", "labels")

_TEST = 10  # of so many parts of the text the last is for tests


@dataclass(frozen=True)
class Data:
    """Inputs and targets for training, and others for tests.

    Attributes
    ----------
    inputs, targets, test_inputs, test_targets : array
        Images and their digits, or blocks of characters and the characters that follow each.
    """

    inputs: np.ndarray
    targets: np.ndarray
    test_inputs: np.ndarray
    test_targets: np.ndarray

    @property
    def digest(self) -> str:
        """Return a hash of all."""
        digest = hashlib.sha256()
        for array in (self.inputs, self.targets, self.test_inputs, self.test_targets):
            digest.update(f"{array.dtype} {array.shape}".encode() + np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def batch(self, rows: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
        """Return inputs and targets for training, by their numbers."""
        return _tensor(self.inputs[rows]), _tensor(self.targets[rows])

    def tests(self, rows: slice) -> tuple[torch.Tensor, torch.Tensor]:
        """Return inputs and targets for tests."""
        return _tensor(self.test_inputs[rows]), _tensor(self.test_targets[rows])


def _tensor(array: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(array.astype(np.float32 if array.dtype.kind == "f" else np.int64))


@lru_cache(maxsize=2)
def data_of(network: str, folder: Path | None) -> Data:
    """Read the data of a network, once per process.

    Parameters
    ----------
    network : str
        `digits` or `text`.
    folder : Path or None
        Folder that `make digits` fills, for `digits`.

    Raises
    ------
    OSError, ValueError
        A file is missing, or is not what `make digits` writes.
    """
    if network == "text":
        codes = np.frombuffer(own_text().content.encode("ascii", "replace"), np.uint8)
        blocks = codes[: len(codes) // (LENGTH + 1) * (LENGTH + 1)].reshape(-1, LENGTH + 1)
        assert codes.max() < CHARACTERS
        cut = len(blocks) - len(blocks) // _TEST
        return Data(blocks[:cut, :-1], blocks[:cut, 1:], blocks[cut:, :-1], blocks[cut:, 1:])
    files = [Path(folder or "digits") / f"{name}.npy" for name in FILES]
    inputs, targets, test_inputs, test_targets = (np.load(file, mmap_mode="r") for file in files)
    for file, images, labels in ((files[0], inputs, targets), (files[2], test_inputs, test_targets)):
        if images.shape[1:] != (1, 28, 28) or labels.shape != images.shape[:1] or labels.dtype.kind not in "iu":
            raise ValueError(f"{file} must be (N, 1, 28, 28) with N labels, not {images.shape} with {labels.shape}")
    return Data(inputs, targets, test_inputs, test_targets)
