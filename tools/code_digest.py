"""Hash of the code that an outcome depends on, so that a changed constant misses the cache and a comment does not.

The hash is over the syntax trees of definitions, without docstrings and comments. It takes the definitions that a class
uses by name, those that these use, and so on, within lmul. A class counts whole, and so do statements of a module that
define nothing. An object's class is found too: the code that makes the object names it, or the question holds it.
"""

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path

Definition = tuple[str, str]
"""Module, and a name at its top level."""

NEUTRAL = ("lmul.tools.cache", "lmul.tools.outcome_data", __name__)
"""Modules that keep outcomes but do not affect them."""


def code_of(question: object) -> str:
    """Hash the code of all classes that a question is made of, and everything that they need.

    Parameters
    ----------
    question : object
        Frozen dataclass; objects in its fields, also within tuples, count too.
    """
    return digest(frozenset(_classes(question)))


@cache
def digest(roots: frozenset[Definition]) -> str:
    """Hash some definitions, and everything in lmul that they need."""
    trees: dict[str, str] = {}
    left, seen = list(roots), set[Definition]()
    while left:
        definition = left.pop()
        module, name = definition
        if definition in seen or module in NEUTRAL:
            continue
        seen.add(definition)
        found = _module(module)
        if found is None:
            continue
        for statement in found.statements(name):
            trees[f"{module} {found.place(statement)}"] = found.dumped(statement)
            left += found.needs(statement)
    return hashlib.sha256("\0".join(trees[place] for place in sorted(trees)).encode()).hexdigest()


def _classes(value: object) -> Iterator[Definition]:
    if isinstance(value, tuple | list | frozenset):
        for each in value:
            yield from _classes(each)
    elif is_dataclass(value) and not isinstance(value, type):
        yield type(value).__module__, type(value).__qualname__.split(".")[0]
        for field in fields(value):
            yield from _classes(getattr(value, field.name))


@dataclass(frozen=True)
class _Module:
    """Statements of a module, by the names that they define.

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
        """Return the top-level statements, without docstrings."""
        return _without_texts(ast.parse(self.text)).body

    @cached_property
    def imports(self) -> dict[str, str]:
        """Return the dotted names of imports, in functions too, by their names in this module."""
        found: dict[str, str] = {}
        for node in (each for statement in self.body for each in ast.walk(statement)):
            if isinstance(node, ast.ImportFrom) and node.module is not None:
                found |= {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
            elif isinstance(node, ast.Import):
                found |= {each.asname or each.name: each.name for each in node.names}
        return found

    @cached_property
    def definitions(self) -> dict[str, int]:
        """Return the places of definitions in `body`, by name."""
        return {name: place for place, node in enumerate(self.body) for name in _defined(node)}

    @cached_property
    def others(self) -> list[int]:
        """List the places of statements that neither define nor import."""
        kinds = (ast.Import, ast.ImportFrom)
        return [place for place, node in enumerate(self.body) if not _defined(node) and not isinstance(node, kinds)]

    def statements(self, name: str) -> list[int]:
        """List the places of statements that belong to a name: its definition, and those that define nothing."""
        if name in self.definitions:
            return [self.definitions[name], *self.others]
        return self.others if name in self.imports else list(range(len(self.body)))

    def place(self, place: int) -> str:
        """Return a name for a statement that does not change when others are added."""
        return " ".join(_defined(self.body[place])) or self.dumped(place)

    def dumped(self, place: int) -> str:
        """Return the syntax tree of a statement as text, without line numbers."""
        return ast.dump(self.body[place])

    def needs(self, place: int) -> Iterator[Definition]:
        """Yield the definitions of lmul that a statement names, also in quoted annotations."""
        for node in ast.walk(self.body[place]):
            if isinstance(node, ast.Name):
                yield from self._named(node.id)
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                yield from self._named(node.value.id, node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
                yield from self._named(node.value)

    def _named(self, name: str, attribute: str | None = None) -> Iterator[Definition]:
        if name in self.definitions:
            yield self.name, name
        elif name in self.imports:
            module, _, original = self.imports[name].rpartition(".")
            if _module(self.imports[name]) is None:
                yield module, original
            elif attribute is not None:
                yield self.imports[name], attribute


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]


def _without_texts(tree: ast.Module) -> ast.Module:
    """Remove docstrings of modules, classes, functions and constants."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            node.body = [each for each in node.body if not _is_text(each)]
    return tree


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


@cache
def _module(name: str) -> _Module | None:
    """Read a module of lmul; None for any other."""
    text = source(name)
    return None if text is None else _Module(name, text)


def source(module: str) -> str | None:
    """Read the source of a module of lmul; None for any other."""
    if not module.startswith("lmul."):
        return None
    try:
        spec = find_spec(module)
    except ModuleNotFoundError:  # a name within a module
        return None
    return None if spec is None or spec.origin is None else Path(spec.origin).read_text("utf-8")
