"""Terms against Python's own integers."""

import operator
import random

import pytest
from bitwuzla import TermManager
from support.terms import evaluated

from lmul.formal.integers import any_of, at_most, choose, constant, unsigned

RNG = random.Random(3)
PAIRS = [(RNG.randrange(-300, 300), RNG.randrange(-300, 300)) for _ in range(15)] + [(0, 0), (-1, 1), (255, -256)]
COMPARISONS = (operator.lt, operator.le, operator.gt, operator.ge)


def number(integer):
    value = evaluated(integer.tm, integer.term, {})
    return value - (1 << integer.width) * (value >> (integer.width - 1))


@pytest.mark.parametrize("operation", [operator.add, operator.sub, operator.mul])
def test_nothing_wraps(operation):
    tm = TermManager()
    for a, b in PAIRS:
        assert number(operation(constant(tm, a), constant(tm, b))) == operation(a, b)
        assert number(operation(constant(tm, a), b)) == operation(a, b)
    assert number(7 - constant(tm, 300)) == -293


def test_shifts_and_rests_are_those_of_integers():
    tm = TermManager()
    for a, b in PAIRS:
        by = b % 9
        assert number(constant(tm, a) << by) == number(constant(tm, a) << constant(tm, by)) == a << by
        assert number(constant(tm, a) >> by) == number(constant(tm, a) >> constant(tm, by)) == a >> by
        assert number(constant(tm, a) % (2 << by)) == a % (2 << by)
        assert number(unsigned(tm, constant(tm, a).bits(10))) == a % 1024


def test_comparisons_and_choices_are_those_of_integers():
    tm = TermManager()
    for a, b in PAIRS:
        x, y = constant(tm, a), constant(tm, b)
        for compare in COMPARISONS:
            assert number(choose(compare(x, y), 1, 0)) == compare(a, b)
        assert number(choose(x.equals(y), x, -y.width)) == (a if a == b else -y.width)
        assert number(choose(~(x > y) & (x < 0) | any_of([y > 9, y < -9]), 1, 0)) == ((a <= b and a < 0) or abs(b) > 9)
        assert number(at_most(constant(tm, abs(a)), 100)) == min(abs(a), 100)
