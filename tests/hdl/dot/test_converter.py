# amaranth: UnusedElaboratable=no
"""Converters to log codes: their exported Verilog against the golden model for every code; names and manifest."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from lmul.golden.accumulators import DotParameters
from lmul.golden.codes import sign_magnitude
from lmul.golden.formats import BF16, E2M1, E3M4, E4M3, E5M2, INTEGERS
from lmul.golden.log_codes import log_codes
from lmul.golden.logarithms import LogFormat
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.dot.converter import LogConverter, converters
from lmul.hdl.dot.dot_product import DotProduct
from lmul.hdl.dot.integers import SignMagnitude
from lmul.hdl.export.verilog import export
from lmul.tools.yosys import run_yosys

FORMATS = [
    Parameters(f, Method.log(guard), subnormals=subnormals).log_formats[0]
    for f in (E4M3, E5M2, E3M4, E2M1)
    for guard in (0, 1, 4)
    for subnormals in (True, False)
]
FORMATS += [
    LogFormat(E4M3, 4, (0, 2, 2, 9, 9, 11, 16, 16), True),  # carries into the exponent
    LogFormat(E3M4, 4, (*range(15), 16), False),
    *Parameters(E2M1, Method.log(1), y_format=E4M3).log_formats[:1],  # every fourth entry of a longer table
    Parameters(BF16, Method.log(1)).log_formats[0],
    *(Parameters(f, subnormals=True).entry_formats[0] for f in (E2M1, E4M3, E5M2, BF16)),
]


def looked_up(unit, folder):
    """The log code of every code by the exported Verilog, as Yosys evaluates it."""
    verilog = export(unit, folder).verilog
    table = run_yosys(
        [f"read_verilog {verilog.name}", f"prep -flatten -top {unit.name}", "eval -show word -table code"], folder
    )
    rows = re.findall(r"^ *\d+'([01]+) \| *\d+'([01]+) *$", table, re.MULTILINE)
    assert [int(code, 2) for code, _ in rows] == list(range(1 << len(unit.code)))
    return [int(log, 2) for _, log in rows]


@pytest.mark.parametrize("f", FORMATS, ids=lambda f: f.name)
def test_every_code_is_converted_as_the_model_does(f, tmp_path):
    codes = np.arange(1 << f.format.width)
    np.testing.assert_array_equal(looked_up(LogConverter(f), tmp_path), log_codes(f, codes))


@pytest.mark.parametrize("name", INTEGERS)
def test_every_integer_becomes_sign_and_magnitude(name, tmp_path):
    f = INTEGERS[name]
    found = looked_up(SignMagnitude(f), tmp_path)
    np.testing.assert_array_equal(found, sign_magnitude(f, np.arange(1 << f.width, dtype=np.uint32)))
    negative = [-(code & (f.sign_bit - 1)) if code & f.sign_bit else code for code in found]
    half = f.sign_bit
    assert negative == [*range(half), 0, *range(1 - half, 0)]


def test_names_and_manifest(tmp_path):
    carries = LogFormat(E4M3, 4, (0, 2, 2, 9, 9, 11, 16, 16), False)
    names = [LogConverter(f).name for f in (FORMATS[2], FORMATS[3], carries)]
    assert names == ["to_e4m3_log4", "to_e4m3_log4_flushed", "to_e4m3_log4x5ab967bb_flushed"]
    files = export(LogConverter(FORMATS[2], "entry"), tmp_path)
    manifest = json.loads(files.manifest.read_text())
    assert (files.verilog.name, manifest["kind"], manifest["latency"]) == ("entry.v", "log_converter", 0)
    assert manifest["logarithms"] == [0, 3, 5, 7, 9, 11, 13, 15]
    assert (manifest["exponent_bits"], manifest["excess"], manifest["subnormals"]) == (5, 3, True)
    assert "counts in full, normalised" in files.verilog.read_text()
    with pytest.raises(ValueError, match=r"^name must be "):
        LogConverter(FORMATS[2], "1st")


def test_equal_operands_share_a_converter():
    assert [c.name for c in converters(DotParameters(Parameters(E4M3, Method.log(1))))] == ["to_e4m3_log4"]
    mixed = DotParameters(Parameters(E4M3, Method.log(1), y_format=E5M2))
    assert [c.name for c in converters(mixed)] == ["to_e4m3_log4", "to_e5m2_log4"]
    assert converters(DotParameters(Parameters(E4M3))) == []


def test_converted_operands_have_no_converter():
    mixed = DotParameters(Parameters(E4M3, Method.EXACT, y_format=E2M1, subnormals=True), converted="y")
    assert [c.name for c in converters(mixed)] == ["to_e4m3_normalised"]
    assert converters(replace(mixed, converted="xy")) == []
    unit = DotProduct(mixed, 2)
    assert (len(unit.x.p.x), len(unit.y.p.y)) == (2 * 8, 2 * 5)
    y = unit.manifest["layout"]["y"][0]
    assert (y["content"], y["element_bits"], unit.manifest["converted"]) == ("word y", 5, ["y"])
    assert "y comes in converted. A normalised code is sign | exponent, 3 bits" in " ".join(unit.description)
