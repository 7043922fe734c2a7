"""What holds for every test."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.tree import differing

import lmul


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to test an installed copy of other sources: it would pass, whatever the tree says."""
    package = Path(lmul.__file__).parent
    found = differing(Path(__file__).parent.parent, package)
    if found:
        raise pytest.UsageError(
            f"lmul, imported from {package}, is not that of this tree: {len(found)} files differ, {found[0]} among"
            " them. Run `python -m pip install .` with the python of these tests, or `make test`"
        )


_LONGEST = ("sim/", "cli/test_own_file.py", "cli/test_tools.py", "cli/test_main.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take minutes, so that none of them runs alone at the end."""
    items.sort(key=lambda item: not item.nodeid.removeprefix("tests/").startswith(_LONGEST))


@pytest.fixture(autouse=True, scope="session")
def interruptible():
    """Interruptions arrive, also where the caller has switched them off, as `nohup` and background jobs do."""
    for number, handler in (
        (signal.SIGINT, signal.default_int_handler),
        (signal.SIGTERM, signal.SIG_DFL),
        (signal.SIGHUP, signal.SIG_DFL),
    ):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


@pytest.fixture(autouse=True, scope="session")
def cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Outcomes are kept for this run of the tests alone, whose processes share them."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "cache"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "XDG_CACHE_HOME", str(folder))
        yield
