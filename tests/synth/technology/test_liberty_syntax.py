"""The syntax of liberty files."""

import pytest

from lmul.synth.technology.liberty_syntax import check_tables, read_groups, write_groups

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
    ("text", "value"),
    [
        ("library(a) {\n x : 3\n y : 4;\n}", "3"),
        ("library(a) { x : 3 }", "3"),
        ("library(a)\n{\n x : 3;\n}", "3"),
        ("library(a) { x : \n 3 ; }", "3"),
        ("library(a) { x : 3 /* ; */ ; }", "3"),
        ("library(a) {\n x : 3 // 4\n}", "3"),
        ("library(a) { x : !(A&B)\n }", "!(A&B)"),
        ("library(a) { x : (CK); }", "(CK)"),
        ('library(a) { x : "http://b" }', "http://b"),
        ("library(a) { x (3) y (4) }", "3"),
        ('library(a) { x ("3", \\\r\n "4"); }', "3"),
        ("library(a) {\r\n x : 3\r\n}\r\n", "3"),
    ],
)
def test_spellings(text: str, value: str) -> None:
    assert read_groups(text).get("x") == value
    assert read_groups(write_groups(read_groups(text))).get("x") == value


def test_what_is_written_has_strings_where_readers_differ() -> None:
    library = read_groups("library(a)\r\n{\n f : !(A&B)\n n : 1.5e-3 \r\n s (1, \\\r\n ff) cell(x) { } t : a + b; }")
    assert write_groups(library).splitlines() == [
        'library ("a") {',
        'f : "!(A&B)";',
        "n : 1.5e-3;",
        "s (1, ff);",
        'cell ("x") {',
        "}",
        't : "a + b";',
        "}",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("library(a) {\n { b", r":2 must have `NAME : VALUE;`, `NAME \(VALUES\);` or `NAME \(VALUES\) \{`, not '{ b'"),
        ("library(a) {\n b c; }", ":2 must have .*, not 'b c; }'"),
        ("library(a) { b : ; }", ":1 must have .*, not 'b : ; }'"),
        ('library(a) {\n\n b : "c; }', ":3 must have .*, not 'b : \"c; }'"),
        ("library(a", ":1 must have .*, not 'library\\(a'"),
        ("library(a) {\n} }", ":2 must have .*, not '}'"),
        ("\nlibrary(a) {\n cell(b) {\n", ":3: cell must have a closing brace, not be open at the end"),
        ("", r" must be one group `library \(NAME\) \{`, not empty"),
        ("library(a) { } cell(b) { }", r" must be one group `library \(NAME\) \{`, not library and cell"),
    ],
)
def test_broken_texts_name_file_and_line(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=rf"^my\.lib{fault}$"):
        read_groups(text, "my.lib")


def test_numbers_name_file_and_line() -> None:
    library = read_groups('library(a) {\n cell(b) { area : x; t("1, y"); } }', "my.lib")
    [cell] = library.all("cell")
    with pytest.raises(ValueError, match=r"^my\.lib:2: area must be a number, not 'x'$"):
        cell.number("area", 0.0)
    with pytest.raises(ValueError, match=r"^my\.lib:2: t must be a number, not 'y'$"):
        cell.numbers("t")


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ('values("1, 2", "3, 4")', None),
        ('values("1, 2")', "rise must have 4 values, not 2"),
        ('index_1("7"); values("1, 2")', None),
        ('values("1, 2, z, 4")', "values must be a number, not 'z'"),
    ],
)
def test_tables_have_the_numbers_of_their_axes(table: str, fault: str | None) -> None:
    template = 'lu_table_template(t) { index_1("1, 2"); index_2("5, 6"); }'
    library = read_groups(f"library(a) {{ {template}\n pin(b) {{\n rise(t) {{ {table}; }} }} }}", "my.lib")
    if fault is None:
        check_tables(library)
    else:
        with pytest.raises(ValueError, match=rf"^my\.lib:3: {fault}$"):
            check_tables(library)
