"""Outcomes kept from one run to the next, by the content of all that they depend on."""

import ast
import hashlib
import os
import pickle
import platform
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

from lmul.synth.technology.technology import Technology

Outcome = TypeVar("Outcome")

TOOLS = ("amaranth", "numpy", "pyosys")
"""Packages whose versions, beside Python's, are part of every key."""


_DIGEST_BYTES = 32


class Cache:
    """Files in a folder, one an outcome, named by its key. What is damaged or cannot be written counts as missing.

    Parameters
    ----------
    folder : Path
        It is made when something is first kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, key: str) -> tuple[Any] | None:
        """What is kept, in a tuple of one; or None."""
        with suppress(OSError, zlib.error, pickle.UnpicklingError):
            content = self._path(key).read_bytes()
            digest, packed = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
            if hashlib.sha256(packed).digest() == digest:
                return (pickle.loads(zlib.decompress(packed)),)
        return None

    def put(self, key: str, outcome: object) -> None:
        """Keep an outcome. Where there is no room for it, it is not kept."""
        path = self._path(key)
        draft = path.with_name(f".{key}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            packed = zlib.compress(pickle.dumps(outcome), level=1)
            draft.write_bytes(hashlib.sha256(packed).digest() + packed)
            draft.replace(path)
        except OSError:
            with suppress(OSError):
                draft.unlink()

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key


_kept: ContextVar[Cache | None] = ContextVar("kept", default=None)


@contextmanager
def keeping(kept: Cache | None) -> Iterator[None]:
    """In here `remembered` looks into that cache."""
    token = _kept.set(kept)
    try:
        yield
    finally:
        _kept.reset(token)


def remembered(question: object, technology: Technology, answer: Callable[[], Outcome]) -> Outcome:
    """The answer to a question, from the cache in use if it is there; else it is found, and kept."""
    kept = _kept.get()
    if kept is None:
        return answer()
    key = key_of(question, technology)
    found = kept.get(key)
    if found is None:
        found = (answer(),)
        kept.put(key, found[0])
    outcome: Outcome = found[0]
    return outcome


def default_folder() -> Path:
    """Where outcomes are kept unless told otherwise: `lmul` in the user's own folder for caches.

    Raises
    ------
    ValueError
        There is none.
    """
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lmul"
    except RuntimeError:
        raise ValueError("HOME or XDG_CACHE_HOME must be set to keep outcomes; else --no-cache") from None


def key_of(question: object, technology: Technology) -> str:
    """The name of an outcome: a hash of the question, the technology, the code that answers it, and the tools.

    Parameters
    ----------
    question : object
        Its `repr` says all that the outcome depends on beside the rest. The code is that of its class' module and of
        all modules of lmul that this one imports, and these import.
    technology : Technology
        What is mapped to.
    """
    tools = [f"python {platform.python_version()}", *(f"{tool} {_version(tool)}" for tool in TOOLS)]
    parts = [repr(question), technology.digest, code_digest(type(question).__module__), *tools]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@cache
def _version(tool: str) -> str:
    return version(tool)


@cache
def code_digest(module: str) -> str:
    """A hash of the sources of a module and of all modules of lmul on which it depends."""
    sources: dict[str, bytes] = {}
    left = [module]
    while left:
        name = left.pop()
        path = _source(name)
        if path is not None and name not in sources:
            sources[name] = path.read_bytes()
            left += _imported(sources[name])
    return hashlib.sha256(b"\0".join(sources[name] for name in sorted(sources))).hexdigest()


@cache
def _source(module: str) -> Path | None:
    """The file of a module of lmul; None for what is none."""
    if not module.startswith("lmul."):
        return None
    try:
        spec = find_spec(module)
    except ModuleNotFoundError:  # a name within a module
        return None
    return None if spec is None or spec.origin is None else Path(spec.origin)


def _imported(source: bytes) -> Iterable[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
