"""Compiled sums of products against the model, and some against the definition on Python's integers and fractions."""

import subprocess
import sys
import tracemalloc

import numpy as np
import pytest

from lmul.golden import reference
from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.dot import sums as golden
from lmul.golden.formats import BF16, E2M1, E3M4, E4M3, E5M2, FP16, FP32, INTEGERS, format_named
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.kernels import sums, work
from lmul.kernels.work import Work

E8M4 = format_named("e8m4")
FORMATS = [*((f, f) for f in (E4M3, E5M2, E3M4, E2M1, BF16, E8M4)), (E4M3, E5M2), (BF16, E4M3)]
WINDOWS = (12, 2, 20, 40)


def products_of(x, y):
    """One of each kind of product."""
    t = min(max(x.mantissa_bits, y.mantissa_bits), 2)
    for method in (Method.LMUL, Method.MITCHELL, Method.constant(1), Method.corrected(t), Method.ROUNDED, Method.EXACT):
        yield Parameters(x, method, y_format=y)
    yield Parameters(x, Method.log(1, 2, -1), y_format=y)
    yield Parameters(x, Method.log(1, 4), y_format=y, subnormals=False)
    yield Parameters(x, Method.LMUL, y_format=y, subnormals=True)


def cases_of(x, y):
    """Every accumulator with every kind of product; windows take turns."""
    for i, p in enumerate(products_of(x, y)):
        for accumulator in Accumulator:
            window = WINDOWS[i % len(WINDOWS)] if accumulator is Accumulator.ANCHORED else None
            try:
                yield DotParameters(p, accumulator, 1024, window)
            except ValueError:
                assert accumulator is Accumulator.FIXED and BF16.exponent_bits in (x.exponent_bits, y.exponent_bits)


CASES = [case for formats in FORMATS for case in cases_of(*formats)]
NARROW = [case for case in CASES if max(case.product.format.width, case.product.y_format.width) <= 8]
SOME = [
    DotParameters(Parameters(E4M3), Accumulator.ANCHORED, 1024, 12),
    DotParameters(Parameters(E5M2, Method.EXACT), Accumulator.ANCHORED, 1024, 40),
    DotParameters(Parameters(E4M3), Accumulator.FIXED),
    DotParameters(Parameters(E5M2), Accumulator.FIXED),
    DotParameters(Parameters(E4M3, Method.log(1)), Accumulator.FP32),
    DotParameters(Parameters(BF16), Accumulator.FP32),
    DotParameters(Parameters(E4M3), Accumulator.E4M3),
]


@pytest.fixture(autouse=True)
def always(monkeypatch):
    """Loops serve for few products, too."""
    monkeypatch.setattr(work, "WORTH", 1)


@pytest.fixture
def served(monkeypatch):
    """The ways that were taken; None for the model's."""
    ways, begun = [], Work.begun

    def noted(*arguments):
        found = begun(*arguments)
        ways.append(found and type(found.way).__name__)
        return found

    monkeypatch.setattr(Work, "begun", noted)
    return ways


def codes(f, rng, *shape):
    """Any codes, and in some places those of ordinary numbers, so that not all sums are at the ends."""
    sign = f.sign_bit * rng.integers(2, size=shape)
    one = f.bias << f.mantissa_bits
    near = np.clip(one + rng.integers(-3 * f.hidden_one, 2 * f.hidden_one, size=shape), 0, f.sign_bit - 1)
    anything = rng.integers(f.sign_bit, size=shape)
    return (sign | np.where(rng.random((*shape[:-1], 1)) < 0.3, anything, near)).astype(np.uint32)


def same(found, expected):
    assert found.codes.dtype == expected.codes.dtype and found.codes.shape == expected.codes.shape
    np.testing.assert_array_equal(found.codes, expected.codes)
    np.testing.assert_array_equal(found.saturated, expected.saturated)


def anchor_of(parameters, rng, *shape):
    """Anchors about the middle, so that some products are above."""
    middle = (parameters.highest_exponent + parameters.lowest_exponent) // 2
    return middle + rng.integers(-3, 4, size=shape) if parameters.kind.has_anchor else None


@pytest.mark.parametrize("parameters", CASES, ids=lambda p: p.name)
def test_matrices_are_as_in_the_model(parameters, served):
    rng = np.random.default_rng(CASES.index(parameters))
    p = parameters.product
    a, b = codes(p.format, rng, 7, 21), codes(p.y_format, rng, 21, 10)
    for anchor in (anchor_of(parameters, rng), anchor_of(parameters, rng, 7, 1)):
        expected = golden.matmul(parameters, a, b, anchor, saturate=True)
        same(sums.matmul(parameters, a, b, anchor, saturate=True, threads=1), expected)
    assert None not in served
    assert len(served) == (0 if parameters.accumulator is Accumulator.FIXED and parameters.full else 2)


@pytest.mark.parametrize("parameters", CASES[::3], ids=lambda p: p.name)
def test_dot_products_are_as_in_the_model(parameters, served):
    rng = np.random.default_rng(CASES.index(parameters))
    p = parameters.product
    x, y = codes(p.format, rng, 3, 1, 9), codes(p.y_format, rng, 4, 9)
    anchor = anchor_of(parameters, rng, 3, 4)
    expected = golden.dot_product(parameters, x, y, anchor, saturate=True)
    same(sums.dot_product(parameters, x, y, anchor, saturate=True), expected)
    assert served and None not in served


@pytest.mark.parametrize("parameters", NARROW, ids=lambda p: p.name)
def test_all_pairs_of_codes_are_as_in_the_model(parameters):
    """As products one term deep; under an anchor that suffices for finite codes, and under the highest."""
    x, y = (np.arange(1 << f.width) for f in (parameters.product.format, parameters.product.y_format))
    anchors = (parameters.highest_exponent + 2, parameters.lowest_exponent + 3)
    for anchor in anchors if parameters.kind.has_anchor else (None,):
        expected = golden.matmul(parameters, x[:, None], y[None, :], anchor, saturate=True)
        same(sums.matmul(parameters, x[:, None], y[None, :], anchor, saturate=True, threads=1), expected)


@pytest.mark.parametrize("parameters", SOME, ids=lambda p: p.name)
def test_sums_are_as_defined(parameters):
    """Against the definition, which shares nothing with the loops."""
    rng = np.random.default_rng(3)
    p = parameters.product
    a, b = codes(p.format, rng, 5, 9), codes(p.y_format, rng, 9, 4)
    anchor = (parameters.highest_exponent + parameters.lowest_exponent) // 2 if parameters.window else None
    found = sums.matmul(parameters, a, b, anchor, saturate=True)
    for i, j in np.ndindex(5, 4):
        expected = reference.dot_product(parameters, a[i].tolist(), b[:, j].tolist(), anchor or 0, saturate=True)
        assert (int(found.codes[i, j]), bool(found.saturated[i, j])) == expected


@pytest.mark.parametrize("parameters", SOME, ids=lambda p: p.name)
@pytest.mark.parametrize("shape", [(1, 1, 1), (7, 3, 5), (0, 3, 5), (7, 3, 0), (150, 33, 300)])
def test_any_shape_and_any_number_of_threads(parameters, shape, served):
    rng = np.random.default_rng(4)
    rows, terms, columns = shape
    a, b = codes(parameters.product.format, rng, rows, terms), codes(parameters.product.y_format, rng, terms, columns)
    anchor = parameters.highest_exponent + 2 if parameters.window else None
    expected = golden.matmul(parameters, a, b, anchor)
    for threads in (1, 2, 5, None):
        same(sums.matmul(parameters, a, b, anchor, threads=threads), expected)
    assert None not in served or 0 in shape


@pytest.mark.parametrize("parameters", SOME, ids=lambda p: p.name)
def test_stacks_views_and_other_types(parameters):
    rng = np.random.default_rng(5)
    a, b = codes(parameters.product.format, rng, 2, 1, 6, 8), codes(parameters.product.y_format, rng, 3, 10, 8)
    a, b = a.astype(np.int64)[..., ::2], np.swapaxes(b[..., ::2], -1, -2)
    a.setflags(write=False)
    anchor = np.arange(2)[:, None, None, None] + parameters.highest_exponent if parameters.window else None
    same(sums.matmul(parameters, a, b, anchor, True), golden.matmul(parameters, a, b, anchor, True))
    single = sums.dot_product(parameters, a[0, 0, 0], b[0, :, 0], None if anchor is None else 40)
    assert single.codes.shape == ()


@pytest.mark.parametrize("parameters", SOME, ids=lambda p: p.name)
def test_a_sum_in_passes_is_the_sum(parameters):
    rng = np.random.default_rng(6)
    a, b = codes(parameters.product.format, rng, 6, 20), codes(parameters.product.y_format, rng, 20, 12)
    anchor = parameters.highest_exponent - 3 if parameters.window else None
    first = sums.matmul(parameters, a[:, :7], b[:7], anchor, saturate=True)
    second = sums.matmul(parameters, a[:, 7:], b[7:], anchor, saturate=True, start=first)
    same(second, golden.matmul(parameters, a, b, anchor, saturate=True))


@pytest.mark.parametrize("start", [0x80000000, 0x00800000, 0x7F7FFFFF, 0x3F800001])
def test_any_start_of_float32(start):
    """A negative zero stays one; from the smallest and the largest number sums become zero or saturate."""
    rng = np.random.default_rng(7)
    parameters = DotParameters(Parameters(E4M3), Accumulator.FP32)
    a, b = codes(E4M3, rng, 5, 6), codes(E4M3, rng, 6, 4)
    a[0], a[1] = 0, 0x80
    same(sums.matmul(parameters, a, b, start=start), golden.matmul(parameters, a, b, start=start))


def test_depth_takes_sums_near_the_end_of_what_a_way_holds():
    """The largest products, of one sign: 1024 of them are 2^38 of the smallest."""
    for method in (Method.LMUL, Method.log(1), Method.ROUNDED):
        for f in (E4M3, E5M2):
            parameters = DotParameters(Parameters(f, method))
            a = np.full((3, 1024), f.sign_bit - 1, np.uint32)
            a[1], a[2, ::2] = f.hidden_one, f.hidden_one | f.sign_bit
            same(sums.matmul(parameters, a, a.T), golden.matmul(parameters, a, a.T))


def test_outputs_are_rounded_as_in_the_model():
    rng = np.random.default_rng(8)
    for accumulator in (Accumulator.FIXED, Accumulator.FP32):
        parameters = DotParameters(Parameters(E4M3), accumulator, output=E5M2)
        a, b = codes(E4M3, rng, 5, 6), codes(E4M3, rng, 6, 4)
        same(sums.matmul(parameters, a, b), golden.matmul(parameters, a, b))


@pytest.mark.parametrize("f", [INTEGERS["int8"], FP16, FP32], ids=str)
def test_other_formats_are_right_too(f):
    rng = np.random.default_rng(9)
    accumulator = Accumulator.FIXED if f.is_integer else Accumulator.FP32
    parameters = DotParameters(Parameters(f, Method.EXACT), accumulator)
    a, b = (rng.integers(1 << f.width, size=shape, dtype=np.uint32) for shape in ((5, 6), (6, 4)))
    same(sums.matmul(parameters, a, b), golden.matmul(parameters, a, b))


def test_errors_are_those_of_the_model():
    parameters = SOME[0]
    a = np.full((3, 4), 0x38, np.uint32)
    message = r"^anchor must be at least 8, the exponent of product 3 of sum \[1, 2\], not 7$"
    b = a.T.copy()
    a[1, 3], b[3, 2] = 0x3C, 0x3C
    with pytest.raises(ValueError, match=message):
        sums.matmul(parameters, a, b, 7)
    with pytest.raises(ValueError, match=message):
        golden.matmul(parameters, a, b, 7)
    for wrong, kind in (("two", TypeError), (True, TypeError), (0, ValueError)):
        with pytest.raises(kind, match=r"^threads must be (an int or None|at least 1), not ('two'|True|0)$"):
            sums.matmul(parameters, a, b, 9, threads=wrong)


def test_memory_is_bounded():
    """Far below the 64 MiB that all products would take at once."""
    for parameters in SOME:
        wide = DotParameters(parameters.product, parameters.accumulator, 1 << 14, parameters.window and 12)
        one = parameters.product.format.bias << parameters.product.format.mantissa_bits
        a = np.full((32, 1 << 14), one, np.uint32)
        anchor = 20 if parameters.window else None
        tracemalloc.start()
        sums.matmul(wide, a, a.T, anchor, threads=1)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert most < 24 << 20


def test_without_numba_the_model_serves():
    code = (
        "import sys; sys.modules['numba'] = None; import lmul, numpy; from lmul.kernels import work; work.WORTH = 0;"
        "p = lmul.DotParameters(lmul.Parameters(lmul.E4M3)); a = numpy.full((3, 4), 0x38);"
        "print(lmul.matmul(p, a, a.T).codes.tolist(), 'lmul.kernels.loops' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    ones = np.full((3, 4), 0x38)
    assert done.stdout.split("]] ")[1].strip() == "False"
    assert done.stdout.startswith(str(sums.matmul(SOME[2], ones, ones.T).codes.tolist()))


def test_few_products_are_left_to_the_model(monkeypatch, served):
    monkeypatch.setattr(work, "WORTH", 60)
    for rows, found in ((3, None), (4, "Whole")):
        a = np.full((rows, 5), 0x38)
        sums.matmul(SOME[2], a, np.full((5, 3), 0x38))
        assert served[-1] == found


@pytest.mark.parametrize("method", [Method.LMUL, Method.MITCHELL, Method.constant(5)], ids=str)
@pytest.mark.parametrize("formats", [(BF16, BF16), (BF16, E8M4), (E4M3, format_named("e8m6"))], ids=str)
def test_products_of_long_mantissas_are_sums_of_words(method, formats, served):
    """With zeros of both signs, products that cancel, and operands far from 1, that stay normal numbers of float32."""
    x, y = formats
    parameters, rng = DotParameters(Parameters(x, method, y_format=y), Accumulator.FP32), np.random.default_rng(8)
    a, b = (
        np.asarray((f.bias + rng.integers(-5, 6, size=size) << f.mantissa_bits), np.uint32)
        + rng.integers(f.hidden_one, size=size).astype(np.uint32)
        + (f.sign_bit * rng.integers(2, size=size)).astype(np.uint32)
        for f, size in ((x, (9, 70)), (y, (70, 300)))
    )
    a[3], b[:, 5], a[4, 7], b[9, 8] = 0, y.sign_bit, x.sign_bit, 0
    a[6, 1], b[1] = a[6, 0] ^ x.sign_bit, b[0]
    for threads in (1, 3):
        same(sums.matmul(parameters, a, b, threads=threads), golden.matmul(parameters, a, b))
    assert served == ["Added", "Added"]
