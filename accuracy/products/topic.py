"""Report of single products, `lmul accuracy products`."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from lmul.accuracy.operands import Pairs
from lmul.accuracy.products.picture import products_figure
from lmul.accuracy.products.sections import (
    MEASURES,
    constant_section,
    expectation_section,
    findings,
    mantissa_section,
    measure_section,
)
from lmul.accuracy.products.study import Enumerated, MantissaError, ProductError, ProductErrors
from lmul.reporting.drawing import image
from lmul.reporting.sections import Record, Section
from lmul.reporting.topic import Picture, Topic
from lmul.tools.session import Plan, Session

TITLE = "How far products are from true ones, by mantissa bits"
EVERY_PAIR = range(1, 9)
"""Mantissa bits for which every pair is measured."""

NOTES = [
    "Operands are cut to k mantissa bits, by truncation as the paper's analysis does it, and by rounding to nearest, "
    "as every converter does; exponents have no bounds. Which method is better depends on the cut.",
    "Against the product of the uncut operands: what a user loses. Against that of the cut ones: the method's part.",
    "Uniform mantissa: from 1 to 2. Gaussian: independent, mean 0. Your own: an element of one array with one of the "
    "other, by chance.",
    "exact: the full product of the cut operands; rounded: that to k bits. Formats stand for exact products of "
    "operands in that format, subnormal numbers counted in full, each side scaled by the largest power of two "
    "that does not saturate.",
    "L-Mul is the adder with the paper's constant 2^-l(k). Eq. 1 is the paper's equation with it, which is not what "
    "the adder computes. best c: the adder with the real constant that has the least mean on these operands; no "
    "hardware of k bits has it, it is a bound.",
    "A small mean error with a bias does not stay small in a sum: lmul accuracy dots.",
]


@dataclass(frozen=True)
class Products(Topic[Session]):
    """Topic: errors of single products.

    Parameters
    ----------
    operands : sequence of Pairs
        Pairs of operands.
    """

    operands: Sequence[Pairs]

    @property
    def shown(self) -> list[str]:
        """List the keys of the tables that a terminal shows."""
        measures = [f"{each.name}_total_{measure}" for each in self.operands for measure in ("mean", "bias")]
        return [*measures, "mantissas", "expectation"]

    def plan(self, setting: Session) -> Plan:
        """List the jobs for all operands and all mantissas."""
        every = [Enumerated(bits) for bits in EVERY_PAIR]
        return [(setting, [*(ProductErrors(each) for each in self.operands), *every])]

    def sections(self, setting: Session) -> list[Section]:
        """Make a table for each measure and source of operands, and those of all mantissas."""
        rows, names = self.rows(setting), [each.name for each in self.operands]
        return [
            *(measure_section(rows, name, measure) for name in names for measure in MEASURES),
            *(measure_section(rows, name, "mean", "own") for name in names),
            *(constant_section(rows, name) for name in names),
            mantissa_section(self._mantissas(setting)),
            expectation_section(),
        ]

    def pictures(self, setting: Session) -> dict[str, Picture]:
        """Draw the errors by mantissa bits."""
        return {"": Picture(TITLE, partial(_drawn, self.rows(setting)))}

    def data(self, setting: Session) -> dict[str, Any]:
        """Return every figure."""
        return {"rows": self.lines(setting)}

    def findings(self, setting: Session) -> list[str]:
        """Say what follows from the tables."""
        return findings(self.rows(setting))

    def rows(self, setting: Session) -> list[ProductError]:
        """Look up the outcomes of the jobs."""
        return [row for each in self.operands for row in setting[ProductErrors(each)]]

    def lines(self, setting: Session) -> list[Record]:
        """List the rows of the CSV file."""
        return [row.row for row in self.rows(setting)]

    def _mantissas(self, setting: Session) -> list[MantissaError]:
        return [setting[Enumerated(bits)] for bits in EVERY_PAIR]


def _drawn(rows: list[ProductError], kind: str) -> bytes:
    return image(partial(products_figure, rows), kind, Title=TITLE)
