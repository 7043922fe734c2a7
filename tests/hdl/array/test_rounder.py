"""Sums rounded to the format in which they leave, simulated, against exact fractions."""

import random
from fractions import Fraction

import pytest
from support.parallel import simulate
from support.steps import clamp, encode, rounded, value

from lmul.golden.formats import BF16, E2M1, E4M3, FP16, FP32, Format, FormatKind
from lmul.hdl.array.rounder import rounded_float, rounded_integer

OUTPUTS = (E4M3, BF16, FP32, E2M1)


def expected(f, v):
    """The code of a number, and whether it is above TOP."""
    if not v:
        return 0, 0
    kept, above = clamp(f, rounded(f, v))
    return (encode(f, kept) if kept is not None else f.sign_bit if v < 0 else 0), int(above)


def compare(f, outcomes, results):
    for (row, v), result in zip(outcomes, results, strict=True):
        code, above = expected(f, v)
        assert (result & (1 << f.width) - 1, result >> f.width) == (code, above), f"{f} {row}"


def integers(f, width, count, rng):
    """Of all sizes, and beside ties and powers of two."""
    half = 1 << width - 1
    yield from (0, 1, -1, half - 1, -half, 1 - half, 2, -2)
    for _ in range(count):
        n = rng.randrange(1 << rng.randrange(1, width))
        if rng.random() < 0.6:  # a tie, or beside one
            keep = max(n.bit_length() - f.mantissa_bits - 2, 0)
            n = (n >> keep | rng.getrandbits(1) | (rng.random() < 0.2) * -2) << keep
            n += rng.choice((-1, 0, 0, 1))
        n = min(abs(n), half - 1)
        yield rng.choice((n, -n))


def ties(f, width, rng):
    """With every leading one; each also one bit away from the tie, by the lowest, the highest and, once, every one."""
    for top in range(f.mantissa_bits + 1, width - 1):
        below = top - f.mantissa_bits - 1
        away = range(below) if top == width - 2 else {0, below - 1} & {*range(below)}
        for odd in (0, 1):
            kept = f.hidden_one | rng.randrange(f.hidden_one) & -2 | odd
            tie = (2 * kept + 1) << below
            for n in (tie, *(tie + sign * (1 << i) for i in away for sign in (1, -1))):
                yield from (n, -n)


@pytest.mark.parametrize("f", OUTPUTS, ids=str)
def test_an_integer_is_rounded_once(f):
    rng = random.Random(str(f))
    shapes = [(5, 1), (28, -16), (28, -20 - f.bias), (43, f.bias - 30), (60, -50), (13, -3), (100, -98)]
    numbers = [[*integers(f, width, 2000, rng), *ties(f, width, rng)] for width, _ in shapes]

    def part(width, lsb):
        def build(m, bits):
            code, above = rounded_integer(m, f, bits, lsb)
            return [*code, above]

        return [width], f.width + 1, build

    results = simulate([part(*shape) for shape in shapes], [[(n,) for n in each] for each in numbers])
    for (_, lsb), each, found in zip(shapes, numbers, results, strict=True):
        compare(f, [((n, lsb), n * Fraction(2) ** lsb) for n in each], found)


@pytest.mark.parametrize("f", OUTPUTS, ids=str)
def test_an_anchored_integer_is_rounded_once(f):
    rng = random.Random(f"anchored {f}")
    shapes = [(17, -17, 10), (24, -200, 9), (9, 5, 4), (64, -20, 8)]
    rows = []
    for width, lsb, bits in shapes:
        anchors = list(range(-1 << bits - 1, 1 << bits - 1))
        near = [a for a in anchors if abs(a + lsb + width // 2) < 40] or anchors
        rows.append([(n, rng.choice(rng.choice((anchors, near)))) for n in integers(f, width, 2000, rng)])
        # Ties of numbers in [1, 2), which every format has.
        placed = [(n, 1 - abs(n).bit_length() - lsb) for n in ties(f, width, rng)]
        rows[-1] += [(n, anchor) for n, anchor in placed if anchor in anchors]

    def part(width, lsb, bits):
        def build(m, integer, anchor):
            code, above = rounded_integer(m, f, integer, lsb, anchor)
            return [*code, above]

        return [width, bits], f.width + 1, build

    results = simulate([part(*shape) for shape in shapes], rows)
    for (_, lsb, _), each, found in zip(shapes, rows, results, strict=True):
        compare(f, [((n, a, lsb), n * Fraction(2) ** (lsb + a)) for n, a in each], found)


@pytest.mark.parametrize("f", OUTPUTS, ids=str)
def test_a_floating_point_sum_is_rounded_once(f):
    rng = random.Random(f"floating {f}")
    sources = [FP32, BF16, FP16, E4M3, Format("narrow", 6, 23, 20, FormatKind.FINITE)]
    rows = []
    for source in sources:
        codes = [0, source.sign_bit, source.hidden_one, source.top, source.top | source.sign_bit]
        for _ in range(2000):
            cut = rng.randrange(source.mantissa_bits + 1)
            near = source.bias + rng.choice((rng.randrange(-20, 20), 1 - f.bias, (f.top >> f.mantissa_bits) - f.bias))
            e = rng.choice((near + rng.choice((-1, 0, 1)), rng.randrange(1 << source.exponent_bits)))
            magnitude = (e << source.mantissa_bits) + (rng.randrange(source.hidden_one) >> cut << cut)
            lost = source.mantissa_bits - f.mantissa_bits
            if lost > 0 and rng.random() < 0.5:  # a tie, or beside one
                magnitude = (magnitude >> lost << lost) + (1 << lost - 1) + rng.choice((-1, 0, 0, 1))
            if source.hidden_one <= magnitude <= source.top:
                codes.append(magnitude | rng.choice((0, source.sign_bit)))
        rows.append([(code,) for code in codes])

    def part(source):
        def build(m, bits):
            code, above = rounded_float(m, f, source, bits)
            return [*code, above]

        return [source.width], f.width + 1, build

    results = simulate([part(source) for source in sources], rows)
    for source, each, found in zip(sources, rows, results, strict=True):
        sums = [((source.name, hex(c)), value(source, c)) for (c,) in each]
        compare(f, sums, found)
