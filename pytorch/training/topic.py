"""Report of fine-tuning, `lmul accuracy training`."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from lmul.reporting.drawing import BLACK, BLUE, GREY, image, label_panels, plain_axes, put_around
from lmul.reporting.sections import Record, Section, decimals, percent_of, plain
from lmul.reporting.topic import Picture, Topic
from lmul.tools.session import Plan, Session
from lmul.torch.training.study import PRODUCTS, Score, Tuned, Tuning

TITLE = "Fine-tuning with all products replaced"

NOTES = [
    "Both networks are trained here in float32. From there each is fine-tuned with the same budget, the same data in "
    "the same order, and its products of float32, or exact ones of e4m3, or L-Mul of e4m3 (k = 3). The latter two add "
    "up in e4m3, as in the paper's table 6: linear layers, convolutions, and both products of attention.",
    "Operands have a power of two for each tensor as their scale. Every sum is bit for bit that of a unit. The rest, "
    "softmax, norms, biases and the optimizer (AdamW), is float32's, and so are weights, which are rounded where they "
    "are used. Scores are with the products of their row. Rows without fine-tuning have the weights of float32.",
    "Spread: standard deviation over the seeds, which set the first weights and the order of the data. To float32: "
    "loss above that of float32 after the same fine-tuning, seed for seed.",
    "Two small networks: not to be taken for what large ones lose.",
]

LABELS = {"float32": "float32", "exact": "exact e4m3", "lmul": "L-Mul e4m3"}
_COLOURS = {"float32": GREY, "exact": BLACK, "lmul": BLUE}
_TITLES = {"digits": "classifier of digits", "text": "transformer, characters"}
_SMOOTH = 10  # steps at most that a point of a curve is the mean of


@dataclass(frozen=True)
class Training(Topic[Session]):
    """Topic: losses and scores of networks by products, before and after fine-tuning.

    Parameters
    ----------
    jobs : sequence of Tuning
        Jobs: each network with each seed by each of `PRODUCTS`.
    """

    jobs: Sequence[Tuning]

    def plan(self, setting: Session) -> Plan:
        """List the jobs."""
        return [(setting, self.jobs)]

    @property
    def networks(self) -> list[str]:
        """Return the names of the networks."""
        return list(dict.fromkeys(job.start.network for job in self.jobs))

    def runs(self, setting: Session, network: str, products: str) -> list[Tuned]:
        """Look up the outcomes of a network by one kind of products, in the order of seeds."""
        return [setting[job] for job in self.jobs if (job.start.network, job.products) == (network, products)]

    def lines(self, setting: Session) -> list[Record]:
        """List the rows of the CSV file: each network, products and seed."""
        lines = list[Record]()
        for job in self.jobs:
            run: Tuned = setting[job]
            line: Record = {"network": job.start.network, "products": job.products, "seed": job.start.seed}
            line |= {"loss_before": run.before.loss, "right_before": run.before.right}
            lines.append(line | {"loss_after": run.after.loss, "right_after": run.after.right})
        return lines

    def rows(self, setting: Session) -> list[Record]:
        """Make the records of the table."""
        rows = list[Record]()
        for network in self.networks:
            true = [run.after.loss for run in self.runs(setting, network, "float32")]
            for tuned in (False, True):
                for products in PRODUCTS:
                    runs = self.runs(setting, network, products)
                    scores = [run.after if tuned else run.before for run in runs]
                    row: Record = {"network": _TITLES[network], "products": LABELS[products]}
                    row |= {"tuned": "yes" if tuned else "no", "seeds": len(scores)} | _record(scores)
                    above = [score.loss - other for score, other in zip(scores, true, strict=True)]
                    mean, spread = _spread(above) if tuned and products != "float32" else (None, None)
                    rows.append(row | {"above": mean, "above_spread": spread})
        return rows

    def sections(self, setting: Session) -> list[Section]:
        """Make the table."""
        columns = {
            "network": ("network", plain),
            "tuned": ("fine-tuned", plain),
            "products": ("products", plain),
            "seeds": ("seeds", plain),
            "right": ("right", percent_of(2)),
            "right_spread": ("spread", percent_of(2)),
            "loss": ("loss", decimals(4)),
            "loss_spread": ("spread", decimals(4)),
            "above": ("to float32", decimals(4)),
            "above_spread": ("spread", decimals(4)),
        }
        return [Section("training", TITLE, self.rows(setting), columns, group=("network", "tuned"))]

    def pictures(self, setting: Session) -> dict[str, Picture]:
        """Draw the losses by step."""
        curves = {
            network: {products: [run.losses for run in self.runs(setting, network, products)] for products in PRODUCTS}
            for network in self.networks
        }
        return {"": Picture(TITLE, partial(_drawn, curves))}

    def data(self, setting: Session) -> dict[str, Any]:
        """Return every figure by network and products: the scores and the losses of each seed."""
        return {
            network: {products: [_plain(run) for run in self.runs(setting, network, products)] for products in PRODUCTS}
            for network in self.networks
        }

    def findings(self, setting: Session) -> list[str]:
        """Say what L-Mul and exact products come to."""
        sentences, rows = [], self.rows(setting)
        for network in self.networks:
            own = {
                (row["products"], row["tuned"]): 100 * float(row["right"] or 0)
                for row in rows
                if row["network"] == _TITLES[network]
            }
            told = (
                f"{own[LABELS[products], 'no']:.2f} % before and {own[LABELS[products], 'yes']:.2f} % after by {name}"
                for products, name in (("lmul", "L-Mul"), ("exact", "exact e4m3"), ("float32", "float32"))
            )
            sentences.append(f"Right with all products replaced, {_TITLES[network]}: {', '.join(told)}.")
        return sentences


def _plain(run: Tuned) -> dict[str, Any]:
    scores = {
        name: {"loss": each.loss, "right": each.right} for name, each in (("before", run.before), ("after", run.after))
    }
    return {**scores, "losses": list(run.losses)}


def _record(scores: Sequence[Score]) -> Record:
    (loss, loss_spread), (right, right_spread) = (
        _spread([getattr(score, key) for score in scores]) for key in ("loss", "right")
    )
    return {"loss": loss, "loss_spread": loss_spread, "right": right, "right_spread": right_spread}


def _spread(values: Sequence[float]) -> tuple[float, float | None]:
    """Return mean and standard deviation; None for the deviation of one value."""
    return float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else None


Curves = dict[str, dict[str, list[tuple[float, ...]]]]


def _drawn(curves: Curves, kind: str) -> bytes:
    return image(partial(_figure, curves), kind, Title=TITLE)


def _figure(curves: Curves) -> Figure:
    """Draw the loss by step, a panel a network: the mean over seeds, and from the least to the largest of them."""
    figure = Figure(figsize=(4.8 * len(curves) + 0.4, 4.4), dpi=120, facecolor="white")
    grid = figure.subplots(1, len(curves), squeeze=False)
    figure.subplots_adjust(left=0.09, right=0.98, bottom=0.2, top=0.78, wspace=0.2)
    for axes, (network, by_products) in zip(grid[0], curves.items(), strict=True):
        for products, losses in by_products.items():
            window = min(_SMOOTH, 1 + len(losses[0]) // _SMOOTH)
            smooth = np.array([np.convolve(each, np.ones(window) / window, "valid") for each in losses])
            steps = np.arange(window, window + smooth.shape[1])
            axes.fill_between(steps, smooth.min(0), smooth.max(0), color=_COLOURS[products], alpha=0.15, lw=0)
            axes.plot(steps, smooth.mean(0), color=_COLOURS[products], lw=1.6, label=LABELS[products])
        axes.set_title(_TITLES[network], fontsize=10, loc="left")
        plain_axes(axes)
    label_panels(grid, "step of fine-tuning", "loss of the batch, nats")
    note = (
        f"Mean of up to {_SMOOTH} steps and of all seeds; shaded from the least to the largest. Sums of e4m3 in e4m3."
    )
    put_around(figure, grid[0, 0], 3, TITLE, note)
    return figure
