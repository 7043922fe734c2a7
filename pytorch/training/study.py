"""Fine-tuning of a network with its products replaced, and its score before and after."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from lmul.tools.cache import remembered
from lmul.tools.session import NoContext
from lmul.torch.convert import convert
from lmul.torch.training.data import Data, data_of
from lmul.torch.training.networks import NETWORKS

PRODUCTS = ("float32", "exact", "lmul")
"""Products that are compared: of float32, and of e4m3 with sums in e4m3, by exact products or by L-Mul."""

BATCH = {"digits": 64, "text": 8}
"""Images, or blocks of text, in a step."""

FIRST_RATE = {"digits": 2e-3, "text": 2e-3}
RATE = 5e-4
"""Learning rates at the start, of the training in float32 and of fine-tuning; both fall to 0 in a straight line."""

_PART = 64  # tests at a time
_MARK = 1 << 20  # numbers of random generators for fine-tuning begin here


@dataclass(frozen=True)
class Budget:
    """Work on a network.

    Parameters
    ----------
    before, steps : int
        Steps in float32, and steps of fine-tuning.
    tests : int
        Images or blocks of text in a test.
    """

    before: int
    steps: int
    tests: int

    def changed(self, before: int | None, steps: int | None, tests: int | None) -> "Budget":
        """Return this budget with other numbers where they are given."""
        given = {"before": before, "steps": steps, "tests": tests}
        return replace(self, **{name: number for name, number in given.items() if number is not None})


FEW = {"digits": Budget(400, 150, 500), "text": Budget(1200, 80, 32)}
FULL = {"digits": Budget(400, 300, 1000), "text": Budget(1200, 160, 64)}
"""Budgets by network: the default, and that of `--full`."""


@dataclass(frozen=True)
class Score:
    """Score on the tests.

    Attributes
    ----------
    loss : float
        Mean cross entropy, in nats an image or a character.
    right : float
        Share of images or characters whose largest score is that of the target.
    """

    loss: float
    right: float


@dataclass(frozen=True)
class Start:
    """A network that was trained in float32, which all fine-tuning with its seed starts from.

    Parameters
    ----------
    network : str
        Name in `NETWORKS`.
    seed : int
        Seed of the first weights and of the order of the data.
    steps : int
        Steps of training.
    data : str
        Hash of the data, which stands for them.
    torch : str
        Version of PyTorch.
    folder : Path or None
        Folder with the data of `digits`.
    """

    network: str
    seed: int
    steps: int
    data: str
    torch: str
    folder: Path | None = field(repr=False, compare=False)

    def read(self) -> Data:
        """Read the data."""
        return data_of(self.network, self.folder if self.network == "digits" else None)

    def model(self) -> nn.Module:
        """Make the network, or take its weights from the cache."""
        torch.manual_seed(self.seed)
        model = NETWORKS[self.network]()
        text = remembered(self, NoContext(), str, lambda: self._trained(model))
        weights = np.frombuffer(base64.b64decode(text), np.float32).copy()
        nn.utils.vector_to_parameters(torch.from_numpy(weights), model.parameters())
        return model

    def _trained(self, model: nn.Module) -> str:
        for _ in trained(model, self, self.steps, FIRST_RATE[self.network], self.seed):
            pass
        weights = nn.utils.parameters_to_vector(model.parameters()).detach().numpy()
        return base64.b64encode(weights.tobytes()).decode()


@dataclass(frozen=True)
class Tuned:
    """Outcome of fine-tuning.

    Attributes
    ----------
    before, after : Score
        Scores with these products, before and after.
    losses : tuple of float
        Loss of each step's batch.
    """

    before: Score
    after: Score
    losses: tuple[float, ...]


@dataclass(frozen=True)
class Tuning:
    """Job: fine-tune a network with its products replaced, all of them.

    Parameters
    ----------
    start : Start
        Network to start from.
    products : str
        One of `PRODUCTS`.
    steps, tests : int
        Steps, and images or blocks of text in a test.
    backward : str
        Products of the backward pass: `exact` or `same`.
    """

    start: Start
    products: str
    steps: int
    tests: int
    backward: str

    @property
    def effort(self) -> float:
        """Estimate how long it takes, in the unit of `Job.effort`."""
        each = {"digits": 30, "text": 180}[self.start.network] * (1 if self.backward == "exact" else 3)
        return 2000 if self.products == "float32" else 2000 + each * self.steps

    def run(self, context: NoContext) -> Tuned:
        """Train the network on one thread: jobs have a core each."""
        torch.set_num_threads(1)
        model = self.start.model()
        if self.products != "float32":
            convert(
                model,
                "all",
                format="e4m3",
                method=self.products,
                accumulator="e4m3",
                backward=self.backward,
                threads=1,
            )
        before = self._score(model)
        losses = tuple(trained(model, self.start, self.steps, RATE, _MARK + self.start.seed))
        return Tuned(before, self._score(model), losses)

    def _score(self, model: nn.Module) -> Score:
        model.eval()
        data, found = self.start.read(), list[tuple[float, int, int]]()
        with torch.no_grad():
            for first in range(0, self.tests, _PART):
                inputs, targets = data.tests(slice(first, min(first + _PART, self.tests)))
                scores = model(inputs)
                right = int((scores.argmax(-1) == targets).sum())
                found.append((float(_loss(scores, targets)) * targets.numel(), right, targets.numel()))
        loss, hits, count = (sum(column) for column in zip(*found, strict=True))
        return Score(loss / count, hits / count)


def trained(model: nn.Module, start: Start, steps: int, rate: float, seed: int) -> Iterator[float]:
    """Train a network step by step, and yield the loss of each step's batch; the same seed has the same batches."""
    model.train()
    data, random = start.read(), np.random.default_rng(seed)
    optimizer = torch.optim.AdamW(model.parameters(), rate)
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = rate * (1 - step / steps)
        inputs, targets = data.batch(random.integers(len(data.inputs), size=BATCH[start.network]))
        loss = _loss(model(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield float(loss.detach())


def _loss(scores: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return functional.cross_entropy(scores.flatten(0, -2), targets.flatten())
