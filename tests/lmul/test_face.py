"""What `import lmul` offers: every name, its examples, and nothing that is loaded before it is used."""

import ast
import doctest
import inspect
import subprocess
import sys
from importlib import import_module

import pytest

import lmul

NAMES = [name for name in dir(lmul) if not name.startswith("_")]


def test_its_examples_print_what_they_say():
    outcome = doctest.testmod(lmul)
    assert outcome.attempted >= 9 and not outcome.failed


def test_types_are_known_for_every_name_and_from_the_module_that_it_comes_from():
    """Type checkers read the imports that never run."""
    known, _ = (node for node in ast.parse(inspect.getsource(lmul)).body if isinstance(node, ast.If))
    found = [node for node in known.body if isinstance(node, ast.ImportFrom)]
    imports = {alias.asname: node.module for node in found for alias in node.names}
    assert imports == {name: lmul._HOME[name] for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_there_and_documented(name):
    found = getattr(lmul, name)
    assert found is getattr(import_module(lmul._HOME[name]), name)
    assert isinstance(found, lmul.Format) or inspect.getdoc(found)


def test_a_star_brings_the_names_and_nothing_else():
    space = {}
    exec("from lmul import *", space)
    assert set(space) - {"__builtins__"} == {*lmul._HOME, "__version__"} == set(lmul.__all__)


def test_another_name_is_an_error():
    with pytest.raises(AttributeError, match=r"^module 'lmul' has no attribute 'nonsense'$"):
        _ = lmul.nonsense


def test_nothing_is_loaded_before_it_is_used():
    code = "import sys, lmul; print(lmul.__version__); print(*(m for m in sys.modules if m in ('numpy', 'amaranth')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [lmul.__version__]
