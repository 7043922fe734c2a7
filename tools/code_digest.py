"""Hash of the code that an outcome depends on, so that a changed constant misses the cache and a comment does not.

The hash is over the syntax trees of statements at the top level of modules, without docstrings and comments. It takes
those that bind or change a name that a class uses, those that these need, and so on, within lmul. A class counts whole,
and so do statements of a module that bind nothing. An object's class is found too: the code that makes the object names
it, or the question holds it. Where a name cannot be found, its whole module counts.

Code that is reached by a text at run time is not found. A job whose code does that names packages that count whole:
`code_packages = ("lmul.golden",)`.
"""

import ast
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path

Definition = tuple[str, str]
"""Module, and a name at its top level; or `WHOLE`."""

WHOLE = "*"
"""Stands for all of a module."""

NEUTRAL = ("lmul.tools.cache", "lmul.tools.outcome_data", __name__)
"""Modules that keep outcomes but do not affect them."""

_WORD = re.compile(r"[A-Za-z_]\w*")


def code_of(question: object) -> str:
    """Hash the code of all classes that a question is made of, and everything that they need.

    Parameters
    ----------
    question : object
        Frozen dataclass; objects in its fields, also within tuples, count too.
    """
    return digest(frozenset(_roots(question)))


@cache
def digest(roots: frozenset[Definition]) -> str:
    """Hash some definitions, and everything in lmul that they need."""
    trees = reached(roots)
    return hashlib.sha256("\0".join(trees[place] for place in sorted(trees)).encode()).hexdigest()


def reached(roots: frozenset[Definition]) -> dict[tuple[str, str, int], str]:
    """Write the trees of all statements that some definitions need, as text without line numbers.

    Returns
    -------
    dict
        By module, the names that the statement binds, and which of the statements that bind these it is.
    """
    trees: dict[tuple[str, str, int], str] = {}
    left, seen = list(roots), set[Definition]()
    while left:
        definition = left.pop()
        module, name = definition
        found = _module(module)
        if definition in seen or module in NEUTRAL or found is None:
            continue
        seen.add(definition)
        left += found.elsewhere(name)
        for place in found.statements(name):
            trees[module, *found.label(place)] = ast.dump(found.body[place])
            left += found.needs(place)
    return trees


def _roots(value: object) -> Iterator[Definition]:
    if isinstance(value, tuple | list | frozenset):
        for each in value:
            yield from _roots(each)
        return
    kind = type(value)
    yield kind.__module__, kind.__qualname__.split(".")[0]
    for package in getattr(kind, "code_packages", ()):
        yield from ((module, WHOLE) for module in _modules_of(package))
    if is_dataclass(value):
        for field in fields(value):
            yield from _roots(getattr(value, field.name))


@dataclass(frozen=True)
class _Module:
    """Statements of a module, by the names that they bind.

    Parameters
    ----------
    name : str
        Dotted name of the module.
    text : str
        Source of the module.
    """

    name: str
    text: str

    @cached_property
    def body(self) -> list[ast.stmt]:
        """Top-level statements, without docstrings."""
        return _without_texts(ast.parse(self.text)).body

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Places in `body` of the statements that bind or change a name, by that name; "" for those that bind none."""
        own = {name for node in self.body for name in _bound(node)}
        found: dict[str, list[int]] = defaultdict(list)
        for place, node in enumerate(self.body):
            if not isinstance(node, ast.Import | ast.ImportFrom):
                for name in [*_bound(node), *(own & _decorators(node))] or [""]:
                    found[name].append(place)
        return dict(found)

    @cached_property
    def imports(self) -> dict[str, set[str]]:
        """Dotted names of what is imported, in functions too, by the name that it has here; `WHOLE` for a star."""
        found: dict[str, set[str]] = defaultdict(set)
        for node in (each for statement in self.body for each in ast.walk(statement)):
            if isinstance(node, ast.ImportFrom):
                package = self.name.rsplit(".", node.level)[0] + "." if node.level else ""
                for each in node.names:
                    found[each.asname or each.name].add(f"{package}{node.module or ''}.{each.name}")
            elif isinstance(node, ast.Import):
                for each in node.names:
                    found[each.asname or each.name.split(".")[0]].add(each.name)
        return dict(found)

    def statements(self, name: str) -> list[int]:
        """List the places of what belongs to a name: what binds or changes it, and what binds nothing."""
        known = name in self.places or name in self.imports
        if name == WHOLE or not known:
            return [place for places in self.places.values() for place in places]
        return [*self.places.get(name, []), *self.places.get("", [])]

    def elsewhere(self, name: str) -> Iterator[Definition]:
        """List what a name stands for that is imported here, and what a star may have brought."""
        if name == WHOLE:
            for each in self.imports:
                yield from self._named(each, None)
        else:
            yield from self._named(name, None)

    def label(self, place: int) -> tuple[str, int]:
        """Name a statement by what it binds and its number among those, so that others added change nothing."""
        names = _bound(self.body[place])
        if not names:
            return ast.dump(self.body[place]), 0
        return " ".join(names), self.places[names[0]].index(place)

    def needs(self, place: int) -> Iterator[Definition]:
        """List the definitions of lmul that a statement names, also in texts, as annotations have them."""
        nodes = list(ast.walk(self.body[place]))
        bases = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
        for node in nodes:
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                yield from self._named(node.value.id, node.attr)
            elif isinstance(node, ast.Name) and id(node) not in bases:
                yield from self._named(node.id, None)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                for word in _WORD.findall(node.value):
                    yield from self._named(word, None)

    def _named(self, name: str, attribute: str | None) -> Iterator[Definition]:
        if name in self.places:
            yield self.name, name
        for target in self.imports.get(name, ()):
            module, _, original = target.rpartition(".")
            if _module(target) is not None:
                yield target, attribute or WHOLE
            else:
                yield module, original
        if name not in self.places and name not in self.imports:
            for target in self.imports.get(WHOLE, ()):
                yield target.removesuffix(".*"), name


def _bound(node: ast.stmt) -> list[str]:
    """List the names that a statement binds or changes: `X` for `X.a = 1` and `X[0] = 1`, too."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign | ast.AugAssign):
        targets = [node.target]
    else:
        return []
    return [each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]


def _decorators(node: ast.stmt) -> set[str]:
    """List the names in decorators: a function that registers another is changed by it."""
    made = getattr(node, "decorator_list", [])
    return {each.id for decorator in made for each in ast.walk(decorator) if isinstance(each, ast.Name)}


def _without_texts(tree: ast.Module) -> ast.Module:
    """Remove strings that stand alone: docstrings of modules, classes, functions and constants."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [each for each in node.body if not _is_text(each)]
    return tree


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


@cache
def _module(name: str) -> _Module | None:
    """Read a module of lmul; None for anything else."""
    text = source(name)
    return None if text is None else _Module(name, text)


def source(module: str) -> str | None:
    """Read the text of a module of lmul; None for anything else."""
    path = _path(module)
    return None if path is None else path.read_text("utf-8")


def _modules_of(package: str) -> list[str]:
    """List the modules of a package of lmul, those of its subpackages too."""
    path = _path(package)
    assert path is not None, package
    found = (each.relative_to(path.parent).with_suffix("").parts for each in path.parent.rglob("*.py"))
    return sorted(".".join((package, *parts)).removesuffix(".__init__") for parts in found)


def _path(module: str) -> Path | None:
    if module != "lmul" and not module.startswith("lmul."):
        return None
    try:
        spec = find_spec(module)
    except ModuleNotFoundError:  # a name within a module
        return None
    return None if spec is None or spec.origin is None else Path(spec.origin)
