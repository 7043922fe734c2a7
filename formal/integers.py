"""Integers as terms of an SMT solver, with Python's operators.

Each result is as wide as its operands can make it, so that nothing wraps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Union

from bitwuzla import Kind, Term, TermManager

Number = Union["Integer", int]


@dataclass(frozen=True, eq=False)
class Truth:
    """Boolean term.

    Parameters
    ----------
    tm : TermManager
        Manager of the term.
    term : Term
        Term of sort Bool.
    """

    tm: TermManager
    term: Term

    def __and__(self, other: "Truth") -> "Truth":
        return Truth(self.tm, self.tm.mk_term(Kind.AND, [self.term, other.term]))

    def __or__(self, other: "Truth") -> "Truth":
        return Truth(self.tm, self.tm.mk_term(Kind.OR, [self.term, other.term]))

    def __xor__(self, other: "Truth") -> "Truth":
        return Truth(self.tm, self.tm.mk_term(Kind.XOR, [self.term, other.term]))

    def __invert__(self) -> "Truth":
        return Truth(self.tm, self.tm.mk_term(Kind.NOT, [self.term]))


@dataclass(frozen=True, eq=False)
class Integer:
    """Signed integer in two's complement.

    Parameters
    ----------
    tm : TermManager
        Manager of the term.
    term : Term
        A bit-vector, its top bit the sign.
    """

    tm: TermManager
    term: Term

    @property
    def width(self) -> int:
        """Return the bits, with the sign."""
        return int(self.term.sort().bv_size())

    def __add__(self, other: Number) -> "Integer":
        return self._combined(Kind.BV_ADD, other, 1)

    def __sub__(self, other: Number) -> "Integer":
        return self._combined(Kind.BV_SUB, other, 1)

    def __rsub__(self, other: int) -> "Integer":
        return constant(self.tm, other) - self

    def __mul__(self, other: Number) -> "Integer":
        right = self._integer(other)
        width = self.width + right.width
        return Integer(self.tm, self.tm.mk_term(Kind.BV_MUL, [self.bits(width), right.bits(width)]))

    def __lshift__(self, amount: Number) -> "Integer":
        """Multiply by 2^amount. The amount must not be negative; its range sets the width, so keep it small."""
        by = self._integer(amount)
        width = self.width + (amount if isinstance(amount, int) else (1 << (by.width - 1)) - 1)
        return self._shifted(Kind.BV_SHL, by, width)

    def __rshift__(self, amount: Number) -> "Integer":
        """Divide by 2^amount, rounded down. The amount must not be negative."""
        by = self._integer(amount)
        return self._shifted(Kind.BV_ASHR, by, max(self.width, by.width))

    def __mod__(self, power: int) -> "Integer":
        """Compute the remainder of a division by a power of two."""
        return unsigned(self.tm, self.bits(power.bit_length() - 1))

    def __lt__(self, other: Number) -> Truth:
        return self._compared(Kind.BV_SLT, other)

    def __le__(self, other: Number) -> Truth:
        return self._compared(Kind.BV_SLE, other)

    def __gt__(self, other: Number) -> Truth:
        return self._compared(Kind.BV_SGT, other)

    def __ge__(self, other: Number) -> Truth:
        return self._compared(Kind.BV_SGE, other)

    def equals(self, other: Number) -> Truth:
        """Compare two integers for equality."""
        return self._compared(Kind.EQUAL, other)

    def bits(self, width: int) -> Term:
        """Return the lowest `width` bits of the two's complement."""
        if width > self.width:
            return self.tm.mk_term(Kind.BV_SIGN_EXTEND, [self.term], [width - self.width])
        if width < self.width:
            return self.tm.mk_term(Kind.BV_EXTRACT, [self.term], [width - 1, 0])
        return self.term

    def _integer(self, number: Number) -> "Integer":
        return constant(self.tm, number) if isinstance(number, int) else number

    def _combined(self, kind: Kind, other: Number, more: int) -> "Integer":
        right = self._integer(other)
        width = max(self.width, right.width) + more
        return Integer(self.tm, self.tm.mk_term(kind, [self.bits(width), right.bits(width)]))

    def _compared(self, kind: Kind, other: Number) -> Truth:
        return Truth(self.tm, self._combined(kind, other, 0).term)

    def _shifted(self, kind: Kind, by: "Integer", width: int) -> "Integer":
        width = max(width, by.width)
        return Integer(self.tm, self.tm.mk_term(kind, [self.bits(width), by.bits(width)]))


def constant(tm: TermManager, value: int) -> Integer:
    """Build a constant."""
    width = max(value.bit_length(), (-value - 1).bit_length() if value < 0 else 0) + 1
    return Integer(tm, tm.mk_bv_value(tm.mk_bv_sort(width), value & ((1 << width) - 1)))


def unsigned(tm: TermManager, bits: Term) -> Integer:
    """Build the integer that an unsigned bit-vector means."""
    return Integer(tm, tm.mk_term(Kind.BV_ZERO_EXTEND, [bits], [1]))


def choose(condition: Truth, then: Number, otherwise: Number) -> Integer:
    """Select one of two numbers: if-then-else."""
    tm = condition.tm
    a, b = (constant(tm, n) if isinstance(n, int) else n for n in (then, otherwise))
    width = max(a.width, b.width)
    return Integer(tm, tm.mk_term(Kind.ITE, [condition.term, a.bits(width), b.bits(width)]))


def at_most(number: Integer, limit: int) -> Integer:
    """Build the minimum of a number and a limit, neither negative, no wider than the limit."""
    width = limit.bit_length() + 1
    return Integer(number.tm, choose(number > limit, limit, number).bits(width))


def is_one(tm: TermManager, bit: Term) -> Truth:
    """Tell whether a bit, a bit-vector of width 1, is 1."""
    return Truth(tm, tm.mk_term(Kind.EQUAL, [bit, tm.mk_bv_one(tm.mk_bv_sort(1))]))


def any_of(conditions: Sequence[Truth]) -> Truth:
    """OR conditions."""
    first, *rest = conditions
    for condition in rest:
        first = first | condition
    return first


def all_of(conditions: Sequence[Truth]) -> Truth:
    """AND conditions."""
    first, *rest = conditions
    for condition in rest:
        first = first & condition
    return first
