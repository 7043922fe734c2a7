"""The cell library of `support.tiny_library`, as text and opened."""

from pathlib import Path

import pytest
from support.tiny_library import GATES, HEAD, TINY

from lmul.synth.mapping.open_liberty import open_liberty
from lmul.synth.technology.technology import Technology


@pytest.fixture(scope="session")
def gates_text() -> str:
    """The library without its flip-flop."""
    return HEAD + GATES + "}\n"


@pytest.fixture(scope="session")
def tiny_text() -> str:
    """INV 2, BUF 4, NAND2 3, NOR2 3, AOI21 4, XOR2 8 and DFF 18 um2; every arc takes 20 ps."""
    return TINY


@pytest.fixture(scope="session")
def tiny(tiny_text: str, tmp_path_factory: pytest.TempPathFactory) -> Technology:
    """The same, opened."""
    path: Path = tmp_path_factory.mktemp("liberty") / "tiny.lib"
    path.write_text(tiny_text)
    return open_liberty(path)
