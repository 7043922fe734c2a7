"""The option of rivals, taken apart."""

from pathlib import Path

import pytest

from lmul.cli.rivals import rival_source, rivals_of, without_folders
from lmul.golden.formats import BF16, E4M3, E5M2
from lmul.synth.rivals.source import Source


def test_the_short_form() -> None:
    assert rival_source("ucsd=lmul.v:top", [E4M3]) == (Source("ucsd", (Path("lmul.v"),), "top"), E4M3, E4M3)


def test_everything() -> None:
    text = "hard-float=a.v,dir/b.sv:Top_1(in1, in2,out,mode=0,rm=3)@bf16"
    source = Source(
        "hard-float", (Path("a.v"), Path("dir/b.sv")), "Top_1", ("in1", "in2", "out"), (("mode", 0), ("rm", 3))
    )
    assert rival_source(text, [E4M3, E5M2]) == (source, BF16, BF16)


def test_parameters_folders_and_another_result() -> None:
    text = "mine=a.v,+incdir+inc:top#(E=4, M=0x3,W=8'h1f)(x,y,p,mode=2'b10)@e4m3:bf16"
    values = {"parameters": (("E", 4), ("M", 3), ("W", 31)), "constants": (("mode", 2),), "include": (Path("inc"),)}
    source = Source("mine", (Path("a.v"),), "top", ("x", "y", "p"), **values)
    assert rival_source(text, [E5M2]) == (source, E4M3, BF16)


def test_file_lists(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "all.f").write_text("// mine\na.v  b.sv # two\n+incdir+inc+../other\n\n-f more/rest.f\n")
    (tmp_path / "more" / "rest.f").write_text("c.v\n")
    source, _, _ = rival_source(f"mine={tmp_path}/all.f,d.v:top", [E4M3])
    assert source.files == (tmp_path / "a.v", tmp_path / "b.sv", tmp_path / "more/c.v", Path("d.v"))
    assert source.include == (tmp_path / "inc", tmp_path / "../other")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("-f all.f", "file list .*all.f must not name itself"),
        ("a.v\n-y lib", r"file list .*all.f, line 2, must name files, -f or \+incdir\+, not '-y lib'"),
        ("a.v\0", "file list .*all.f must be text"),
        ("+incdir+x", "rival must name a file of Verilog, not '.*all.f' alone"),
    ],
)
def test_file_lists_that_are_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "all.f").write_text(text)
    with pytest.raises(ValueError, match=f"^{message}$"):
        rival_source(f"mine={tmp_path}/all.f:top", [E4M3])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lmul.v:top", r"rival must be NAME=.*, not 'lmul.v:top'"),
        ("a=lmul.v", r"rival must be NAME=.*, not 'a=lmul.v'"),
        ("a=b.v:top(x,y)@e4m3", "rival must name three ports, x, y and p, or none, not x, y"),
        ("a=b.v:top(m=q)@e4m3", "rival must have a number for its port m, not 'q'"),
        ("a=b.v:top", r"rival must name its format, as in a=b.v:top@e4m3, where the report has not just one --format"),
        ("a=b.v,:top@e4m3", "rival must name files between commas, not 'b.v,'"),
        ("a=b.v:top(x,x,p)@e4m3", "rival must name each port once, not twice x"),
        ("a=b.v:top(x,y,p,m=0,m=1)@e4m3", "rival must name each port once, not twice m"),
        ("a=b.v:top@e4m3:bf16:e4m3", r"rival must be NAME=.*, not 'a=b.v:top@e4m3:bf16:e4m3'"),
        ("a=b.v:top@e9", r"format must be one of .*, not 'e9'"),
    ],
)
def test_one_line_for_each_mistake(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        rival_source(text, [E4M3, E5M2])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a=/home/me/b.v:top", "a=b.v:top"),
        ("a=../x/b.sv,y/c d.v:top(x,y,p,m=0)@e4m3", "a=b.sv,c d.v:top(x,y,p,m=0)@e4m3"),
        ("a=b.v:top@bf16", "a=b.v:top@bf16"),
        ("a=x/b.v,+incdir+y/inc:top#(E=4)@e4m3:bf16", "a=b.v,+incdir+inc:top#(E=4)@e4m3:bf16"),
        ("no/shape", "no/shape"),
    ],
)
def test_folders_are_not_shown(text: str, shown: str) -> None:
    assert without_folders(text) == shown


def test_names_differ() -> None:
    with pytest.raises(ValueError, match=r"^rivals must have different names, not twice 'a'$"):
        rivals_of(["a=b.v:top", "a=c.v:top"], [E4M3])
    with pytest.raises(ValueError, match=r"^rival must not have the name of a method of ours, not 'lmul'$"):
        rivals_of(["lmul=b.v:top"], [E4M3])
