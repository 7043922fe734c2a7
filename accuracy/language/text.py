"""Text on which language models are measured: our own sentences, and the help topics of the Python in use."""

import platform
from dataclasses import dataclass
from importlib.resources import files

import numpy as np

LENGTH = 256
"""Default tokens of a block of text."""

BLOCKS = 16
"""Default number of blocks: 4,096 tokens."""


@dataclass(frozen=True)
class Text:
    """Text and where it is from.

    Parameters
    ----------
    name : str
        Source, with its version.
    content : str
        Text.
    """

    name: str
    content: str


def own_text() -> Text:
    """Return this project's sentences, then the topics of Python's help, of which a model may have seen older ones."""
    import pydoc_data.topics

    sentences = files("lmul.accuracy.attention").joinpath("sentences.txt").read_text("utf-8")
    topics = (pydoc_data.topics.topics[name] for name in sorted(pydoc_data.topics.topics))
    name = f"sentences of lmul, then topics of pydoc of Python {platform.python_version()}"
    return Text(name, "\n".join([sentences, *topics]))


def in_blocks(tokens: np.ndarray, count: int, length: int) -> np.ndarray:
    """Cut the first tokens of a text into blocks, (count, length).

    Raises
    ------
    ValueError
        There are too few tokens, or fewer than 2 blocks of 2.
    """
    if count < 2 or length < 2:
        raise ValueError(f"blocks must be at least 2, of at least 2 tokens, not {count} of {length}")
    if len(tokens) < count * length:
        raise ValueError(
            f"the text must have {count * length} tokens for {count} blocks of {length}, not {len(tokens)}"
        )
    return tokens[: count * length].reshape(count, length)
