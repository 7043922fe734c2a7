"""`lmul accuracy attention`."""

import hashlib
import os
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

import click
import numpy as np

from lmul.accuracy.attention.replaced_matmul import Replacement
from lmul.accuracy.attention.sections import BASELINE
from lmul.accuracy.attention.study import HeadErrors, ModelErrors, reference
from lmul.accuracy.attention.topic import NOTES, TITLE, Attention
from lmul.accuracy.attention.variants import arms, arms_of_all, sentences
from lmul.accuracy.model.transformer import FILES
from lmul.cli.accuracy import cache_option, numbers_report, show, studied
from lmul.cli.arrays_io import lines_of, loaded_qkv
from lmul.cli.npy import type_option
from lmul.cli.paths import PATH
from lmul.tools.files import check_regular, check_writable

_ARMS: dict[str, Callable[[], Sequence[Replacement]]] = {"attention": arms, "all": arms_of_all}


@click.command()
@click.option("--model", type=PATH, metavar="DIR", help="As `make model` leaves it.")
@click.option("--sentences", "own", type=PATH, metavar="FILE", help="One a line. Without it: 208 of ours.")
@click.option("--qkv", type=PATH, metavar="FILE.npz", help="Instead of a model: arrays Q, K and V.")
@type_option("qkv")
@click.option(
    "-o",
    "--output",
    type=PATH,
    metavar="DIR",
    help="Gets accuracy_attention.md, .csv, .json, .png and .svg, all or none.",
)
@cache_option
def attention(
    model: Path | None, own: Path | None, qkv: Path | None, qkv_type: str | None, output: Path | None, cache: bool
) -> None:
    """Error of a transformer's attention and embeddings, its products of matrices replaced by every method.

    Q, K and V of your own have the shapes (..., queries, d), (..., keys, d) and (..., keys, features).

    \b
    make model
    lmul accuracy attention --model model -o accuracy
    lmul accuracy attention --qkv head.npz
    """
    if (model is None) == (qkv is None):
        raise ValueError("one of --model and --qkv must be given")
    if qkv is None and qkv_type is not None:
        raise ValueError(f"--qkv-type must be left out without --qkv, not {qkv_type!r}")
    if output is not None:
        check_writable(output)
    command = ["lmul", "accuracy", "attention"]
    if qkv is not None:
        if own is not None:
            raise ValueError("--sentences must be left out with --qkv")
        command += ["--qkv", qkv.name] + ([] if qkv_type is None else ["--qkv-type", qkv_type])
        arrays = loaded_qkv(qkv, qkv_type)
        digest = hashlib.sha256(b"".join(np.ascontiguousarray(each).tobytes() for each in arrays)).hexdigest()
        jobs: list[ModelErrors | HeadErrors] = [
            HeadErrors(f"{[each.shape for each in arrays]} {digest}", arm, arrays) for arm in arms()
        ]
    else:
        assert model is not None
        command += ["--model", model.name] + ([] if own is None else ["--sentences", own.name])
        texts = tuple(sentences() if own is None else lines_of(own))
        digest = _digest(model)
        reference(model, texts)  # reports bad input before the work is spread
        jobs = [
            ModelErrors(digest, texts, scope, arm, model) for scope, own_arms in _ARMS.items() for arm in own_arms()
        ]
    # Worker processes have a core each, so threads would not help. NumPy reads this when it is imported.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    topic = Attention(jobs)
    session = studied([topic], output, cache)
    if qkv is not None and not next(row for row in topic.rows(session) if row.replacement.name == BASELINE).mse:
        raise ValueError(
            f"{qkv} must hold numbers with which exact e4m3 has an error: others are set in relation to it"
        )
    lines, shown = topic.lines(session), topic.shown(session)
    show(numbers_report([topic], session, shlex.join(command), "attention", TITLE, NOTES, lines, shown), output)


def _digest(folder: Path) -> str:
    """Hash the files of a model.

    Raises
    ------
    ValueError
        A file is missing.
    """
    missing = [name for name in FILES if not (folder / name).exists()]
    if missing:
        raise ValueError(f"--model must be a folder as `make model` leaves it; {folder} lacks {', '.join(missing)}")
    contents = (check_regular(folder / name).read_bytes() for name in FILES)
    return hashlib.sha256(b"".join(hashlib.sha256(content).digest() for content in contents)).hexdigest()
