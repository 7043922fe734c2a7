"""The side-by-side table and that of converters: shares and savings of known areas."""

import pytest

from lmul.accuracy.dots.total import SCALED, Condition, DotUnit, TotalError
from lmul.golden.accumulators import DotParameters
from lmul.golden.formats import E3M4
from lmul.golden.methods import Method
from lmul.synth.measure.catalog import Chosen, dot_parameters, lanes, logs, scaled
from lmul.synth.measure.pieces import Piece, PieceKind
from lmul.synth.measure.session import Measured
from lmul.synth.report.arrays.log_lanes import converter_section, side_by_side_section
from lmul.synth.technology.technology import GENERIC


class Faked(Measured):
    """Lanes of log codes have 80 gates, exact ones 120, others 100; errors are 2, 3 and 4 %; converters have 40."""

    def __init__(self) -> None:
        super().__init__(GENERIC)

    def nand2(self, piece: Piece) -> float:
        if piece.kind is PieceKind.CONVERTER:
            return 40
        if piece.kind is not PieceKind.DOT_CORE:
            return 0
        return lanes(piece.known.product.format) * self._of(piece.known, 80, 120, 100)

    def error(self, condition: Condition, dot: DotParameters) -> TotalError:
        after = self._of(dot, 0.02, 0.03, 0.04)
        return TotalError(condition, DotUnit(dot.product), 2 * after, after, 1, 0, None, None)

    def _of(self, dot: DotParameters, log: float, exact: float, other: float) -> float:
        return log if dot.product.log_formats else exact if dot.method == Method.EXACT else other


def test_lanes_stand_side_by_side_by_their_areas() -> None:
    records = side_by_side_section(Faked()).records
    assert len(records) == len(scaled())
    assert [record["area"] for record in records] == sorted(float(record["area"] or 0) for record in records)
    rows = {record["design"]: record for record in records}
    log, exact, lmul = (rows[name] for name in ("log0n1 e3m4", "exact e4m3", "lmul e3m4"))
    assert log["area_saved"] == pytest.approx(1 - 80 / 120)
    assert (log["better"], lmul["better"], exact["better"], exact["area_saved"]) == (len(SCALED), 0, None, None)
    assert (log["gaussian_floor"], log["outliers_fit"], log["mean"]) == (0.02, 0.02, pytest.approx(0.02))


def test_converters_of_both_operands_are_shared_by_rows_and_columns() -> None:
    dot = dot_parameters(E3M4, Method.log(0))
    [record] = converter_section(Faked(), [dot]).records
    assert (record["converter"], record["lane"]) == (40, 80)
    assert [record[f"shared_{n}"] for n in (4, 16, 64)] == [20, 5, 1.25]
    assert record["total_16"] == 85


def test_lanes_of_log_codes_are_those_of_formats_that_have_them() -> None:
    found = [(dot.product.format.name, dot.method.name) for dot in logs(Chosen())]
    assert len(found) == len(set(found))
    assert {f for f, _ in found} == {"e4m3", "e3m4", "bf16", "fp16"}
