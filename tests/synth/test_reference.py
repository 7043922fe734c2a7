"""No named unit grows, and none changes unannounced: whoever means it writes the table anew by `make reference`."""

import json

import pytest
from support.reference import TABLE, complaints, measured

_OLD = {"a": {"verilog_sha256": "1", "nand2": 100.0}, "b": {"verilog_sha256": "2", "nand2": 10.0}}


def test_units_are_as_the_table_says():
    assert complaints(json.loads(TABLE.read_text()), measured()) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"a": {"verilog_sha256": "1", "nand2": 102.0}}, []),
        ({"a": {"verilog_sha256": "1", "nand2": 50.0}}, []),
        ({"a": {"verilog_sha256": "1", "nand2": 102.1}}, ["a has grown from 100.0 to 102.1 NAND2 equivalents"]),
        ({"b": {"verilog_sha256": "3", "nand2": 10.0}}, ["b has another Verilog"]),
        ({"c": {"verilog_sha256": "3", "nand2": 10.0}}, ["c is not in the table"]),
    ],
)
def test_what_is_told(change, said):
    assert complaints(_OLD, _OLD | change) == said


def test_a_unit_that_is_gone_is_told():
    assert complaints(_OLD, {"a": _OLD["a"]}) == ["b is in the table alone"]
