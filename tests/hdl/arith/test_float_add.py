"""One step of a floating-point accumulator, simulated, against exact fractions."""

import random
from fractions import Fraction

import pytest
from support.parallel import simulate
from support.steps import clamp, encode, rounded, value

from lmul.golden.formats import BF16, E4M3, FP16, FP32
from lmul.hdl.arith.float_add import WideProduct, accumulated
from lmul.hdl.arith.gates import bits_of, both, either, wire
from lmul.hdl.arith.reach import Reach, smallest_format
from lmul.hdl.arith.words import cat, word

ACCUMULATORS = (FP32, BF16, FP16, E4M3)
COUNT = 1000


def expected(f, acc, sign, zero, magnitude):
    """The sum's code, and the flag."""
    p, above = (None, False) if zero else clamp(f, -magnitude if sign else magnitude)
    a = value(f, acc)
    if p is None:
        return acc, False
    total = a + p
    if not total:
        return 0, above
    total = rounded(f, total)
    kept, beyond = clamp(f, total)
    if kept is None:
        return (f.sign_bit if total < 0 else 0), above
    return encode(f, kept), above or beyond


def reachable(f, fraction, lowest, highest, a):
    """A magnitude code, changed where no sum can have it: a multiple of the smallest product's last place, not above
    what all products are too small to change."""
    a = min(a, highest + f.mantissa_bits + 2 << f.mantissa_bits)
    lost = max(lowest - fraction - ((a >> f.mantissa_bits) - f.mantissa_bits), 0)
    if lowest < 1 or not a or not lost:
        return a
    return a >> lost << lost if lost <= f.mantissa_bits else lowest - fraction << f.mantissa_bits


def vectors(f, fraction, full, lowest, highest, width, count, rng):
    """Accumulators and products that are hard to add."""
    one = 1 << fraction
    limit = 4 * one if full else 2 * one
    edge = [one, one + 1, 2 * one - 1, 2 * one - 2, limit - 1, limit - 2, one + (one >> 1), limit // 2, limit // 2 + 1]
    edge = [g for g in edge if one <= g < limit]
    mantissas = [0, 1, f.hidden_one - 1, f.hidden_one - 2, f.hidden_one >> 1, (f.hidden_one >> 1) - 1]
    top_e = f.top >> f.mantissa_bits
    edges = [lowest, lowest + 1, highest, highest - 1, 0, 1, -1, 2, top_e, top_e + 1, top_e - 1, top_e - 2]
    edges = [e for e in edges if lowest <= e <= highest]
    inside = range(max(lowest, -2), min(highest, top_e + 1) + 1)
    for _ in range(count):
        e = rng.choice(edges) if rng.random() < 0.25 else rng.choice(inside)
        g = rng.choice(edge) if rng.random() < 0.4 else rng.randrange(one, limit)
        if rng.random() < 0.3:
            keep = rng.randrange(fraction + 1)  # few significant bits
            g = max(g >> keep << keep, one)
        way = rng.random()
        near = e + rng.choice((-2, -1, 0, 0, 1, 2))
        lost = fraction - f.mantissa_bits
        if way < 0.1:
            a = 0
        elif way < 0.2 and lost > 0:  # a tie but for an accumulator far below
            g = (g >> lost << lost) + (1 << lost - 1)
            a = (max(e - fraction - rng.randrange(30), 1) << f.mantissa_bits) + rng.choice(mantissas)
        elif way < 0.3:  # cancels, or nearly
            unit = Fraction(g, one) * f.hidden_one
            a = int(unit) + rng.choice((-2, -1, 0, 0, 0, 1, 2)) + ((e - 1) << f.mantissa_bits)
        else:
            far = e + rng.randrange(-f.mantissa_bits - 4, max(f.mantissa_bits, fraction) + 5)
            a_e = near if way < 0.5 else far if way < 0.9 else rng.randrange(1, top_e + 1)
            mantissa = rng.choice(mantissas) if rng.random() < 0.5 else rng.randrange(f.hidden_one)
            if rng.random() < 0.2:
                mantissa = mantissa & -1 << rng.randrange(f.mantissa_bits)
            a = (a_e << f.mantissa_bits) + mantissa
        if a and a < f.hidden_one:
            a = f.hidden_one + a % 3 if a > -(3 << f.mantissa_bits) else 0
        a = reachable(f, fraction, lowest, highest + full, min(a, f.top - rng.choice((0, 0, 0, 1, 2))))
        if a or lowest - fraction < 1:  # otherwise no sum is below the format, and so none is -0
            a |= rng.choice((0, f.sign_bit))
        yield a, rng.getrandbits(1), int(rng.random() < 0.05), g, e & (1 << width) - 1, e


def step(f, fraction, full, lowest, highest, declared=True):
    """Input widths, output width and what it builds, as `simulate` takes them."""
    limits = {"lowest": lowest, "highest": highest} if declared else {}

    def build(m, acc, sign, zero, significand, exponent):
        product = WideProduct(sign[0], zero[0], significand, exponent, full, **limits)
        bits, saturated = accumulated(m, f, acc, product)
        return [*bits, saturated]

    return [f.width, 1, 1, fraction + 1 + full, exponent_width(lowest, highest)], f.width + 1, build


def exponent_width(lowest, highest):
    return max(highest, -lowest - 1, 0).bit_length() + 1


def wrong(f, fraction, limits, given, results):
    """The first step with a wrong result, in words; None if all are right."""
    for (acc, sign, zero, g, _, e), result in zip(given, results, strict=True):
        magnitude = Fraction(g, 1 << fraction) * Fraction(2) ** (e - f.bias)
        code, above = expected(f, acc, sign, zero, magnitude)
        got = result & (1 << f.width) - 1, bool(result >> f.width)
        magnitude = code & f.sign_bit - 1
        assert reachable(f, fraction, *limits, magnitude) == magnitude
        if got != (code, above):
            return f"{f} {fraction} {acc=:x} {sign=} {zero=} {g=:b} {e=}: {got[0]:x} {got[1]}, not {code:x} {above}"
    return None


def shapes(f):
    """Fraction bits, whether in [1, 4), lowest and highest exponent in terms of the accumulator."""
    for product, full, low, high in (
        (E4M3, False, -5, 24),
        (E4M3, True, -5, 23),
        (FP16, True, -13, 47),
        (BF16, False, -126, 384),
        (BF16, True, -125, 383),
        (FP32, False, -126, 384),
        (FP32, True, -125, 383),
    ):
        shift = f.bias - product.bias
        yield product.mantissa_bits * (1 + full), full, low + shift, high + shift
    # The last that cannot, and the first that can, be outside as a sum.
    highest = (f.top >> f.mantissa_bits) - f.mantissa_bits - 2
    yield 3, False, 4, highest
    yield 2, False, 2, highest + 1
    yield 2, False, 0, highest + 1


@pytest.mark.parametrize("f", ACCUMULATORS, ids=str)
def test_a_step_is_the_exact_sum_rounded_once(f):
    chosen = list(shapes(f))
    rows = [
        list(vectors(f, *shape, exponent_width(*shape[2:]), COUNT, random.Random(f"{f}{shape}"))) for shape in chosen
    ]
    results = simulate([step(f, *shape) for shape in chosen], [[row[:5] for row in each] for each in rows])
    for (fraction, full, lowest, highest), given, found in zip(chosen, rows, results, strict=True):
        assert wrong(f, fraction, (lowest, highest + full), given, found) is None


def widened(m, f, narrow, code):
    """The bits of a code of `f`, from those of one of the format that `smallest_format` gave."""
    if narrow == f:
        return list(code)
    width = f.mantissa_bits
    *field, sign = code[width:]
    some = wire(m, "sum_some", either(*field))
    exponent = word(m, "sum_exponent", (cat(field) + f.bias - narrow.bias)[: f.exponent_bits])
    return [*code[:width], *(both(bit, some) for bit in bits_of(exponent)), sign]


def longer(f, narrow, offset, code):
    """A code of the shorter format as one of `f`."""
    magnitude = code % narrow.sign_bit
    return magnitude + (offset << f.mantissa_bits) * (magnitude > 0) | (f.sign_bit if code & narrow.sign_bit else 0)


def test_where_sums_do_not_reach_far_a_shorter_exponent_gives_the_same_ones():
    """Sums of the shorter format, brought back to the longer one, are the same as there."""
    rng = random.Random(1)
    cases = [
        (FP32, 3, False, 115, 144, 6),
        (FP32, 6, True, 115, 142, 6),
        (FP32, 2, False, 98, 160, 7),
        (BF16, 3, False, 115, 144, 6),
        (BF16, 7, False, -125, 384, 8),
        (FP16, 3, False, 3, 32, 5),
    ]
    parts, rows = [], []
    for f, fraction, full, lowest, highest, bits in cases:
        narrow, offset = smallest_format(f, Reach(lowest, highest + full, fraction))
        assert narrow.exponent_bits == bits and (bits < f.exponent_bits or narrow == f)
        width = exponent_width(lowest - offset, highest - offset)
        shape = fraction, full, lowest - offset, highest - offset
        rows.append(list(vectors(narrow, *shape, width, COUNT, rng)))
        widths, _, step_in_narrow = step(narrow, *shape)

        def build(m, *operands, f=f, narrow=narrow, build=step_in_narrow):
            *code, saturated = build(m, *operands)
            return [*widened(m, f, narrow, code), saturated]

        parts.append((widths, f.width + 1, build))
    results = simulate(parts, [[row[:5] for row in each] for each in rows])
    for (f, fraction, full, lowest, highest, _), given, found in zip(cases, rows, results, strict=True):
        narrow, offset = smallest_format(f, Reach(lowest, highest + full, fraction))
        wide = [(longer(f, narrow, offset, acc), *rest[:-1], rest[-1] + offset) for acc, *rest in given]
        assert wrong(f, fraction, (lowest, highest + full), wide, found) is None
