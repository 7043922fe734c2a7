"""Report of dot products by length, `lmul accuracy dots`."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from lmul.accuracy.dots.by_length import COUNT, DISTRIBUTIONS, LENGTHS, MEASURES, DotError, DotErrors
from lmul.accuracy.dots.picture import dots_figure
from lmul.accuracy.dots.sections import best_section, findings, length_section, summary_section
from lmul.golden.formats import Format
from lmul.reporting.drawing import image
from lmul.reporting.sections import Record, Section
from lmul.reporting.topic import Picture, Topic
from lmul.tools.session import Plan, Session

TITLE = "Error and bias of dot products by their length"

NOTES = [
    "True dot products are those of the operands before they became codes, by truncation or by rounding to nearest. "
    "Positive operands: uniform from 0 to 1. Gaussian: mean 0, deviation 1. All are independent.",
    "Units flush subnormal codes. Operands of a format whose normal numbers end above 2^-6 (e3m4) are scaled up by a "
    "power of two as far as none saturates.",
    "bias: the slope of computed on true sums, less 1. before: NRMSE as computed. after: NRMSE times one gain, which "
    "an output scale can hold; it is fitted on half of the dot products and judged on the other half.",
    "Of positive sums the error of single products averages out and their bias stays. Of sums with mean 0 nothing "
    "averages out: the sum itself grows no faster than its error. Which of them a layer is like decides.",
    "Exact sums: the accumulator fixed, or fp32 for formats that are too wide for it, as bf16 is.",
    "Anchored sums: one anchor for all of a kind, as an array's tile has it, of 12 bits.",
    "The constants of the method `constant` are the best for rounded Gaussian operands, without and with a gain.",
    "A floating-point accumulator of few bits stops growing where a product is less than half of its last place: that "
    "is no fault of the multiplier, and exact products have it too.",
]


@dataclass(frozen=True)
class Dots(Topic[Session]):
    """Topic: errors of dot products by length.

    Parameters
    ----------
    formats : sequence of Format
        Formats of the operands.
    lengths : tuple of int
        K, in rising order.
    count : int
        Dot products of each kind; even.
    """

    formats: Sequence[Format]
    lengths: tuple[int, ...] = LENGTHS
    count: int = COUNT

    @cached_property
    def best(self) -> Section:
        """Table of the best constants, which needs no job."""
        return best_section(self.formats)

    def plan(self, setting: Session) -> Plan:
        """List the jobs, one a format."""
        return [(setting, [self._job(f) for f in self.formats])]

    def sections(self, setting: Session) -> list[Section]:
        """Make the summaries, the table of best constants, and a table of each measure by length."""
        rows = self.rows(setting)
        return [
            *self._summaries(rows),
            self.best,
            *(length_section(rows, d, what) for d in DISTRIBUTIONS for what in ("bias", "before", "after")),
        ]

    def pictures(self, setting: Session) -> dict[str, Picture]:
        """Draw the errors by length."""
        return {"": Picture(TITLE, partial(_drawn, self.rows(setting)))}

    def data(self, setting: Session) -> dict[str, Any]:
        """Return every figure."""
        return {"rows": [row.row for row in self.rows(setting)]}

    def findings(self, setting: Session) -> list[str]:
        """Say what follows from the tables."""
        return findings(self.rows(setting), self.best)

    def rows(self, setting: Session) -> list[DotError]:
        """Look up the outcomes of the jobs."""
        return [row for f in self.formats for row in setting[self._job(f)]]

    def lines(self, setting: Session) -> list[Record]:
        """List the rows of the CSV file, one a length."""
        return _lines(self.rows(setting))

    def shown(self, setting: Session) -> list[str]:
        """List the keys of the tables that a terminal shows."""
        return [*(section.key for section in self._summaries(self.rows(setting))[:-1]), "best"]

    def _job(self, f: Format) -> DotErrors:
        return DotErrors(f, self.lengths, self.count)

    def _summaries(self, rows: list[DotError]) -> list[Section]:
        return [summary_section(rows, d, accumulators) for accumulators in (False, True) for d in DISTRIBUTIONS]


def _lines(rows: list[DotError]) -> list[Record]:
    lines: list[Record] = []
    for row in rows:
        names: Record = {"distribution": row.distribution.value, "cut": row.cut.value, "format": row.format}
        names |= {"method": row.method, "accumulator": row.accumulator}
        for at, length in enumerate(row.lengths):
            lines.append({**names, "K": length, **{what: getattr(row, what)[at] for what in MEASURES}})
    return lines


def _drawn(rows: list[DotError], kind: str) -> bytes:
    return image(partial(dots_figure, rows), kind, Title=TITLE)
