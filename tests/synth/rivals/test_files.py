"""What a rival's files may read, and what they may not."""

import os
import re
from pathlib import Path

import pytest

from lmul.golden.formats import E4M3
from lmul.synth.rivals.files import copy_files
from lmul.synth.rivals.source import Source, read_rival

_ADDER = """
module adder (input [7:0] a, b, output [7:0] product);
  assign product = a + b + `OFFSET;
endmodule
"""
_DEFINED = "`define OFFSET 8'h37\n"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The rival's folder, with files beside, below and above it."""
    folder = tmp_path / "own"
    (folder / "below" / "more").mkdir(parents=True)
    for path in (folder / "beside.vh", folder / "below" / "below.vh", tmp_path / "above.vh"):
        path.write_text(_DEFINED)
    (folder / "below" / "more" / "up.vh").write_text('`include "../below.vh"\n')
    (folder / "out.vh").symlink_to(tmp_path / "above.vh")
    (folder / "in.vh").symlink_to(folder / "beside.vh")
    return folder


def _copied(folder: Path, text: str) -> tuple[list[str], dict[str, str]]:
    (folder / "a.sv").write_text(text)
    copies = folder.parent / "copies"
    copies.mkdir()
    return copy_files("rival r", [folder / "a.sv"], copies)


@pytest.mark.parametrize("package", ["", "package slang; typedef struct packed { logic a; } t; endpackage\n"])
@pytest.mark.parametrize("name", ["beside.vh", "below/below.vh", "below/more/up.vh", "below/../beside.vh", "in.vh"])
def test_files_beside_and_below_are_included(own: Path, name: str, package: str) -> None:
    text = f'{package}`include "{name}"\n' + _ADDER + ("import slang::*;" if package else "")
    (own / "a.sv").write_text(text)
    assert "module rival_inner" in read_rival(Source("r", (own / "a.sv",), "adder"), E4M3).verilog


@pytest.mark.parametrize("name", ["../above.vh", "/etc/hostname", "../none.vh", "out.vh", "below/../../above.vh"])
def test_what_lies_elsewhere_is_not_included(own: Path, name: str) -> None:
    said = f"rival r: a.sv must include files of its own folder or of an +incdir+, not {name}"
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        _copied(own, f'`include "{name}"\n' + _ADDER)


def test_nor_is_it_by_a_file_that_is_included(own: Path) -> None:
    (own / "beside.vh").write_text('`include "/etc/hostname"\n')
    said = r"^rival r: beside\.vh must include files of its own folder or of an \+incdir\+, not /etc/hostname$"
    with pytest.raises(ValueError, match=said):
        _copied(own, '`include "beside.vh"\n')


@pytest.mark.parametrize(
    "text",
    [
        'initial $readmemh("table.mem", r);',
        "initial $readmemb(NAME, r);",
        'initial $fopen("x");',
        "`ifdef NEVER\ninitial $readmemh(NAME, r);\n`endif",
        "`define A $read\n`define B memh\ninitial `A`B (NAME, r);",
        "`define D $\ninitial `D``readmemh(NAME, r);",
        "`define J(a, b) a``b\ninitial `J($, readmemh)(NAME, r);",
        '/* // */ initial $readmemh("x", r); // */',
        'initial $display("/*"); initial $readmemh("x", r); /* " */',
        'import "DPI-C" function int system(string s);',
        "`define F NAME\n`include `F",
        '`define B `\n`B``include "beside.vh"',
        '\\" `include "beside.vh"',
        '`include /* */ "beside.vh"',
    ],
)
def test_what_reads_other_files_or_hides_it_is_refused(own: Path, text: str) -> None:
    with pytest.raises(ValueError, match=r"^rival r: a\.sv must (not use|not have|name what it includes)[^\n]*$"):
        _copied(own, text)


@pytest.mark.parametrize(
    "text",
    [
        '// `include "/etc/hostname" $readmemh',
        '/* $fopen\n`include "/x" */',
        'initial $display("$readmemh `include");',
        "wire a$readmemh = $signed(b) + $clog2(3);",
        "int q[$]; wire \\a+b = `X(a``b); assert property (a |-> ##[1:$] b);",
        '`define S(x) `"x`"\n`define T \\\n  3',
        '`ifdef OTHER\n`include "vendor.vh"\n`endif',
        "specify $setup(d, posedge c, 1); $width(posedge c, 2); $setuphold(posedge c, d, 1, 1); endspecify",
    ],
)
def test_what_only_looks_like_it_is_taken(own: Path, text: str) -> None:
    copies, names = _copied(own, text)
    assert names == {copies[0]: "a.sv"}
    assert (own.parent / "copies" / copies[0]).read_text() == text.replace('"vendor', '"./vendor')


def test_what_is_no_regular_file_is_not_read(own: Path) -> None:
    os.mkfifo(own / "fifo.v")
    said = rf"^rival r: {re.escape(str(own))}/fifo\.v must be a regular file, not a FIFO$"
    with pytest.raises(ValueError, match=said):
        read_rival(Source("r", (own / "fifo.v",), "adder"), E4M3)
    with pytest.raises(ValueError, match=said):
        _copied(own, '`include "fifo.v"')


def test_files_that_include_each_other_are_copied_once(own: Path) -> None:
    (own / "beside.vh").write_text('`ifdef MORE\n`include "a.sv"\n`include "beside.vh"\n`endif\n')
    _, names = _copied(own, '`ifdef MORE\n`include "beside.vh"\n`endif\n`include "in.vh"')
    assert sorted(names.values()) == ["a.sv", "in.vh"]


@pytest.mark.parametrize("text", ['`include "a.sv"\n', '`include "circle.vh"\n'])
def test_a_circle_of_includes_is_refused(own: Path, text: str) -> None:
    (own / "circle.vh").write_text('`include "a.sv"\n')
    with pytest.raises(ValueError, match=r"^rival r: \S+ must not include itself without an `ifndef around it$"):
        _copied(own, text)


def test_a_guard_ends_a_circle(own: Path) -> None:
    (own / "circle.vh").write_text('`ifndef ONCE\n`define ONCE\n`include "a.sv"\n`endif\n')
    files, _ = _copied(own, '`ifndef TOP\n`define TOP\n`include "circle.vh"\n`endif\n')
    assert len(files) == 1
