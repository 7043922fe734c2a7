"""Cache of outcomes between runs, keyed by the content of all that they depend on.

Machines may share a folder: outcomes are data, read by the type that their job declares. A file that is damaged, of
another type, or written by another user is ignored with a warning, and measured again.
"""

import hashlib
import logging
import os
import platform
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol, TypeVar

from lmul.tools.code_digest import code_of
from lmul.tools.outcome_data import from_json, to_json
from lmul.tools.store import DAYS, Store

Outcome = TypeVar("Outcome")

TOOLS = ("amaranth", "numpy", "pyosys")
"""Packages whose versions are part of every key, besides Python's."""

CACHE_HELP = (
    "Keep outcomes in lmul in your folder for caches (XDG_CACHE_HOME), and use them while nothing changes. What was"
    f" not used for {DAYS} days goes."
)
"""Help of the option that switches the cache off."""

_log = logging.getLogger(__name__)


class Context(Protocol):
    """Context of a job, such as a cell library."""

    @property
    def digest(self) -> str:
        """Return a text that identifies everything in the context that outcomes depend on."""


class Cache:
    """Folder of outcomes, one a file, JSON compressed by zlib, in a `Store`.

    Parameters
    ----------
    folder : Path
        Folder; it is made when the first outcome is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._store = Store(folder)

    def get(self, key: str, kind: Any) -> tuple[Any] | None:
        """Read an outcome of the type `kind`, in a tuple of one; None where there is none that can be trusted."""
        try:
            packed = self._store.read(key)
            return None if packed is None else (from_json(zlib.decompress(packed).decode(), kind),)
        except (OSError, ValueError, OverflowError, RecursionError, zlib.error) as error:
            _log.warning("%s is not used and what it held is measured again: %s", self._store.path(key), error)
            return None

    def put(self, key: str, outcome: object) -> None:
        """Keep an outcome, unless the file cannot be written."""
        self._store.write(key, zlib.compress(to_json(outcome).encode(), level=1))

    def expire(self) -> None:
        """Remove outcomes that were not used for `DAYS`, as `Store.expire` does."""
        self._store.expire()


_kept: ContextVar[Cache | None] = ContextVar("kept", default=None)


@contextmanager
def keeping(kept: Cache | None) -> Iterator[None]:
    """Let `remembered` use a cache within the block."""
    token = _kept.set(kept)
    try:
        yield
    finally:
        _kept.reset(token)


def remembered(question: object, context: Context, kind: type[Outcome], answer: Callable[[], Outcome]) -> Outcome:
    """Answer a question from the cache in use, or else compute the answer and keep it.

    Parameters
    ----------
    question, context
        See `key_of`.
    kind : type
        Type of the answer, for `outcome_data.from_json`.
    answer : callable
        Function that computes the answer.
    """
    kept = _kept.get()
    if kept is None:
        return answer()
    key = key_of(question, context)
    found = kept.get(key, kind)
    if found is None:
        found = (answer(),)
        kept.put(key, found[0])
    outcome: Outcome = found[0]
    return outcome


def default_folder() -> Path:
    """Return the default folder of the cache: `lmul` in the user's own folder for caches.

    Raises
    ------
    ValueError
        The user's folder is not known.
    """
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if given.is_absolute():  # the rule of XDG: others do not count
        return given / "lmul"
    try:
        return Path.home() / ".cache" / "lmul"
    except RuntimeError:
        raise ValueError("HOME or XDG_CACHE_HOME must be set to keep outcomes; else --no-cache") from None


def key_of(question: object, context: Context) -> str:
    """Compute the key of an outcome: a hash of the question, the context, the code that answers it, and the tools.

    Parameters
    ----------
    question : object
        Frozen dataclass, such as a job. Its `repr` states all that the outcome depends on besides context, code and
        tools; `code_of` finds the code.
    context : Context
        Context that it is answered in.
    """
    tools = [f"python {platform.python_version()}", *(f"{tool} {_version(tool)}" for tool in TOOLS)]
    parts = [repr(question), context.digest, code_of(question), *tools]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@cache
def _version(tool: str) -> str:
    return version(tool)
