"""Tests of an installed copy of other sources do not begin."""

import shutil
from pathlib import Path

import pytest
from support.tree import PACKAGES, differing

import lmul


@pytest.fixture
def installed(tmp_path):
    """A tree, and a package that was installed from it."""
    for name in ("lmul", *PACKAGES):
        (tmp_path / name / "inner").mkdir(parents=True)
        (tmp_path / name / "inner" / "module.py").write_text(f"NAME = {name!r}")
    (tmp_path / "sim" / "sweep.cpp").write_text("int main() {}")
    shutil.copytree(tmp_path / "lmul", tmp_path / "site" / "lmul")
    for name, inner in PACKAGES.items():
        shutil.copytree(tmp_path / name, tmp_path / "site" / "lmul" / inner)
    return tmp_path


def test_a_copy_is_the_tree_and_so_is_a_link(installed):
    assert differing(installed, installed / "site" / "lmul") == []
    shutil.rmtree(installed / "site" / "lmul" / "golden")
    (installed / "site" / "lmul" / "golden").symlink_to(installed / "golden")
    (installed / "cli" / "inner" / "__pycache__").mkdir()
    (installed / "cli" / "inner" / "__pycache__" / "module.nbc").write_bytes(b"")
    assert differing(installed, installed / "site" / "lmul") == []


@pytest.mark.parametrize("name", ["golden/inner/module.py", "sim/sweep.cpp", "lmul/inner/module.py"])
def test_a_changed_or_a_new_file_is_named(installed, name):
    (installed / name).write_text("changed")
    (installed / "tools" / "new.py").write_text("")
    found = differing(installed, installed / "site" / "lmul")
    assert found == sorted([str(installed / name), str(installed / "tools" / "new.py")])


def test_a_module_that_the_tree_has_no_longer_is_named(installed):
    (installed / "golden" / "inner" / "module.py").unlink()
    assert differing(installed, installed / "site" / "lmul") == [str(installed / "golden" / "inner" / "module.py")]


def test_these_tests_import_this_tree():
    assert {path.name for path in Path(lmul.__file__).parent.iterdir()} >= set(PACKAGES.values())
