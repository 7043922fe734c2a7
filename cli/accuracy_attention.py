"""`lmul accuracy attention`."""

import os
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import click

from lmul.accuracy.attention.picture import attention_figure
from lmul.accuracy.attention.replaced_matmul import MOST_RANK, Replacement
from lmul.accuracy.attention.sections import RIVAL, findings, layer_section, layers, record, scope_section
from lmul.accuracy.attention.study import LINEAR_RANK, AttentionError, Reference, qkv_error
from lmul.accuracy.attention.variants import GAIN, arms, arms_of_all, sentences
from lmul.accuracy.model.transformer import FILES, Encoder
from lmul.accuracy.report import Study
from lmul.cli.accuracy import show
from lmul.cli.arrays_io import lines_of, loaded_qkv
from lmul.cli.paths import PATH
from lmul.cli.progress import progress_bar
from lmul.reporting.drawing import image
from lmul.tools.files import check_writable
from lmul.tools.parallel import on_all_cores

_TITLE = "What replaced multiplications do to a transformer"

_ARMS: dict[str, Callable[[], Sequence[Replacement]]] = {"attention": arms, "all": arms_of_all}

_NOTES = [
    "Operands of e8mk have k mantissa bits and exponents without bounds: range plays no part. For e4m3 and e5m2 each "
    "matrix gets the largest power of two for a scale that does not saturate, and what is then below the smallest "
    "normal number is zero, as in the units of this project. A matrix is the operand of all sentences of one length, "
    "in linear layers of all sentences. bf16 is e8m7.",
    "trunc. and round.: how operands come to that. Which method is better depends on it, so both are always shown.",
    "Sums are float32's; softmax, norms and GELU are too. MSE: of the output of attention, before its linear layer, "
    "against float32; mean over the layers. MSE alone: a layer at a time is replaced, on float32's Q, K and V. whole: "
    "all layers are, so that errors of the layers before come in.",
    "cos: cosine of an embedding (mean of the tokens, scaled to length 1) to that of float32; least: of all sentences. "
    "neighbour: sentences whose nearest other one by cosine is that of float32; in brackets Wilson's interval of 95 %. "
    "It tells few of the arms apart.",
    "L-Mul is the adder with the paper's constant 2^-l(k). Eq. 1 is the paper's equation with it, which is not what "
    "the adder computes. best: the whole number of LSBs and the gain with the least NMSE on Gaussian operands, other "
    f"than these. no constant, gain: {GAIN} as a factor of the sums. exact, gain: exact products and the factor best "
    "on those Gaussian operands; it undoes the bias of truncation, as L-Mul's constant does in part.",
    "The adder's table of products of mantissas is computed by matrices of rank "
    f"{MOST_RANK} in attention and {LINEAR_RANK} in linear layers: its own where it has no more rows than that, else "
    "the nearest, whose missing part is in the mean square below 0.004 of the adder's own error.",
    "One model and few sentences: not to be taken for what other models or tasks lose.",
]


@click.command()
@click.option("--model", type=PATH, metavar="DIR", help="As `make model` leaves it.")
@click.option("--sentences", "own", type=PATH, metavar="FILE", help="One a line. Without it: 208 of ours.")
@click.option("--qkv", type=PATH, metavar="FILE.npz", help="Instead of a model: arrays Q, K and V.")
@click.option(
    "-o",
    "--output",
    type=PATH,
    metavar="DIR",
    help="Gets accuracy_attention.md, .csv, .json, .png and .svg, all or none.",
)
def attention(model: Path | None, own: Path | None, qkv: Path | None, output: Path | None) -> None:
    """Error of a transformer's attention and embeddings, its products of matrices replaced by every method.

    Q, K and V of your own have the shapes (..., queries, d), (..., keys, d) and (..., keys, features).

    \b
    make model
    lmul accuracy attention --model model -o accuracy
    lmul accuracy attention --qkv head.npz
    """
    if (model is None) == (qkv is None):
        raise ValueError("one of --model and --qkv must be given")
    if output is not None:
        check_writable(output)
    command = ["lmul", "accuracy", "attention"]
    if qkv is not None:
        if own is not None:
            raise ValueError("--sentences must be left out with --qkv")
        command += ["--qkv", qkv.name]
        q, k, v = loaded_qkv(qkv)
        with progress_bar() as progress:
            rows = [qkv_error(arm, q, k, v) for arm in progress.track(arms(), description="attention")]
        if not next(row for row in rows if row.replacement.name == RIVAL).mse:
            raise ValueError(
                f"{qkv} must hold numbers with which exact e4m3 has an error: others are set in relation to it"
            )
    else:
        assert model is not None
        command += ["--model", model.name] + ([] if own is None else ["--sentences", own.name])
        texts = tuple(sentences() if own is None else lines_of(own))
        _reference(_checked(model), texts)  # what is wrong with them is said before the work is spread
        tasks = [_Task(model, texts, scope, arm) for scope, own_arms in _ARMS.items() for arm in own_arms()]
        rows = _done(tasks)
    show(_study(rows, shlex.join(command)), output)


def _checked(folder: Path) -> Path:
    missing = [name for name in FILES if not (folder / name).exists()]
    if missing:
        raise ValueError(f"--model must be a folder as `make model` leaves it; {folder} lacks {', '.join(missing)}")
    return folder


@dataclass(frozen=True)
class _Task:
    model: Path
    sentences: tuple[str, ...]
    scope: str
    replacement: Replacement

    @property
    def effort(self) -> int:
        """Linear layers take most of the time where they are replaced."""
        return 5 if self.scope == "all" else 1


@lru_cache(maxsize=1)
def _reference(model: Path, texts: tuple[str, ...]) -> Reference:
    """Once a process."""
    return Reference(Encoder(model), texts)


def _error(task: _Task) -> AttentionError:
    return _reference(task.model, task.sentences).error(task.replacement, task.scope)


def _done(tasks: list[_Task]) -> list[AttentionError]:
    # Processes that have a core each gain nothing by threads of their own. NumPy reads this when it is imported.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with progress_bar() as progress:
        step = progress.add_task("replace", total=len(tasks))
        return on_all_cores(_error, tasks, lambda task: task.effort, lambda: progress.advance(step))


def _study(rows: list[AttentionError], command: str) -> Study:
    scopes = list(dict.fromkeys(row.scope for row in rows))
    arms_by_scope = {
        scope: {row.replacement.name: record(row, rows) | layers(row) for row in rows if row.scope == scope}
        for scope in scopes
    }
    tables = [scope_section(rows, scope) for scope in scopes]
    return Study(
        "accuracy_attention",
        _TITLE,
        command,
        arms_by_scope,
        [record(row, rows) for row in rows],
        tables + [layer_section(rows, scope) for scope in scopes],
        [table.key for table in tables],
        partial(_drawn, rows),
        findings(rows),
        _NOTES,
    )


def _drawn(rows: list[AttentionError], kind: str) -> bytes:
    return image(partial(attention_figure, rows), kind, Title=_TITLE)
