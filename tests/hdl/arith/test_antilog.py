"""The antilog of both styles against the model's table, for every fraction."""

import pytest
from amaranth.hdl import Cat

from lmul.golden.logarithms import antilogarithms
from lmul.hdl.arith import antilog
from lmul.hdl.rtl import antilog as rtl


def by_words(segments):
    def build(m, bits):
        value = rtl.antilog(m, segments, Cat(bits))
        return [value[i] for i in range(len(value))]

    return build


def by_gates(segments):
    return lambda m, bits: antilog.antilog(m, segments, bits)


@pytest.mark.parametrize("made", [by_words, by_gates])
@pytest.mark.parametrize("segments", [1, 2, 4])
def test_fractions_are_those_of_the_table(evaluate, segments, made):
    for width in range(1, 11):
        one = 1 << width
        found = evaluate([width], made(segments), [(f,) for f in range(one)])
        assert tuple(one + fraction for fraction in found) == antilogarithms(segments, width)
