"""What is compiled once, and when again: builds with a compiler that copies, and writes down what it was called for."""

import logging
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from lmul.sim import compiled
from lmul.sim.compiled import Make, compiled_anew, compiled_parts
from lmul.tools.store import Store

COMPILER = """\
#!/bin/sh
if [ "$1" = -v ]; then echo "VERSION"; exit; fi
for word; do [ "$previous" = -o ] && target=$word; previous=$word; done
echo "$target" >> calls
(cat "$previous"; echo "$@") > "$target"
"""

CLASSES = "VM_PARALLEL_BUILDS = 0\nVM_GLOBAL_FAST += \\\n  verilated \\\n  verilated_vpi \\\n\n"

RULES = """\
top: verilated.o verilated_vpi.o verilator.o model.o
	cat $^ > top
%.o: INCLUDE/%.cpp
	COMPILER -Os -IINCLUDE -c -o $@ $<
model.o: model.cpp
	COMPILER $(OPT_FAST) -c -o $@ $<
%.fast.gch: %
	COMPILER $(OPT_FAST) -x c++-header -o $@ $<
"""

RUNTIME = ["verilated.o", "verilated_vpi.o", "verilator.o"]
HEADER = "runtime.h.fast.gch"


class Tools:
    """A compiler, the sources of a runtime, and builds of designs with them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.builds = folder, 0
        self.store = Store(folder / "kept", private=True)
        (folder / "include").mkdir()
        for name in ("verilated", "verilated_vpi", "verilator"):
            self.source(name, f"source of {name}")
        self.version("gcc version 12")

    def source(self, name: str, text: str) -> None:
        (self.folder / "include" / f"{name}.cpp").write_text(text)
        compiled._digest.cache_clear()

    def version(self, text: str) -> None:
        (self.folder / "c++").write_text(COMPILER.replace("VERSION", text))
        (self.folder / "c++").chmod(0o755)

    def design(self, model: str = "class Vtop") -> Make:
        self.builds += 1
        folder = self.folder / f"build{self.builds}"
        folder.mkdir()
        rules = RULES.replace("COMPILER", str(self.folder / "c++")).replace("INCLUDE", str(self.folder / "include"))
        for name, text in {
            "Vtop.mk": rules,
            "Vtop_classes.mk": CLASSES,
            "Vtop.h": model,
            "model.cpp": f"model {self.builds}",
        }.items():
            (folder / name).write_text(text)

        def ask(command):
            return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout

        command = ["make", "-f", "Vtop.mk", "OPT_FAST=-O0"]
        return Make(folder, command, ask, ask, self.store, "-O0")

    def compiled(self, make: Make | None = None) -> list[str]:
        """Build a design; return what was compiled."""
        make = make or self.design()
        make.build()
        assert (make.folder / "top").read_text().count("source of verilat") == 3
        return sorted((make.folder / "calls").read_text().split())


@pytest.fixture
def tools(tmp_path):
    return Tools(tmp_path)


def files(tools, part=""):
    found = [path for path in tools.store.folder.rglob("*") if path.is_file()]
    return [path for path in found if part.encode() in path.read_bytes()]


def test_the_second_design_is_all_that_is_compiled(tools):
    assert tools.compiled() == sorted(["model.o", HEADER, *RUNTIME])
    assert tools.compiled() == ["model.o"]
    text = (tools.folder / "build2" / "top").read_text()
    assert "model 2" in text and "-O0 -include runtime.h.fast" in text


def test_a_build_in_the_same_folder_compiles_what_make_says(tools):
    make = tools.design()
    tools.compiled(make)
    (make.folder / "calls").write_text("")
    make.build()
    assert (make.folder / "calls").read_text() == ""


@pytest.mark.parametrize(
    ("change", "anew"),
    [
        (lambda tools: tools.source("verilated_vpi", "source of verilated_vpi 2"), RUNTIME),  # a folder counts whole
        (lambda tools: tools.version("gcc version 13"), [HEADER, *RUNTIME]),
    ],
)
def test_what_has_changed_is_compiled_again(tools, change, anew):
    tools.compiled()
    change(tools)
    assert tools.compiled() == sorted(["model.o", *anew])


def test_another_class_of_the_model_or_other_options_count_where_they_matter(tools):
    tools.compiled()
    assert tools.compiled(tools.design("class Vtop 2")) == ["model.o", "verilator.o"]
    make = tools.design()
    rules = make.folder / "Vtop.mk"
    rules.write_text(rules.read_text().replace("-Os", "-O3"))
    assert tools.compiled(make) == sorted(["model.o", *RUNTIME])


def test_without_a_precompiled_header_there_is_none(tools):
    tools.version("clang version 15")
    assert tools.compiled() == sorted(["model.o", *RUNTIME])
    assert tools.compiled(replace(tools.design(), precompiled="")) == ["model.o"]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "damaged"),
        (lambda path: path.write_bytes(path.read_bytes() + b" "), "damaged"),
        (lambda path: path.chmod(0o622), "which others cannot write"),
        (lambda path: path.parent.chmod(0o770), "others must not be able to write there"),
        (lambda path: path.parent.parent.chmod(0o703), "others must not be able to write there"),
    ],
)
def test_what_others_could_have_written_is_not_run(tools, caplog, spoil, said):
    tools.compiled()
    (path,) = files(tools, "source of verilated_vpi")
    spoil(path)
    with caplog.at_level(logging.WARNING):
        assert "verilated_vpi.o" in tools.compiled()
    assert said in caplog.text and str(path) in caplog.text
    assert tools.compiled() == ["model.o"]


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="this system knows no owners of files")
def test_what_belongs_to_another_user_is_not_run(tools, monkeypatch):
    tools.compiled()
    own = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: own + 1)
    assert tools.compiled() == sorted(["model.o", HEADER, *RUNTIME])


def test_nobody_else_can_read_what_is_kept(tools):
    before = os.umask(0)
    try:
        tools.compiled()
    finally:
        os.umask(before)
    modes = {path.stat().st_mode & 0o777 for path in files(tools)}
    folders = {path.stat().st_mode & 0o777 for path in (tools.store.folder, *tools.store.folder.iterdir())}
    assert (modes, folders) == ({0o600}, {0o700})


def test_without_a_store_all_is_compiled_and_nothing_kept(tools):
    make = replace(tools.design(), store=None)
    assert tools.compiled(make) == sorted(["model.o", *RUNTIME])
    assert not tools.store.folder.exists()


def test_where_parts_are_kept(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    found = compiled_parts()
    assert found is not None and (found.folder, found.private) == (tmp_path / "lmul" / "compiled", True)
    with compiled_anew():
        assert compiled_parts() is None
    assert compiled_parts() is not None
