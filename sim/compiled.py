"""Parts of simulations that are the same for every design, compiled once: Verilator's runtime and cocotb's main.

What is kept runs as this user. So it is kept in a folder that nobody else can read or write, and used only if this user
wrote it and no byte has changed since. Its key has the commands that make it, the content of all that these read but
the system's own headers, and the versions of the compiler and the C library.
"""

import hashlib
import logging
import platform
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lmul.tools.cache import default_folder
from lmul.tools.store import Store

MODEL = "Vtop"
"""Prefix of the files that Verilator writes for a design."""

_MAIN = "verilator"  # cocotb's main function, which knows the class of the model, too
_HEADER = "runtime.h"
_INCLUDED = ("verilated.h", "verilated_dpi.h", "verilated_timing.h")  # what every model includes
_PRECOMPILED = f"{_HEADER}.fast"  # with .gch behind it: a rule in verilated.mk makes it

_log = logging.getLogger(__name__)
_used: ContextVar[bool] = ContextVar("used", default=True)


@contextmanager
def compiled_anew() -> Iterator[None]:
    """Compile everything within the block, and keep nothing."""
    token = _used.set(False)
    try:
        yield
    finally:
        _used.reset(token)


def compiled_parts() -> Store | None:
    """Return the parts that are kept for this user; None within `compiled_anew`, or where no folder is known."""
    if not _used.get():
        return None
    try:
        return Store(default_folder() / "compiled", private=True)
    except ValueError:
        return None


@dataclass(frozen=True)
class Make:
    """Call of `make` that builds a simulation.

    Attributes
    ----------
    folder : Path
        Folder with what Verilator wrote.
    command : sequence of str
        `make` and all arguments, no targets among them.
    run, ask : callable
        Run a command with its output in the build's log, and return what a command prints. Both raise errors.
    store : Store or None
        Compiled parts; None to compile everything and keep nothing.
    precompiled : str
        Level of optimisation for a model that includes a precompiled header, such as "-O0"; "" for no such header. It
        takes a second from a short build and adds seconds to the first one. Only GCC finds it.
    """

    folder: Path
    command: Sequence[str]
    run: Callable[[Sequence[str]], None]
    ask: Callable[[Sequence[str]], str]
    store: Store | None
    precompiled: str = ""

    def build(self) -> None:
        """Build the simulation from kept parts and compiled ones, and keep these. Errors are those of `run`."""
        store = self.store
        if store is None:
            self.run(self.command)
            return
        recipes = self._recipes()
        header = f"{_PRECOMPILED}.gch"
        missing = self._fetch(store, recipes)
        if header in missing:
            self.run([*self.command, header])
            self._keep(store, {header: missing.pop(header)})
        fast = [f"OPT_FAST={self.precompiled} -include {_PRECOMPILED}"] if (self.folder / header).exists() else []
        self.run([*self.command, *fast])
        self._keep(store, missing)

    def _recipes(self) -> dict[str, str]:
        """Return the commands that make the parts that are not in the folder, as `make` prints them, by their names."""
        classes = (self.folder / f"{MODEL}_classes.mk").read_text()
        lists = re.findall(r"^VM_GLOBAL_(?:FAST|SLOW) \+= \\\n((?:  \w+ \\\n)*)", classes, re.MULTILINE)
        targets = [f"{name}.o" for name in (*(word for each in lists for word in re.findall(r"\w+", each)), _MAIN)]
        if self.precompiled and "VM_PARALLEL_BUILDS = 0" in classes:
            (self.folder / _HEADER).write_text("".join(f'#include "{name}"\n' for name in _INCLUDED))
            (self.folder / _PRECOMPILED).write_text(f'#include "{_HEADER}"\n')  # read where the other does not fit
            targets.append(f"{_PRECOMPILED}.gch")
        targets = [target for target in targets if not (self.folder / target).exists()]
        if not targets:
            return {}
        lines = self.ask([*self.command, "-n", *targets]).splitlines()
        return {
            target: line for target in targets for line in lines if re.search(rf" -o {re.escape(target)}( |$)", line)
        }

    def _fetch(self, store: Store, recipes: Mapping[str, str]) -> dict[str, str]:
        """Put kept parts into the folder; return the keys of those that there are not, by their names."""
        missing = {}
        compilers: dict[str, str] = {}
        for target, recipe in recipes.items():
            program = recipe.partition(" -")[0]
            compiler = compilers.get(program) or self.ask([*program.split(), "-v"])
            compilers[program] = compiler
            if target.endswith(".gch") and "gcc version" not in compiler:
                continue
            key = self._key(target, recipe, compiler)
            content = _read(store, key)
            if content is None:
                missing[target] = key
            else:
                (self.folder / target).write_bytes(content)
        return missing

    def _key(self, target: str, recipe: str, compiler: str) -> str:
        read = [Path(word.removeprefix("-I")) for word in recipe.split() if word.startswith(("-I/", "/"))]
        own = {f"{_MAIN}.o": f"{MODEL}.h", f"{_PRECOMPILED}.gch": _HEADER}.get(target)
        contents = [*(_digest(path) for path in read), *([(self.folder / own).read_text()] if own else [])]
        parts = [recipe, compiler, platform.machine(), *platform.libc_ver(), *contents]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def _keep(self, store: Store, keys: Mapping[str, str]) -> None:
        for target, key in keys.items():
            store.write(key, (self.folder / target).read_bytes())
        if keys:
            store.expire()


def _read(store: Store, key: str) -> bytes | None:
    try:
        return store.read(key)
    except (OSError, ValueError) as error:
        _log.warning("%s is not used and what it held is compiled again: %s", store.path(key), error)
        return None


@cache
def _digest(path: Path) -> str:
    """Return a hash of a file or of all files in a folder. It is computed once in a process."""
    files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    digest = hashlib.sha256()
    for each in files:
        content = each.read_bytes()
        digest.update(f"{each.relative_to(path)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
