"""The rows of the comparison, with costs that are made up, and a few that are measured."""

from itertools import pairwise

import pytest
from support.libraries import NANGATE45

from lmul.golden.formats import BF16, E3M4, E4M3, E5M2, Format, format_named
from lmul.golden.methods import Method, MethodKind
from lmul.golden.parameters import Parameters, Policy
from lmul.synth.mapping.flow import Cost
from lmul.synth.mapping.open_liberty import open_liberty
from lmul.synth.measure.session import Measured
from lmul.synth.report.multipliers.comparison import FORMAT_NAMES, Comparison, Row, compare, comparison_jobs, units
from lmul.synth.report.multipliers.units import parts_of
from lmul.synth.technology.technology import GENERIC, Technology


def _cost(nand2: float) -> Cost:
    return Cost({"NAND2": int(nand2)}, nand2, 3, transistors=int(4 * nand2))


def _row(parameters: Parameters, nand2: float) -> Row:
    return Row(parameters, _cost(nand2), _cost(80), 0.05)


def _compared(technology: Technology, formats: list[Format]) -> Comparison:
    measured, compared = Measured(technology), units(formats)
    measured.find_out(comparison_jobs(compared))
    return compare(measured, compared)


def test_the_default_rows() -> None:
    names = [unit.name for unit in units([format_named(name) for name in FORMAT_NAMES])]
    assert len(names) == len(set(names)) == 54
    assert names[:9] == [
        "lmul_e4m3_raw",
        "corrected2_e4m3_raw",
        "lmul_e4m3_flush",
        "corrected2_e4m3_flush",
        "exact_e4m3_flush",
        "lmul_e4m3_ftz_inf",
        "exact_e4m3_ftz_inf",
        "lmul_e4m3_ieee_inf",
        "exact_e4m3_ieee_inf",
    ]


def test_a_format_named_twice_stands_once() -> None:
    assert len(units([E4M3, E4M3])) == 9


def test_one_mantissa_bit_allows_a_table_of_one() -> None:
    assert "corrected1_e2m1_flush" in [unit.name for unit in units([format_named("e2m1")])]


def test_the_saving_is_of_the_exact_units_area() -> None:
    assert _row(Parameters(E4M3), 60).saving == pytest.approx(0.25)
    assert _row(Parameters(E4M3, policy=Policy.RAW), 100).saving == pytest.approx(-0.25)
    assert _row(Parameters(E4M3, Method.EXACT), 80).saving is None


def test_a_unit_stands_against_the_exact_one_of_its_policy() -> None:
    rows = _compared(GENERIC, [format_named("e2m1")]).rows
    own = {row.parameters.policy: row.cost for row in rows if row.parameters.method.is_exact}
    own[Policy.RAW] = own[Policy.FLUSH]
    assert own[Policy.IEEE] != own[Policy.FLUSH]
    assert all(row.exact == own[row.parameters.policy] for row in rows)


def test_the_papers_estimates_stand_where_it_gives_them() -> None:
    assert _row(Parameters(E4M3, policy=Policy.RAW), 1).paper_gates == 157
    assert _row(Parameters(E4M3), 1).paper_gates is None
    assert _row(Parameters(E4M3, Method.EXACT), 1).paper_gates == 325
    assert _row(Parameters(E5M2, Method.EXACT), 1).paper_gates == 296
    assert _row(Parameters(BF16, Method.EXACT), 1).paper_gates is None


def test_the_parts_are_differences_of_whole_units() -> None:
    areas = (50, 55, 70, 75, 90, 80, 105, 150, 200)
    rows = [_row(unit, area) for unit, area in zip(units([E4M3]), areas, strict=True)]
    bought = parts_of(Comparison(GENERIC, rows, {E4M3: _cost(40)}), E4M3)
    assert list(bought.values()) == [40, 10, 20, 70, 5, 20, 10, 80, 110]


def test_generic_areas_do_not_grow() -> None:
    """Ceilings about 5 % above what the units have now, in NAND2 equivalents; they need no cell library."""
    comparison = _compared(GENERIC, [E4M3, E5M2, E3M4, BF16])
    ceilings = {
        "lmul_e4m3_flush": 80,
        "exact_e4m3_flush": 104,
        "lmul_e5m2_flush": 84,
        "exact_e5m2_flush": 90,
        "lmul_e3m4_flush": 84,
        "exact_e3m4_flush": 178,
        "lmul_bf16_flush": 182,
        "exact_bf16_flush": 585,
        "lmul_e4m3_ftz_inf": 95,
        "exact_e4m3_ftz_inf": 118,
        "lmul_e4m3_ieee_inf": 195,
        "exact_e4m3_ieee_inf": 255,
    }
    area = {row.parameters.name: row.cost.nand2 for row in comparison.rows}
    assert {name: area[name] for name, ceiling in ceilings.items() if area[name] > ceiling} == {}


@pytest.mark.skipif(
    not NANGATE45.exists(), reason="needs nangate45_typ.lib.gz in the folder shared beside the repository"
)
def test_area_goals_in_nangate45() -> None:
    comparison = _compared(open_liberty(NANGATE45), [E4M3, BF16])
    area = {row.parameters.name: row.cost.area_um2 or 0.0 for row in comparison.rows}
    goals = {"lmul_e4m3_flush": 57, "exact_e4m3_flush": 80, "lmul_bf16_flush": 142, "exact_bf16_flush": 600}
    goals["exact_e4m3_ieee_inf"] = 240
    assert {name: area[name] for name, goal in goals.items() if not 0 < area[name] <= goal} == {}
    for f in (E4M3, BF16):
        kinds = (MethodKind.LMUL, MethodKind.CORRECTED, MethodKind.EXACT)
        flush = [comparison.row(f, kind, Policy.FLUSH).cost.nand2 for kind in kinds]
        bare = [comparison.sums[f].nand2, comparison.row(f, MethodKind.LMUL, Policy.RAW).cost.nand2]
        assert all(smaller < larger for smaller, larger in pairwise(bare + flush))
