"""Tables on terminals that are too narrow for them: nothing is cut."""

import io

from rich.console import Console

from lmul.cli.console import show_sections
from lmul.reporting.sections import Section, decimals, plain


def shown(width, columns, records):
    text = io.StringIO()
    show_sections(Console(width=width, file=text), [Section("key", "Heading", records, columns, group=())])
    return [line.rstrip() for line in text.getvalue().splitlines()]


def test_columns_that_do_not_fit_follow_in_a_table_of_their_own_with_the_names_of_the_rows():
    columns = {"format": ("format", plain), "method": ("method", plain)}
    columns |= {key: (f"{key} um2", decimals(3)) for key in "abc"}
    records = [
        {"format": "e4m3", "method": name, "a": 1234.5, "b": 1e9, "c": n} for n, name in enumerate(("lmul", "exact"))
    ]
    assert shown(44, columns, records) == [
        "Heading",
        "                        a                  b",
        "format  method        um2                um2",
        "e4m3      lmul  1,234.500  1,000,000,000.000",
        "e4m3     exact  1,234.500  1,000,000,000.000",
        "",
        "                    c",
        "format  method    um2",
        "e4m3      lmul  0.000",
        "e4m3     exact  1.000",
        "",
    ]
    assert shown(43, columns, records)[2] == "format  method        um2"
    assert len(shown(80, columns, records)) == 6


def test_names_and_texts_that_are_too_long_are_folded_and_not_cut():
    records = [{"design": "n" * 50, "area": 12345.0, "best": "w" * 70}]
    columns = {"design": ("design", plain), "area": ("area", decimals(1)), "best": ("best", plain)}
    text = shown(40, columns, records)
    assert max(map(len, text)) <= 40
    assert sum(line.count("n") for line in text) >= 50 and sum(line.count("w") for line in text) >= 70
    assert any("12,345.0" in line for line in text)


def test_a_section_without_rows_is_told_in_its_notes():
    text = io.StringIO()
    show_sections(Console(width=40, file=text), [Section("key", "Left out", [], {}, (), ["It failed."])])
    assert text.getvalue().split("\n") == ["Left out", "It failed.", "", ""]
