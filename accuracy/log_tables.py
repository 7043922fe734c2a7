"""Search for the table of logarithms, and the D_log, with which products of log codes have the least error."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from lmul.accuracy.distributions import Distribution, drawn
from lmul.golden.block_scaling import Rule, quantise
from lmul.golden.codes import decode, encode
from lmul.golden.formats import Format
from lmul.golden.logarithms import LogTable, antilogarithms, logarithms, normalised
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.golden.types import Floats, Integers

_SEED = 2410_00908  # not that of the studies, which judge the fit on other operands
_PAIRS = 1 << 18
_NEAR = 4  # entries are tried so far from where they are, in units of 2^-F
_AROUND = 3  # offsets D_log that are tried on both sides of the best so far


@dataclass(frozen=True)
class FittedTable:
    """Table of logarithms that was fitted.

    Attributes
    ----------
    method : Method
        Method `log` with the table and the D_log. Its `log_table`, written as JSON, is a file for `--table`.
    error : float
        Mean |relative error| of products over all pairs of mantissas, or NRMSE of sums of products after `gain`.
    gain : float
        Factor of sums that makes the error least; 1 for the error of products.
    """

    method: Method
    error: float
    gain: float = 1.0


def fitted_table(
    format: Format,
    guard: int,
    segments: int = 1,
    distribution: Distribution | None = None,
    rule: Rule | None = Rule.FIT,
    d: int | None = None,
) -> FittedTable:
    """Find the table L of one format for both operands, and D_log, with the least error.

    Entries are the best for those of the other operand as they are, then the other way round, until nothing changes;
    both operands have one table, so one entry is tried at a time at the end. It is a search: better ones may exist.

    Parameters
    ----------
    format : Format
        Format of both operands, of at most 10 mantissa bits.
    guard, segments : int
        G and s of the method `log`.
    distribution : Distribution or None
        Operands, of which the error of dot products after a gain is made least, quantisation included. None for the
        mean |relative error| of products over all pairs of mantissas.
    rule : Rule or None
        Rule of block scales of the operands; None for no scales.
    d : int or None
        D_log in units of 2^-F; None for the best.

    Raises
    ------
    TypeError, ValueError
        An argument is not valid.
    """
    p = Parameters(format, Method.log(guard, segments, d or 0))
    loss: Loss = MeanError(format.mantissa_bits) if distribution is None else SumError(format, distribution, rule)
    search = _Search(p, loss)
    usual = np.array(logarithms(format.mantissa_bits, p.mantissa_bits))
    if d is not None:
        return search.fitted(usual, d)
    offsets = range(-(p.hidden_one >> 3) - 2, 3)
    start = min(offsets, key=lambda offset: search.error(usual, offset)[0])
    near = [search.fitted(usual, start + step) for step in range(-_AROUND, _AROUND + 1)]
    return min(near, key=lambda each: (each.error, abs(each.method.d or 0)))


class Loss(Protocol):
    """Sum over pairs of mantissas of w p^2 - 2 v p, or of |p / true - 1|, as a matrix of its terms."""

    def terms(self, products: Floats, rows: Integers, gain: float) -> Floats:
        """Compute the terms of the rows with these mantissas of one operand, for products (..., rows, 2^M)."""
        ...

    def gain(self, products: Floats) -> float:
        """Return the best factor of products (2^M, 2^M)."""
        ...

    def error(self, total: float) -> float:
        """Return the error from the sum of all terms."""
        ...


class MeanError:
    """Mean |relative error| of products over all pairs of mantissas."""

    def __init__(self, mantissa_bits: int) -> None:
        self._significands = 1 + np.arange(1 << mantissa_bits) / (1 << mantissa_bits)

    def terms(self, products: Floats, rows: Integers, gain: float) -> Floats:
        """Compute |p / true - 1|."""
        found: Floats = np.abs(products / np.outer(self._significands[rows], self._significands) - 1)
        return found

    def gain(self, products: Floats) -> float:
        """Return 1."""
        return 1.0

    def error(self, total: float) -> float:
        """Return the mean."""
        return total / len(self._significands) ** 2


class SumError:
    """NRMSE of sums of products of independent operands of mean 0, which is that of the products."""

    def __init__(self, format: Format, distribution: Distribution, rule: Rule | None) -> None:
        count, squares = 1 << format.mantissa_bits, []
        # By mantissa: of both operands the sums of 4^e, and of 2^e times the number before it became a code.
        self._powers, self._numbers = np.zeros((2, count)), np.zeros((2, count))
        for side, numbers in enumerate(drawn(distribution, _SEED, (_PAIRS // 64, 64))):
            if rule is None:
                codes, scales = encode(format, numbers), np.zeros(numbers.shape, np.int64)
            else:
                scaled = quantise(format, numbers, rule)
                codes, scales = scaled.codes, np.repeat(scaled.exponents, scaled.block, axis=-1)
            magnitude = normalised(format, codes.astype(np.int64) & (format.sign_bit - 1))
            mantissa = magnitude & (count - 1)
            power = np.ldexp(1.0, ((magnitude >> format.mantissa_bits) - format.bias + scales).astype(np.int32))
            power = np.where(decode(format, codes, reserved=False) == 0, 0.0, power)
            size = np.sqrt(np.mean(numbers**2))
            self._powers[side] = _by(mantissa, (power / size) ** 2, count)
            self._numbers[side] = _by(mantissa, power * np.abs(numbers) / size**2, count)
            squares.append(float(np.mean((numbers / size) ** 2)))
        self._square = squares[0] * squares[1]

    def terms(self, products: Floats, rows: Integers, gain: float) -> Floats:
        """Compute (g p)^2 4^(ex + ey) - 2 g p true 2^(ex + ey), for both orders of the operands."""
        powers, numbers = (_both(side, rows) for side in (self._powers, self._numbers))
        scaled = gain * products
        found: Floats = scaled * (scaled * powers - 2 * numbers)
        return found

    def gain(self, products: Floats) -> float:
        """Return the factor with the least sum of squares."""
        every = np.arange(len(products))
        powers, numbers = (_both(side, every) for side in (self._powers, self._numbers))
        return float((products * numbers).sum() / (products**2 * powers).sum())

    def error(self, total: float) -> float:
        """Return the root of the summed squared errors over the summed squares."""
        return float(np.sqrt(max(1 + total / self._square, 0.0)))


def _by(mantissa: Integers, values: Floats, count: int) -> Floats:
    return np.bincount(mantissa.ravel(), values.ravel(), count) / values.size


def _both(side: Floats, rows: Integers) -> Floats:
    """Return the means of both orders of x and y: the table is the same for both."""
    both: Floats = (np.outer(side[0, rows], side[1]) + np.outer(side[1, rows], side[0])) / 2
    return both


class _Search:
    """Search for entries of a table that make a loss least."""

    def __init__(self, p: Parameters, loss: Loss) -> None:
        self._p, self._loss = p, loss
        self._h = np.array(antilogarithms(p.method.segments or 1, p.mantissa_bits)) / p.hidden_one

    def error(self, table: Integers, d: int) -> tuple[float, float]:
        """Compute error and gain of one table for both operands."""
        products, every = self._products(table, table, d), np.arange(len(table))
        gain = self._loss.gain(products)
        return self._loss.error(float(self._loss.terms(products, every, gain).sum())), gain

    def fitted(self, usual: Integers, d: int) -> FittedTable:
        """Fit a table, beginning with the logarithms."""
        best = usual
        for started in (usual, self._alternated(usual, d)):
            found = self._one_by_one(started, d)
            best = min(best, found, key=lambda each: self.error(each, d)[0])
        error, gain = self.error(best, d)
        method = self._p.method
        table: LogTable = tuple(int(entry) for entry in best)
        assert method.guard is not None
        return FittedTable(Method.log(method.guard, method.segments or 1, d, table), error, gain)

    def _products(self, x: Integers, y: Integers, d: int) -> Floats:
        total = np.add.outer(x, y) + d
        products: Floats = np.ldexp(self._h[total & (self._p.hidden_one - 1)], total >> self._p.mantissa_bits)
        return products

    def _alternated(self, table: Integers, d: int) -> Integers:
        """Find the best entries of x for those of y, and the other way round."""
        x = y = table
        every = np.arange(len(table))
        gain = self.error(table, d)[1]
        for _ in range(16):
            before, steps = y, np.arange(-_NEAR, _NEAR + 1)
            tried = np.clip(y + steps[:, None], 0, self._p.hidden_one)
            losses = [self._loss.terms(self._products(each, x, d), every, gain).sum(axis=-1) for each in tried]
            x, y = np.maximum.accumulate(tried[np.argmin(losses, axis=0), every]), x
            if np.array_equal(x, before):
                break
        return min(x, y, key=lambda each: self.error(each, d)[0])

    def _one_by_one(self, table: Integers, d: int) -> Integers:
        """Change one entry at a time, of both operands at once, as long as that helps."""
        table, (error, gain) = table.copy(), self.error(table, d)
        while True:
            before = error
            for m in range(len(table)):
                low, high = (table[m - 1] if m else 0), (*table, self._p.hidden_one)[m + 1]
                tried = np.arange(max(table[m] - _NEAR, low), min(table[m] + _NEAR, high) + 1)
                table[m] = self._best_entry(table, m, tried, d, gain)
            error, gain = self.error(table, d)
            if error >= before * (1 - 1e-6):
                return table

    def _best_entry(self, table: Integers, m: int, tried: Integers, d: int, gain: float) -> int:
        row = self._loss.terms(self._products(tried, table, d)[:, None], np.array([m]), gain)[:, 0]
        # The entry meets itself once, and every other entry in both orders.
        own = self._loss.terms(self._products(tried, tried, d).diagonal()[:, None, None], np.array([m]), gain)
        total = 2 * (row.sum(axis=1) - row[:, m]) + own[:, 0, m]
        return int(tried[np.argmin(total)])
