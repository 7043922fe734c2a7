import numpy as np
import pytest

from lmul.golden.formats import BF16, E4M3, format_named
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters, Policy
from lmul.sim.jobs.products import (
    Checked,
    Work,
    compare,
    lane_type,
    port,
    read_job,
    read_outcome,
    write_job,
    write_outcome,
)
from lmul.sim.verilog.unit_top import Group, SimulatedUnit


def codes(*values):
    return np.array(values, np.uint32)


X, Y = codes(0x38, 0x40, 0xB8, 0x07), codes(0x38, 0x38, 0x40, 0x40)
PRODUCTS = np.array([0x39, 0x41, 0xC1, 0x00], np.uint8)  # by hand: X + Y - 0x37, signs apart, a subnormal is zero


def test_equal_products_give_no_complaint():
    checked = compare("unit", Parameters(E4M3), X, Y, PRODUCTS, 0.5)
    assert (checked.name, checked.products, checked.mismatches, checked.complaint) == ("unit", 4, 0, "")
    assert checked.passed and checked.seconds == 0.5
    assert checked.codes.dtype == np.uint32 and checked.codes.tolist() == PRODUCTS.tolist()


def test_mismatches_are_counted_and_the_first_is_told():
    wrong = PRODUCTS ^ np.array([0, 1, 0, 0x80], np.uint8)
    checked = compare("unit", Parameters(E4M3), X, Y, wrong, 0.5)
    assert (checked.products, checked.mismatches, checked.passed) == (4, 2, False)
    assert checked.complaint == "x 0x40, y 0x38: expected 0x41, got 0x40"
    assert checked.codes.tolist() == wrong.tolist()


def test_the_sign_of_a_zero_counts():
    checked = compare("unit", Parameters(E4M3), codes(0x80), codes(0x38), np.array([0], np.uint8), 0.5)
    assert checked.complaint == "x 0x80, y 0x38: expected 0x80, got 0x00"


def test_codes_are_told_with_all_their_digits():
    checked = compare("unit", Parameters(BF16), codes(0), codes(1), np.array([0xABC], np.uint16), 0.5)
    assert checked.complaint == "x 0x0000, y 0x0001: expected 0x0000, got 0x0abc"


def test_each_code_has_the_digits_of_its_own_format():
    p = Parameters(BF16, Method.MITCHELL, Policy.RAW, y_format=E4M3, result=format_named("e4m7"))
    wrong = compare("unit", p, codes(0x3F80), codes(0x38), np.array([0], np.uint16), 0.5)
    assert wrong.complaint == "x 0x3f80, y 0x38: expected 0x380, got 0x000"
    assert compare("unit", p, codes(0x3F80), codes(0x38), np.array([0x380], np.uint16), 0.5).passed


@pytest.mark.parametrize(("width", "size"), [(4, 1), (8, 1), (9, 2), (16, 2), (19, 4), (32, 4)])
def test_a_lane_crosses_as_bytes_lowest_first(width, size):
    assert lane_type(width).itemsize == size
    assert np.array([1], lane_type(width)).tobytes() == bytes([1, *[0] * (size - 1)])


def test_a_job_reaches_the_process_that_is_told_where_it_is(tmp_path, monkeypatch):
    parameters = (Parameters(E4M3), Parameters(E4M3, Method.EXACT))
    work = Work(
        Group("w8x8", 8, 8, (SimulatedUnit("lmul_e4m3_flush", 8), SimulatedUnit("exact_e4m3_flush", 8))),
        parameters,
        X,
        Y,
    )
    monkeypatch.setenv("LMUL_JOB", str(write_job(tmp_path, [work])))
    (read,) = read_job()
    assert (read.group, read.parameters) == (work.group, work.parameters)
    np.testing.assert_array_equal([read.x, read.y], [X, Y])


def test_the_outcome_reaches_the_caller(tmp_path, monkeypatch):
    monkeypatch.setenv("LMUL_JOB", str(write_job(tmp_path, [])))
    write_outcome([Checked("unit", 4, 1, "wrong", X, 0.25)])
    (read,) = read_outcome(tmp_path)
    assert (read.name, read.products, read.mismatches, read.complaint, read.seconds) == ("unit", 4, 1, "wrong", 0.25)
    np.testing.assert_array_equal(read.codes, X)


def test_there_is_no_outcome_before_a_bench_has_written_one(tmp_path):
    write_job(tmp_path, [])
    with pytest.raises(FileNotFoundError, match=r"^\[Errno 2\] No such file or directory: '.*outcome\.pickle'$"):
        read_outcome(tmp_path)


def test_what_is_no_signal_is_refused():
    with pytest.raises(TypeError, match=r"^x_w8 must be a signal, not 'a scope'$"):
        port({"x_w8": "a scope"}, "x_w8")
