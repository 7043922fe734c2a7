"""The exact baseline of equal accuracy: the smaller of two, of the same lanes and window, and named."""

from dataclasses import replace

import pytest

from lmul.accuracy.dots.total import PLAIN, Condition, DotUnit, TotalError
from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import E4M3, FP32
from lmul.golden.methods import Method
from lmul.synth.measure.catalog import dot_parameters
from lmul.synth.measure.pieces import Piece, PieceKind
from lmul.synth.measure.session import Measured
from lmul.synth.report.arrays.dot_products import accuracy_section, baselines
from lmul.synth.technology.technology import GENERIC

LMUL = dot_parameters(E4M3, Method.LMUL)
EXACT = dot_parameters(E4M3, Method.EXACT)
FOUND = TotalError(PLAIN, DotUnit(LMUL.product), 0.2, 0.1, 1.0, 0.001, (2, 2), (3, 2), (3, 2), (3, 3))


class Faked(Measured):
    """Cores of known area a lane, and errors with known baselines."""

    def __init__(self, areas: dict[str, float], found: TotalError = FOUND) -> None:
        super().__init__(GENERIC)
        self.areas, self.found = areas, found

    def nand2(self, piece: Piece) -> float:
        if piece.kind is not PieceKind.DOT_CORE:
            return 0.0
        return piece.lanes * self.areas[f"{piece.known.method.name} {piece.known.product.format_name}"]

    def error(self, condition: Condition, dot: DotParameters) -> TotalError:
        assert condition == PLAIN
        exact = replace(FOUND, baseline_before=None, baseline_after=None, rounded_before=None, rounded_after=None)
        return exact if dot == EXACT else self.found


AREAS = {
    "lmul e4m3": 60.0,
    "exact e4m3": 300.0,
    "exact e4m2fn": 80.0,
    "rounded e4m3_e4m2fn": 90.0,
    "exact e4m3_e4m2fn": 120.0,
    "rounded e4m3": 100.0,
}


def test_the_smaller_core_is_the_baseline() -> None:
    first, exact = accuracy_section(Faked(AREAS), [LMUL, EXACT]).records
    assert (first["baseline_before"], first["baseline_area_before"]) == ("2 x 2", 80)
    assert (first["baseline_after"], first["baseline_area_after"]) == ("3 x 3 rounded", 100)
    assert first["baseline_saved_before"] == pytest.approx(1 - 60 / 80)
    assert first["baseline_saved_after"] == pytest.approx(1 - 60 / 100)
    for key in ("baseline", "baseline_area", "baseline_saved"):
        assert (exact[f"{key}_before"], exact[f"{key}_after"]) == (None, None)


def test_where_one_kind_alone_is_as_accurate_it_is_the_baseline() -> None:
    alone = replace(FOUND, baseline_before=None, rounded_after=None)
    first = accuracy_section(Faked(AREAS, alone), [LMUL]).records[0]
    assert (first["baseline_before"], first["baseline_after"]) == ("3 x 2 rounded", "3 x 2")


def test_every_core_that_the_table_needs_is_measured() -> None:
    names = [
        f"{piece.known.method.name} {piece.known.product.format_name}"
        for piece in baselines(Faked(AREAS), [LMUL, EXACT])
    ]
    assert names == ["exact e4m2fn", "rounded e4m3_e4m2fn", "exact e4m3_e4m2fn", "rounded e4m3"]


@pytest.mark.parametrize("accumulator", [Accumulator.ANCHORED, Accumulator.FIXED])
def test_a_baseline_has_the_same_lanes_and_accumulator(accumulator: Accumulator) -> None:
    """Fp32 has fewer lanes and a wider window than the formats of its baselines."""
    wide = FP32 if accumulator is Accumulator.ANCHORED else E4M3
    dot = dot_parameters(wide, Method.LMUL, accumulator, 64)
    for piece in baselines(Faked(AREAS), [dot]):
        known = piece.known
        assert (known.accumulator, known.depth, known.window) == (accumulator, 64, dot.window)
        assert piece.lanes == (4 if wide == FP32 else 16)
        assert known.product.format.exponent_bits == wide.exponent_bits


def test_its_area_is_a_product_share_of_those_lanes() -> None:
    dot = dot_parameters(FP32, Method.LMUL)
    areas = {"lmul fp32": 100.0, "exact e8m2": 50.0, "rounded e8m3_e8m2": 60.0, "exact e8m3_e8m2": 70.0}
    found = accuracy_section(Faked({**areas, "rounded e8m3": 80.0}), [dot]).records[0]
    assert (found["baseline_area_before"], found["baseline_saved_before"]) == (50, -1)
