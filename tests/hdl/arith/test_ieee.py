# amaranth: UnusedElaboratable=no
"""What the policy ieee does before and after the arithmetic, simulated, against Python integers and fractions."""

import random
from fractions import Fraction
from itertools import product

import pytest
from support.parallel import simulate

from lmul.golden import reference
from lmul.golden.formats import BF16, E2M3, E3M2, E3M4, E4M3, E5M2, FP16, Format, FormatKind
from lmul.golden.methods import Method, MethodKind, Rounding
from lmul.golden.parameters import Overflow, Parameters, Policy
from lmul.hdl.arith import ieee
from lmul.hdl.arith.exponent import exponent_width, placed, shares_normaliser
from lmul.hdl.arith.fields import OperandFields
from lmul.hdl.arith.words import cat
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.style import Style

SMALL = Format("small", 3, 2, 3, FormatKind.IEEE)  # two subnormal operands can have a product that is not zero
FAR = Format("far", 3, 4, 7, FormatKind.IEEE)  # they cannot, and the mantissa is wide enough for it to matter
NO_INF = Format("no_inf", 4, 2, 7, FormatKind.FN)


def signed(value, width):
    return value - (1 << width) if value >> (width - 1) else value


@pytest.mark.parametrize("width", [1, 2, 3, 5])
def test_negated(evaluate, width):
    vectors = [(v,) for v in range(1 << width)]
    assert evaluate([width], lambda m, bits: ieee.negated(m, "n", bits), vectors) == [
        -v % (1 << width) for (v,) in vectors
    ]


@pytest.mark.parametrize(
    ("f", "shares"), [(SMALL, False), (E3M4, False), (E4M3, False), (FAR, True), (BF16, True), (FP16, True)]
)
def test_one_normaliser_serves_where_two_subnormal_operands_give_zero(f, shares):
    assert shares_normaliser(Parameters(f, Method.EXACT, Policy.IEEE)) == shares


def test_one_normaliser_does_not_serve_a_table_that_tells_x_from_y():
    table = ((0, 1), (0, 1))
    assert not shares_normaliser(Parameters(BF16, Method.corrected(1, table), Policy.IEEE))


@pytest.mark.parametrize("f", [SMALL, FAR, NO_INF, E2M3], ids=str)
def test_operands_are_normalised_and_classified(evaluate, f):
    """The value of each is kept, in either order where one normaliser serves both; what is special is flagged."""
    m_bits, e_bits = f.mantissa_bits, f.exponent_bits
    magnitudes = range(1 << f.magnitude_bits)
    parameters = Parameters(f, policy=Policy.IEEE)

    def build(m, x, y):
        halves = (OperandFields(bits[:m_bits], bits[m_bits:]) for bits in (x, y))
        a, b, special = ieee.operands(m, parameters, *halves)
        return [*a.mantissa, *b.mantissa, *a.exponent, *b.exponent, special.nan, special.infinite, special.zero]

    def value(code):
        exponent, mantissa = code >> m_bits, code % (1 << m_bits)
        return Fraction(mantissa, 1) * 2 if exponent == 0 else Fraction((1 << m_bits) + mantissa) * 2**exponent

    vectors = list(product(magnitudes, magnitudes))
    widths = (m_bits, m_bits, e_bits + 1, e_bits + 1, 1, 1, 1)
    starts = [sum(widths[:i]) for i in range(len(widths))]
    for (x, y), bits in zip(vectors, evaluate([f.magnitude_bits] * 2, build, vectors), strict=True):
        fields = (bits >> start & (1 << width) - 1 for start, width in zip(starts, widths, strict=True))
        a, b, ea, eb, nan, infinite, zero = fields
        is_nan, is_inf = (
            [f.kind is not FormatKind.FINITE and test(c) for c in (x, y)]
            for test in (lambda c: c > f.top and c != f.infinity, lambda c: c == f.infinity)
        )
        assert nan == (any(is_nan) or (any(is_inf) and 0 in (x, y))), (x, y)
        assert infinite == any(is_inf), (x, y)
        assert zero == (0 in (x, y)), (x, y)
        if not zero and not (shares_normaliser(parameters) and x < f.hidden_one and y < f.hidden_one):
            exponent = signed(ea, e_bits + 1) + signed(eb, e_bits + 1)
            got = ((1 << m_bits) + a) * ((1 << m_bits) + b) * Fraction(2) ** exponent
            assert got == value(x) * value(y), (x, y)


@pytest.mark.parametrize("rounding", Rounding)
@pytest.mark.parametrize("overflow", Overflow)
@pytest.mark.parametrize("f", [E3M2, FAR, NO_INF, E5M2], ids=str)
def test_a_placed_product_becomes_a_code(evaluate, f, overflow, rounding):
    """Every T near and far, with the product above, at or below it, for operands that are plain numbers."""
    exact = Method(MethodKind.EXACT, rounding=rounding)
    m_bits, parameters = f.mantissa_bits, Parameters(f, exact, Policy.IEEE, overflow)
    width = exponent_width(parameters)

    def build(m, mantissa, exponent, sides):
        t = placed(m, parameters, mantissa, exponent)
        magnitude, sign = ieee.products(m, parameters, t, (sides[0], sides[1]), ieee.Special(0, 0, 0), 1)
        return [*magnitude, sign]

    def expected(mantissa, exponent, sides):
        exponent = signed(exponent, width)
        above, below = sides & 1, sides >> 1
        t = (exponent << m_bits) + mantissa
        if exponent <= 0:
            side = Fraction(above - below, 100)
            exact = ((1 << m_bits) + mantissa + side) / 2 ** (1 - exponent)
            t = int(exact) if rounding is Rounding.ZERO else round(exact)
        if t > f.top:
            t = (
                f.top
                if f.nan is None or overflow is Overflow.SATURATE or rounding is Rounding.ZERO
                else f.infinity or f.nan
            )
        sign = 0 if f.nan is not None and t == f.nan else 1
        return t | sign << f.magnitude_bits

    # Toward zero nothing lies below T; and a product cannot lie on both sides.
    sides = (0, 1) if rounding is Rounding.ZERO else (0, 1, 2)
    vectors = list(product(range(1 << m_bits), range(1 << width), sides))
    assert evaluate([m_bits, width, 2], build, vectors) == [expected(*v) for v in vectors]


def deep_pairs(f, count, rng):
    """Pairs whose product is at the smallest normal number or below it, down to less than half of the smallest."""
    m_bits, pairs = f.mantissa_bits, []
    mantissas = (0, 1, f.hidden_one - 1, f.hidden_one >> 1, f.hidden_one - 2)
    # The exponent field of a number, that of a subnormal one counted on below 0.
    fields = range(1 - m_bits, f.top >> m_bits)

    def code(field):
        mantissa = rng.choice((*mantissas, rng.randrange(f.hidden_one)))
        magnitude = field << m_bits | mantissa if field > 0 else (f.hidden_one | mantissa) >> 1 - field
        return magnitude | rng.choice((0, f.sign_bit))

    for k in range(count):
        depth = f.bias + 2 - k % (m_bits + 5)  # what the fields come to
        x = rng.choice([field for field in fields if depth - field in fields])
        pairs.append((code(x), code(depth - x)))
    return pairs


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("method", [Method.LMUL, Method.EXACT], ids=lambda method: method.name)
def test_small_products_of_every_number_of_mantissa_bits(style, method):
    """Of exact ones a few: what comes behind the multiplication is the same but for bits below the last."""
    widths = range(1, 24) if method is Method.LMUL else (1, 2, 5, 10)
    units = [Parameters(Format(f"w{m}", 4, m, 7, FormatKind.IEEE), method, Policy.IEEE) for m in widths]

    def part(p):
        def build(m, x, y):
            m.submodules.unit = unit = Multiplier(p, style=style)
            m.d.comb += [unit.x.eq(cat(x)), unit.y.eq(cat(y))]
            return [*unit.p]

        return [p.format.width] * 2, p.format.width, build

    rows = [deep_pairs(p.format, 120, random.Random(p.format.mantissa_bits)) for p in units]
    for p, pairs, results in zip(units, rows, simulate([part(p) for p in units], rows), strict=True):
        wrong = [pair for pair, got in zip(pairs, results, strict=True) if got != reference.product(p, *pair)]
        assert not wrong, p.name
