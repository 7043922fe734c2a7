"""Sums of products against the definition on Python's integers and fractions, and against what is known by hand."""

import tracemalloc
from dataclasses import replace
from fractions import Fraction
from itertools import cycle

import numpy as np
import pytest

from lmul.golden import reference
from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.codes import decode, encode, reserved
from lmul.golden.dot.sums import Sums, dot_product, least_anchor, matmul
from lmul.golden.formats import BF16, E2M1, E2M5, E3M4, E4M3, E5M2, FP16, FP32, INTEGERS, format_named
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters

FORMATS = [*((f, f) for f in (E4M3, E5M2, E3M4, BF16, FP16, FP32, E2M1)), (E4M3, E5M2), (E2M1, E2M5), (BF16, E4M3)]
WINDOWS = (2, 3, 8, 12, 40, 50, 64)
OUTPUTS = (E4M3, BF16, FP32, E5M2, FP16, E2M1)


def products_of(x, y):
    """One of each kind of product."""
    t = min(max(x.mantissa_bits, y.mantissa_bits), 2)
    yield Parameters(x, y_format=y)
    yield Parameters(x, Method.corrected(t), y_format=y)
    yield Parameters(x, Method.EXACT, y_format=y)
    yield Parameters(x, Method.ROUNDED, y_format=y)
    yield Parameters(x, Method.ROUNDED_RTZ, y_format=y)
    if FP32 not in (x, y):
        yield Parameters(x, Method.log(1, 2, -1), y_format=y)
        yield Parameters(x, Method.log(2), y_format=y, subnormals=False)
    if x is not FP32:
        for method in (Method.LMUL, Method.corrected(t), Method.EXACT, Method.ROUNDED):
            yield Parameters(x, method, y_format=y, subnormals=True)


def all_cases():
    """Every accumulator with every kind of product; windows take turns."""
    cases, windows = [], cycle(WINDOWS)
    for formats in FORMATS:
        for p in products_of(*formats):
            for accumulator in Accumulator:
                window = next(windows) if accumulator is Accumulator.ANCHORED else None
                try:
                    cases.append(DotParameters(p, accumulator, 64, window))
                except ValueError:
                    assert accumulator is Accumulator.FIXED and BF16.exponent_bits in {f.exponent_bits for f in formats}
    return cases


def operands(f, rng, rows, terms):
    """Rows of codes of many kinds: any, near 1, of one exponent, at the ends, zeros and subnormals, all the same."""
    sign = f.sign_bit * rng.integers(2, size=(rows, terms))
    any_code = rng.integers(f.sign_bit, size=(rows, terms))
    one = f.bias << f.mantissa_bits
    near = np.clip(one + rng.integers(-3 * f.hidden_one, 3 * f.hidden_one, size=(rows, terms)), 0, f.sign_bit - 1)
    same = one + rng.integers(f.hidden_one, size=(rows, terms))
    ends = rng.choice([0, 1, f.hidden_one - 1, f.hidden_one, f.top, f.sign_bit - 1], size=(rows, terms))
    tops = np.full((rows, terms), f.top)
    kind = rng.integers(6, size=(rows, 1))
    mixed = np.where(rng.random((rows, terms)) < 0.2, ends, near)
    return sign | np.choose(kind, [any_code, near, same, ends, tops, mixed])


def pairs(p, rng, rows, terms):
    """Operands, in some rows such that all but the last terms cancel, in others of one sign."""
    x, y = operands(p.format, rng, rows, terms), operands(p.y_format, rng, rows, terms)
    half = terms // 2
    x[: rows // 4, half : 2 * half] = x[: rows // 4, :half] ^ p.format.sign_bit
    y[: rows // 4, half : 2 * half] = y[: rows // 4, :half]
    same = slice(rows // 4, rows // 2)
    x[same] &= p.format.sign_bit - 1
    y[same] &= p.y_format.sign_bit - 1
    return x, y


CASES = all_cases()


@pytest.mark.parametrize("parameters", CASES, ids=lambda p: p.name)
def test_sums_are_as_defined(parameters):
    rng = np.random.default_rng(CASES.index(parameters))
    for terms in (1, 6, 17):
        x, y = pairs(parameters.product, rng, 12, terms)
        anchors = some_anchors(parameters, rng, x, y) if parameters.window else None
        for p in (parameters, replace(parameters, output=OUTPUTS[rng.integers(len(OUTPUTS))])):
            sums = dot_product(p, x, y, anchors, saturate=True)
            for i in range(12):
                anchor = 0 if anchors is None else int(anchors[i])
                expected = reference.dot_product(p, x[i].tolist(), y[i].tolist(), anchor, saturate=True)
                assert (sums.codes[i], sums.saturated[i]) == expected


def some_anchors(parameters, rng, x, y):
    """From below the lowest that there can be to above the highest, and those that just suffice."""
    anchors = rng.integers(parameters.lowest_exponent - 2, parameters.highest_exponent + 4, size=len(x))
    for i in range(0, len(x), 3):
        anchors[i] = least_anchor(parameters, x[i, None], y[i, :, None])
    return anchors


@pytest.mark.parametrize("f", [E4M3, E5M2, BF16], ids=str)
def test_fp32_sums_exact_products_as_numpy_does(f):
    """In float32, which holds these products, where nothing over- or underflows."""
    rng = np.random.default_rng(1)
    one = f.bias << f.mantissa_bits
    x, y = (rng.integers(one - 6 * f.hidden_one, one + 6 * f.hidden_one, size=(500, 40)) for _ in "xy")
    x |= f.sign_bit * rng.integers(2, size=x.shape)
    total = np.zeros(500, np.float32)
    for product in (decode(f, x) * decode(f, y)).astype(np.float32).T:
        total = total + product
    sums = dot_product(DotParameters(Parameters(f, Method.EXACT), Accumulator.FP32), x, y)
    np.testing.assert_array_equal(sums.codes, total.view(np.uint32))
    assert not sums.saturated.any()


@pytest.mark.parametrize("accumulator", [a for a in Accumulator if a not in (Accumulator.FIXED, Accumulator.ANCHORED)])
def test_a_sum_is_rounded_once(accumulator):
    """A product that is short of half the last place by 2^-46 of itself, where float64 sees a tie."""
    parameters = DotParameters(Parameters(FP32, Method.EXACT), accumulator)
    m = parameters.format.mantissa_bits
    one = 127 << 23
    for k in range(min(6, 1 << m)):
        for signs in np.ndindex(2, 2):
            # 1 + k places, and 2^(-m - 1) times (2^24 - 2 j) (2^23 + j) / 2^47.
            x = [one + (k << (23 - m)), ((125 - m) << 23) + (1 << 23) - 2 * (k + 1)]
            y = [one + (signs[0] << 31), one + k + 1 + (signs[1] << 31)]
            sums = dot_product(parameters, x, y)
            assert (sums.codes, sums.saturated) == reference.dot_product(parameters, x, y)
            less = k == 0 and signs[0] != signs[1]  # half as large a place below a power of two
            assert abs(sums.values(parameters)) == 1 + (k - less / 2) * 2.0**-m


@pytest.mark.parametrize("f", [E4M3, E5M2], ids=str)
def test_the_fixed_accumulator_does_not_round(f):
    rng = np.random.default_rng(2)
    x, y = (rng.integers(f.hidden_one, f.top + 1, size=(100, 40)) for _ in "xy")
    x |= f.sign_bit * rng.integers(2, size=x.shape)
    parameters = DotParameters(Parameters(f, Method.EXACT), depth=40)
    sums, true = dot_product(parameters, x, y), decode(f, x) * decode(f, y)
    assert [sum(map(Fraction, row)) for row in true] == list(sums.fractions(parameters))
    np.testing.assert_array_equal(sums.values(parameters), [float(sum(map(Fraction, row))) for row in true])
    np.testing.assert_array_equal(sums.codes, dot_product(parameters, x[:, ::-1], y[:, ::-1]).codes)


FP8_IN_ALL = [
    DotParameters(Parameters(E4M3, Method.EXACT), a, 64, 6 if a is Accumulator.ANCHORED else None) for a in Accumulator
]
WIDE = [
    DotParameters(Parameters(FP16), depth=64),
    DotParameters(Parameters(BF16), Accumulator.ANCHORED, 64, 63),
    DotParameters(Parameters(FP32, Method.EXACT), Accumulator.FP32),
]


@pytest.mark.parametrize("parameters", FP8_IN_ALL + WIDE, ids=lambda p: p.name)
def test_a_product_of_matrices_is_its_dot_products_whatever_is_done_at_a_time(parameters, monkeypatch):
    rng = np.random.default_rng(3)
    p = parameters.product
    a, b = operands(p.format, rng, 3 * 5, 20).reshape(3, 5, 20), operands(p.y_format, rng, 2 * 20, 4)
    b = b.reshape(2, 1, 20, 4)
    anchor = rng.integers(parameters.highest_exponent - 8, parameters.highest_exponent, size=(2, 1, 5, 1))
    anchor = anchor if parameters.window else None
    sums = matmul(parameters, a, b, anchor, saturate=True)
    assert sums.codes.shape == sums.saturated.shape == (2, 3, 5, 4)
    for i, j, m, n in np.ndindex(2, 3, 5, 4):
        one = dot_product(
            parameters, a[j, m], b[i, 0, :, n], None if anchor is None else anchor[i, 0, m, 0], saturate=True
        )
        assert one.codes.shape == ()
        assert (one.codes, one.saturated) == (sums.codes[i, j, m, n], sums.saturated[i, j, m, n])
    monkeypatch.setattr("lmul.golden.dot.blocks._SUMS", 6)
    monkeypatch.setattr("lmul.golden.dot.blocks._ADDENDS", 40)
    again = matmul(parameters, a, b, anchor, saturate=True)
    np.testing.assert_array_equal(again.codes, sums.codes)
    np.testing.assert_array_equal(again.saturated, sums.saturated)


@pytest.mark.parametrize("parameters", FP8_IN_ALL + WIDE, ids=lambda p: p.name)
def test_a_sum_in_passes_is_the_sum(parameters):
    rng = np.random.default_rng(4)
    a, b = (operands(f, rng, 12, 12) for f in (parameters.product.format, parameters.product.y_format))
    anchor = parameters.highest_exponent - 3 if parameters.window else None
    for output in (None, FP16):
        p = replace(parameters, output=output)
        whole = matmul(p, a, b, anchor, saturate=True)
        first = matmul(parameters, a[:, :5], b[:5], anchor, saturate=True)
        second = matmul(p, a[:, 5:], b[5:], anchor, saturate=True, start=first)
        np.testing.assert_array_equal(second.codes, whole.codes)
        np.testing.assert_array_equal(second.saturated, whole.saturated)
        codes_only = matmul(p, a[:, 5:], b[5:], anchor, saturate=True, start=first.codes)
        np.testing.assert_array_equal(codes_only.codes, whole.codes)


@pytest.mark.parametrize(
    "parameters",
    [DotParameters(p, Accumulator.ANCHORED, 64, 8) for f in FORMATS for p in products_of(*f)],
    ids=lambda p: p.name,
)
def test_the_least_anchor_is_the_largest_exponent(parameters):
    rng = np.random.default_rng(5)
    p = parameters.product
    a, b = operands(p.format, rng, 4, 5), operands(p.y_format, rng, 5, 3)
    sizes = [abs(reference.wide_product(parameters, int(x), int(y))) for k in range(5) for x in a[:, k] for y in b[k]]
    least = max(np.frexp(float(size))[1] for size in sizes if size) - 1 + p.result.bias
    assert least_anchor(parameters, a, b) == least
    assert not matmul(parameters, a, b, least).saturated.any()
    message = rf"^anchor must be at least {least}, the exponent of product \d of sum \[\d, \d\], not {least - 1}$"
    with pytest.raises(ValueError, match=message):
        matmul(parameters, a, b, least - 1)
    assert matmul(parameters, a, b, least - 1, saturate=True).saturated.any()


def test_the_least_anchor_where_a_smaller_operand_has_the_larger_product():
    """1 times 1.25 carries, 1.25 times 1.25 does not: its correction is 0."""
    table = ((0, 7, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0))
    p = Parameters(E4M3, Method.corrected(2, table))
    parameters = DotParameters(p, Accumulator.ANCHORED, window=8)
    a, b = [[0x38], [0x3A]], [[0x3A]]
    assert [least_anchor(parameters, [row], b) for row in a] == [8, 7]
    assert least_anchor(parameters, a, b) == 8


def test_the_least_anchor_of_zeros_is_the_lowest_exponent():
    parameters = DotParameters(Parameters(E4M3), Accumulator.ANCHORED, window=8)
    assert least_anchor(parameters, [[0x00, 0x87]], [[0x7E], [0x7E]]) == parameters.lowest_exponent == -5


def test_the_first_product_above_the_anchor_is_named(monkeypatch):
    monkeypatch.setattr("lmul.golden.dot.blocks._ADDENDS", 4)
    parameters = DotParameters(Parameters(E4M3), Accumulator.ANCHORED, window=8)
    x = [[0x38] * 5, [0x38, 0x38, 0x38, 0x40, 0x7E]]
    with pytest.raises(ValueError, match=r"^anchor must be at least 8, the exponent of product 3 of sum \[1\], not 7$"):
        dot_product(parameters, x, [0x38] * 5, 7)
    with pytest.raises(ValueError, match=r"^a product is above the anchor 7$"):
        reference.dot_product(parameters, x[1], [0x38] * 5, 7)


def test_an_anchored_sum_by_hand():
    """2 times 1.5 is 3.25, with the last place 2^-1, then cut, 6; 256 is above the anchor and counts as 31."""
    parameters = DotParameters(Parameters(E4M3), Accumulator.ANCHORED, window=5)
    sums = dot_product(parameters, [0x40, 0x78], [[0x3C, 0x00], [0xBC, 0x80], [0xBC, 0x38]], 10, saturate=True)
    assert sums.codes.tolist() == [6, -6, 25]
    assert sums.saturated.tolist() == [False, False, True]


@pytest.mark.parametrize(("window", "depth"), [(62, 1), (62, 2), (63, 1), (64, 1), (64, 1024)])
def test_the_last_bit_of_the_window_counts_and_no_more(window, depth):
    parameters = DotParameters(Parameters(E4M3, Method.EXACT), Accumulator.ANCHORED, depth, window)
    anchors = 7 + window + np.arange(-window, 6)
    ones = np.full((window + 6, 1), 0x38)
    sums = dot_product(parameters, ones, [0x38], anchors)
    assert sums.codes.tolist() == [1 << (window - 1 - i) if i < window else 0 for i in range(window + 6)]
    assert dot_product(parameters, ones, [0xB8], anchors).codes.tolist() == (-sums.codes).tolist()


def test_the_edges_of_a_floating_accumulator_by_hand():
    """e4m3, exact products: from 2^-6 to 448, with 8 steps to a power of two."""
    parameters = DotParameters(Parameters(E4M3, Method.EXACT), Accumulator.E4M3)
    one, tiny, top = 0x38, 0x08, 0x7E
    sums = {
        ((one, one),): (one, False),
        ((tiny, 0xB0), (tiny, 0xB0)): (0x00, False),  # -2^-7, twice: products that become zeros
        ((tiny, one), (tiny | 1, 0xB8)): (0x80, False),  # 2^-6 less 9/8 2^-6: the sum becomes a zero
        ((tiny, one), (tiny | 1, 0xB8), (one, 0x00)): (0x80, False),  # that a zero does not change
        ((tiny, one), (tiny, 0xB8)): (0x00, False),
        ((top, one), (0x58, one)): (top, False),  # 448 + 16 = 464, a tie that would be rounded up to 480: not even
        ((top, one), (0x59, one)): (top, True),  # 448 + 18 is rounded to 480
        ((top, 0x39), (top, 0xB8)): (0x00, True),  # 504 becomes 448
        ((0x80, one), (0x00, 0x80)): (0x00, False),
    }
    for terms, expected in sums.items():
        result = dot_product(parameters, *zip(*terms, strict=True))
        assert (result.codes, result.saturated) == expected


@pytest.mark.parametrize("accumulator", [Accumulator.FIXED, Accumulator.FP32])
def test_the_rounding_of_a_sum_that_leaves_by_hand(accumulator):
    parameters = DotParameters(Parameters(BF16 if accumulator is Accumulator.FP32 else FP16, Method.EXACT), accumulator)
    f = parameters.product.format
    numbers = {
        1.0: (0x38, False),
        1.0625: (0x38, False),  # a tie
        1.0626: (0x39, False),
        1.1875: (0x3A, False),  # a tie
        464.0: (0x7E, False),  # a tie whose even side is 448
        465.0: (0x7E, True),
        -60000.0: (0xFE, True),
        2.0**-6: (0x08, False),
        -(2.0**-6) * (1 - 2.0**-5): (0x88, False),  # rounded up to the smallest normal
        -(2.0**-6) * (1 - 2.0**-3): (0x80, False),
        -(2.0**-9): (0x80, False),
        0.0: (0x00, False),
    }
    # Each as a sum of parts that the operands hold.
    for number, expected in numbers.items():
        parts = [encode(f, number)]
        parts.append(encode(f, number - decode(f, parts[0])))
        sums = dot_product(replace(parameters, output=E4M3), parts, encode(f, [1.0, 1.0]))
        assert (sums.codes, sums.saturated) == expected, number


@pytest.mark.parametrize(
    "parameters",
    [
        DotParameters(Parameters(E4M3), Accumulator.ANCHORED, 4096, 50, output=BF16),
        DotParameters(Parameters(E4M3), Accumulator.ANCHORED, 4096, 64, output=BF16),
    ],
    ids=lambda p: p.name,
)
def test_a_wide_sum_is_rounded_once(parameters):
    """Bits beyond those of float64 decide ties."""
    tie = 0x101 << (parameters.width - 10)
    starts = np.array([tie - 1, tie, tie + 1], object)
    rounded, negative = (
        dot_product(parameters, [[0]] * 3, [0], 7, start=start).values(parameters) for start in (starts, -starts)
    )
    down = float(0x100 << (parameters.width - 10)) * 2.0 ** parameters.anchored_lsb(7)
    np.testing.assert_array_equal(rounded, [down, down, down * (1 + 2.0**-7)])
    np.testing.assert_array_equal(negative, -rounded)


def test_a_negative_zero_leaves_as_zero():
    """An exact zero is +0; the accumulator itself shows its sign."""
    parameters = DotParameters(Parameters(E4M3, Method.EXACT), Accumulator.E4M3)
    x, y = (0x08, 0x09), (0x38, 0xB8)
    assert dot_product(parameters, x, y).codes == 0x80
    assert dot_product(replace(parameters, output=FP32), x, y).codes == 0
    assert dot_product(replace(parameters, output=E4M3), x, y).codes == 0


def test_wide_integers_are_exact_and_rounded_once():
    parameters = DotParameters(Parameters(FP16, Method.EXACT), depth=2)
    top, tiny = FP16.top, FP16.hidden_one
    sums = dot_product(parameters, [top, tiny], [top, tiny])
    exact = Fraction(65504**2) + Fraction(1, 2**28)
    assert parameters.width > 64 and sums.codes.dtype == object and type(sums.codes[()]) is int
    assert sums.fractions(parameters)[()] == exact and sums.values(parameters) == float(exact)


def test_types_of_codes():
    integers = dot_product(DotParameters(Parameters(E4M3)), [[0x38]], [0x38])
    codes = dot_product(DotParameters(Parameters(E4M3), output=BF16), [[0x38]], [0x38])
    assert (integers.codes.dtype, codes.codes.dtype, codes.saturated.dtype) == (np.int64, np.uint32, bool)


@pytest.mark.parametrize("parameters", FP8_IN_ALL[:3], ids=lambda p: p.name)
def test_memory_is_bounded(parameters):
    """Far below the 32 MiB that all products would take at once."""
    anchor = 7 if parameters.window else None
    a = np.full((32, 64), 0x38, np.uint32)
    matmul(parameters, a, a.T, anchor)  # tables are made
    a = np.full((32, 1 << 12), 0x38, np.uint32)
    tracemalloc.start()
    sums = matmul(replace(parameters, depth=1 << 12), a, a.T, anchor)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (sums.values(replace(parameters, depth=1 << 12), anchor) == 1 << 12).all()
    assert most < 16 << 20


def test_no_sums_are_no_error():
    for parameters in FP8_IN_ALL:
        anchor = 7 if parameters.window else None
        assert matmul(parameters, np.zeros((0, 3), int), np.zeros((3, 2), int), anchor).codes.shape == (0, 2)


ANCHORED = DotParameters(Parameters(E4M3), Accumulator.ANCHORED, 4, 8)
FIXED = DotParameters(Parameters(E4M3), depth=4)


@pytest.mark.parametrize(
    ("parameters", "x", "y", "arguments", "message"),
    [
        (FIXED, [0] * 5, [0] * 5, {}, "K must be 1 to 4 for the accumulator fixed, not 5$"),
        (ANCHORED, [0] * 5, [0] * 5, {"anchor": 7}, "K must be 1 to 4 for the accumulator anchored, not 5$"),
        (FP8_IN_ALL[2], [], [], {}, "K must be at least 1 for the accumulator fp32, not 0$"),
        (FIXED, [0] * 3, [0] * 4, {}, r"shapes of x and y must be \(..., K\) with one K, not \(3,\) and \(4,\)$"),
        (FIXED, 0, 0, {}, r"shapes of x and y must be \(..., K\) with one K, not \(\) and \(\)$"),
        (FIXED, [[0]] * 2, [[0]] * 3, {}, r"shapes of x and y must broadcast but for K, not \(2, 1\) and \(3, 1\)$"),
        (FIXED, [256], [0], {}, r"x must be codes of 8 bits \(e4m3\), not 256$"),
        (FIXED, [0], [-1], {}, r"y must be codes of 8 bits \(e4m3\), not -1$"),
        (FIXED, [0], [0], {"anchor": 7}, "anchor must be left out unless the accumulator is anchored, not 7$"),
        (ANCHORED, [0], [0], {}, "anchor must be given for the accumulator anchored, not None$"),
        (ANCHORED, [0], [0], {"anchor": 2048}, "anchor must be -2047 to 2047, not 2048$"),
        (ANCHORED, [0], [0], {"anchor": [7, 7]}, r"anchor must broadcast to the sums, \(\), not \(2,\)$"),
        (FIXED, [0], [0], {"start": [7, 7]}, r"start must broadcast to the sums, \(\), not \(2,\)$"),
        (FIXED, [0], [0], {"start": 1 << 35}, "start must fit the 36 bits of the accumulator, not 34359738368$"),
        (
            FIXED,
            [0],
            [0],
            {"start": -(1 << 35) - 1},
            "start must fit the 36 bits of the accumulator, not -34359738369$",
        ),
        (
            FIXED,
            [0x38],
            [0x38],
            {"start": (1 << 35) - 1},
            "start must keep the sums within the 36 bits of the accumulator, not lead to 34359775231$",
        ),
        (
            FP8_IN_ALL[5],
            [0],
            [0],
            {"start": [0x7F]},
            r"start must be codes of zeros and normal numbers \(e4m3\), not 127$",
        ),
        (
            FP8_IN_ALL[5],
            [0],
            [0],
            {"start": [0x87]},
            r"start must be codes of zeros and normal numbers \(e4m3\), not 135$",
        ),
    ],
)
def test_what_does_not_fit_is_refused(parameters, x, y, arguments, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        dot_product(parameters, np.array(x, int), np.array(y, int), **arguments)


@pytest.mark.parametrize(
    ("parameters", "x", "arguments", "message"),
    [
        (FIXED, [0.5], {}, "x must be integer codes, not float64$"),
        (ANCHORED, [0], {"anchor": 7.0}, "anchor must be an integer, not 7.0$"),
        (FIXED, [0], {"start": 7.0}, "start must be integers, not float64$"),
    ],
)
def test_what_is_no_integer_is_refused(parameters, x, arguments, message):
    with pytest.raises(TypeError, match=f"^{message}"):
        dot_product(parameters, x, [0], **arguments)


def test_matrices_that_do_not_fit_are_refused():
    for a, b in (((2, 3), (2, 3)), ((3,), (3, 2)), ((2, 3), (3,))):
        with pytest.raises(ValueError, match=r"^shapes must be \(..., M, K\) and \(..., K, N\), not "):
            matmul(FIXED, np.zeros(a, int), np.zeros(b, int))
        with pytest.raises(ValueError, match=r"^shapes must be \(..., M, K\) and \(..., K, N\), not "):
            least_anchor(FIXED, np.zeros(a, int), np.zeros(b, int))


def test_values_of_anchored_sums_need_the_anchor():
    sums = Sums(np.array([3, -1]), np.zeros(2, bool))
    assert sums.values(ANCHORED, [7, 8]).tolist() == [3 / 128, -1 / 64]
    assert sums.fractions(ANCHORED, 7).tolist() == [Fraction(3, 128), Fraction(-1, 128)]
    with pytest.raises(ValueError, match=r"^anchor must be given for the accumulator anchored, not None$"):
        sums.values(ANCHORED)


@pytest.mark.parametrize("name", ["e4m3", "e5m2", "e2m1", "e4m3ieee"])
def test_reserved_codes_are_inf_and_nan(name):
    f = format_named(name)
    codes = np.arange(1 << f.width)
    np.testing.assert_array_equal(reserved(f, codes), ~np.isfinite(decode(f, codes)))


@pytest.mark.parametrize("f", [E2M1, format_named("e2m3"), format_named("e3m2"), E4M3, E5M2], ids=str)
def test_elements_are_those_of_mx(f):
    """OCP's MX counts subnormals in full: sums of exact products are those of NumPy, in fp32 too if it holds them."""
    rng = np.random.default_rng(5)
    x, y = rng.integers(f.top + 1, size=(2, 200, 8)) | f.sign_bit * rng.integers(2, size=(2, 200, 8))
    x[:100] &= f.sign_bit | (f.hidden_one - 1)
    expected = (decode(f, x) * decode(f, y)).sum(axis=-1)
    p = Parameters(f, Method.EXACT, subnormals=True)
    for dot in (DotParameters(p), DotParameters(p, Accumulator.FP32))[: 2 if f.width <= 6 else 1]:
        np.testing.assert_array_equal(dot_product(dot, x, y).values(dot), expected)
    # The fixed accumulator is no wider for them: its last place is that of subnormals without them, too.
    assert DotParameters(p).width == DotParameters(replace(p, subnormals=False)).width
    assert DotParameters(replace(p, method=Method.ROUNDED)).lsb == DotParameters(p).lsb


@pytest.mark.parametrize("method", [Method.LMUL, Method.corrected(2), Method.corrected(1, ((0, 7), (0, 0)))])
def test_the_least_anchor_of_subnormals(method):
    """An entry of the table depends on the normalised mantissa."""
    p = DotParameters(Parameters(E4M3, method, subnormals=True), Accumulator.ANCHORED, 8, 8)
    rng = np.random.default_rng(6)
    for _ in range(300):
        a, b = rng.integers(14, size=(1, 8)), rng.integers(20, size=(8, 1))
        anchor = least_anchor(p, a, b)
        matmul(p, a, b, anchor)
        if anchor > p.lowest_exponent:
            with pytest.raises(ValueError, match=r"^anchor must be at least "):
                matmul(p, a, b, anchor - 1)


@pytest.mark.parametrize(("x", "y"), [("int8", "int8"), ("int4", "int4"), ("int5", "int7")])
def test_sums_of_integers(x, y):
    """Against NumPy's integers and the definition; the codes that are not used count as zero."""
    formats = INTEGERS[x], INTEGERS[y]
    p = DotParameters(Parameters(formats[0], Method.EXACT, y_format=formats[1]), depth=33)
    rng = np.random.default_rng(7)
    a, b = (rng.integers(1 << f.width, size=(40, 33)) for f in formats)
    sides = zip((a, b), formats, strict=True)
    signed = [((n + f.sign_bit) % (1 << f.width) - f.sign_bit) * (n != f.sign_bit) for n, f in sides]
    sums = dot_product(p, a, b)
    np.testing.assert_array_equal(sums.codes, (signed[0] * signed[1]).sum(axis=1))
    np.testing.assert_array_equal(sums.values(p), sums.codes)
    for i in range(8):
        assert (sums.codes[i], False) == reference.dot_product(p, a[i].tolist(), b[i].tolist())
    np.testing.assert_array_equal(matmul(p, a, b.T).codes, signed[0] @ signed[1].T)
    # As wide as 33 of the largest products need.
    most = 33 * formats[0].top * formats[1].top
    assert p.width == most.bit_length() + 1
    largest = np.full(33, formats[0].top), np.full(33, formats[1].sign_bit + 1)
    assert dot_product(p, *largest).codes == -most
