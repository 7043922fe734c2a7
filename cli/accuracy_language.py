"""`lmul accuracy language`."""

import hashlib
import os
import shlex
from pathlib import Path

import click

from lmul.accuracy.language.perplexity import Perplexity, model_at
from lmul.accuracy.language.text import BLOCKS, LENGTH, Text, in_blocks, own_text
from lmul.accuracy.language.topic import NOTES, TITLE, Language
from lmul.accuracy.language.variants import chosen
from lmul.cli.accuracy import cache_option, numbers_report, show, studied
from lmul.cli.paths import PATH
from lmul.tools.files import check_regular, check_writable


@click.command()
@click.option("--model", type=PATH, required=True, metavar="MODEL", help="FILE.gguf or a folder of .safetensors.")
@click.option(
    "--text", "own", type=PATH, metavar="FILE", help="UTF-8. Without it: our sentences, then topics of pydoc."
)
@click.option("--blocks", default=BLOCKS, show_default=True, metavar="N", help="Blocks of text.")
@click.option("--tokens", default=LENGTH, show_default=True, metavar="N", help="Tokens of a block.")
@click.option("--full", is_flag=True, help="All methods in all places, instead of a first look.")
@click.option(
    "-o",
    "--output",
    type=PATH,
    metavar="DIR",
    help="Gets accuracy_language.md, .csv, .json, .png and .svg, all or none.",
)
@cache_option
def language(
    model: Path, own: Path | None, blocks: int, tokens: int, full: bool, output: Path | None, cache: bool
) -> None:
    """Perplexity of a language model of the Llama family, its products of matrices replaced by every method.

    \b
    make language-model
    lmul accuracy language --model language-model/model.gguf -o accuracy
    lmul accuracy language --model ~/models/my-llama --text book.txt --full
    """
    if output is not None:
        check_writable(output)
    command = ["lmul", "accuracy", "language", "--model", model.name]
    command += [] if own is None else ["--text", own.name]
    command += ["--blocks", f"{blocks}", "--tokens", f"{tokens}"] + (["--full"] if full else [])
    text = own_text() if own is None else _read(own)
    # Worker processes have a core each, so threads would not help. NumPy reads this when it is imported.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    found = model_at(model)  # reports bad input before the work is spread
    cut = in_blocks(found.tokens(text.content), blocks, tokens)
    if tokens > found.llama.shape.context:
        raise ValueError(f"--tokens must be at most {found.llama.shape.context} for {found.name}, not {tokens}")
    digest = hashlib.sha256(cut.tobytes()).hexdigest()
    jobs = [Perplexity(_digest(model), f"{cut.shape} {digest}", variant, model, cut) for variant in chosen(not full)]
    topic = Language(jobs)
    session = studied([topic], output, cache)
    notes = [f"Model: {found.name}. Text: {text.name}; {blocks} blocks of {tokens} tokens.", *NOTES]
    lines = topic.lines(session)
    show(numbers_report([topic], session, shlex.join(command), "language", TITLE, notes, lines, ["perplexity"]), output)


def _read(path: Path) -> Text:
    try:
        return Text(path.name, check_regular(path).read_text("utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError(f"--text must be UTF-8: {path}: {error}") from None


def _digest(model: Path) -> str:
    """Hash the files of a model."""
    files = sorted(model.iterdir()) if model.is_dir() else [model]
    digest = hashlib.sha256()
    for file in (each for each in files if each.suffix in (".gguf", ".safetensors", ".json")):
        with file.open("rb") as opened:
            digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()
