"""The syntax of liberty files."""

import pytest

from lmul.synth.technology.liberty_syntax import read_groups

_TEXT = r"""
/* a comment { */ library ("some name") { // another {
  unit (1, "ff");
  a : 3.5 ; b : "x y"
  ; c : VDD + 0.5;
  values ("1, 2", \
          "3 4");
  cell(INV) { area : 2; pin (A, B) { } }
  cell (NAND) { pin(A) { } ; }
}
/* end */
"""


def test_groups_and_attributes() -> None:
    library = read_groups(_TEXT)
    assert (library.kind, library.name, library.attributes["unit"]) == ("library", "some name", ["1", "ff"])
    assert (library.number("a", 0.0), library.number("z", 7.0)) == (3.5, 7.0)
    assert (library.get("b"), library.get("c"), library.get("z")) == ("x y", "VDD + 0.5", "")
    assert library.numbers("values") == [1, 2, 3, 4]
    assert [cell.name for cell in library.all("cell")] == ["INV", "NAND"]
    assert [pin.arguments for cell in library.all("cell") for pin in cell.all("pin")] == [["A", "B"], ["A"]]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("library(a) { ", "must have word or string where it has its end"),
        ("library(a) { b c; }", r"must have \( where it has 'c'"),
        ("library(a) { b : ; }", "must have word or string where it has ';'"),
        ('library(a) { b : "c; }', "must have word or string where it has '\"'"),
        ("library(a", r"must have word or string where it has its end"),
        ("library(a) { } }", "must have word or string where it has '}'"),
        ("", "must be one group, not 0"),
    ],
)
def test_broken_texts(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=rf"^liberty text {fault}$"):
        read_groups(text)
