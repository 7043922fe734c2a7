"""The front, winners and rivals follow from areas and errors, whatever they are."""

from collections.abc import Sequence

import pytest

from lmul.accuracy.distributions import Distribution
from lmul.accuracy.dots.total import Condition
from lmul.golden.block_scaling import Rule
from lmul.golden.formats import E2M1, E3M4, E4M3
from lmul.golden.methods import Method
from lmul.synth.mapping.flow import Cost
from lmul.synth.measure.catalog import dot_parameters, integers
from lmul.synth.measure.session import Measured
from lmul.synth.report.search.candidates import Candidate, candidates, formats_of
from lmul.synth.report.search.topic import Found, Search, rivals, winner
from lmul.synth.report.setting import Setting
from lmul.synth.technology.technology import GENERIC

ONE, OTHER = (Condition(distribution, Rule.FIT) for distribution in (Distribution.GAUSSIAN, Distribution.LAPLACE))
METHODS = {"exact": Method.EXACT, "rounded": Method.ROUNDED, "lmul": Method.LMUL, "log0": Method.log(0)}


def _candidate(name: str) -> Candidate:
    if name.startswith("int"):
        return Candidate(integers(int(name[3:])))
    method, form = name.split()
    return Candidate(dot_parameters({"e3m4": E3M4, "e4m3": E4M3}[form], METHODS[method]))


def _found(name: str, area: float | None, error: float) -> Found:
    return Found(_candidate(name), {ONE: error - 0.01, OTHER: error + 0.01}, area)


FOUND = [
    _found("exact e3m4", 430, 0.02),
    _found("exact e4m3", 360, 0.035),
    _found("rounded e4m3", 300, 0.045),
    _found("log0 e3m4", 306, 0.03),
    _found("lmul e3m4", 302, 0.04),
    _found("int7", 440, 0.025),
    _found("int8", 480, 0.015),
]


def _name(found: Found | None) -> str | None:
    return None if found is None else found.name.removesuffix(" W12")


@pytest.mark.parametrize(
    ("error", "area", "expected"),
    [
        (0.035, None, "log0 e3m4"),
        (0.025, None, "exact e3m4"),
        (0.018, None, "int8"),
        (0.014, None, None),
        (None, 305, "lmul e3m4"),
        (None, 500, "int8"),
        (0.05, 310, "rounded e4m3"),
        (0.02, 310, None),
    ],
)
def test_a_winner_keeps_its_bounds(error: float | None, area: float | None, expected: str | None) -> None:
    assert _name(winner(FOUND, error, area)) == expected


def test_rivals_are_the_smallest_of_no_larger_error() -> None:
    both = rivals(FOUND, 0.035)
    assert (_name(both.exact), _name(both.integer)) == ("exact e4m3", "int7")
    both = rivals(FOUND, 0.03)
    assert (_name(both.exact), _name(both.integer)) == ("exact e3m4", "int7")
    both = rivals(FOUND, 0.019)
    assert (_name(both.exact), _name(both.integer)) == (None, "int8")
    measured = [*FOUND, _found("int6", 500, 0.03), _found("int5", 400, 0.031)]
    assert _name(rivals(measured, 0.035).integer) == "int5"


def _searched(found: Sequence[Found], **bounds: float) -> tuple[Search, Setting]:
    """A search whose outcomes are these."""
    own = [each.candidate for each in found]
    topic, measured = Search(own, [ONE, OTHER], count=9, **bounds), Measured(GENERIC)
    errors = {each.candidate: each.errors for each in found}
    for job in topic._error_jobs():
        measured.learn(job, [errors[each][job.condition] for each in job.candidates])
    for each in found:
        for form in each.candidate.design.forms:
            measured.learn(each.candidate.design.cost_job(form), Cost({}, 16 * (each.area or 0), 1, None))
    return topic, Setting([measured])


def test_the_front_has_what_no_other_beats_and_its_rivals() -> None:
    topic, setting = _searched(FOUND)
    front, every = topic.sections(setting)
    rows = {str(row["design"]).removesuffix(" W12"): row for row in front.records}
    assert list(rows) == ["rounded e4m3", "lmul e3m4", "log0 e3m4", "exact e3m4", "int8"]
    assert rows["log0 e3m4"]["exact"] == "exact e3m4 W12"
    assert rows["log0 e3m4"]["exact_saved"] == pytest.approx(1 - 306 / 430)
    assert rows["lmul e3m4"]["exact_saved"] == pytest.approx(1 - 302 / 360)
    assert (rows["exact e3m4"]["exact"], rows["exact e3m4"]["integer"]) == (None, "int8")
    assert rows["log0 e3m4"]["gaussian_fit"] == pytest.approx(0.02)
    assert len(every.records) == len(FOUND)
    assert topic.findings(setting) == []


def test_what_is_said_of_a_winner() -> None:
    topic, setting = _searched(FOUND, most_error=0.035)
    assert topic.findings(setting) == [
        "With an error of at most 3.5 %: log0 e3m4 W12, 306.0 NAND2 equivalents, error 3.00 %.",
        "The smallest exact lane of no larger error: exact e3m4 W12, 430.0 NAND2 equivalents, error 2.00 %: the winner"
        " saves 29 %.",
        "The smallest integer lane of no larger error: int7, 440.0 NAND2 equivalents, error 2.50 %: the winner"
        " saves 30 %.",
        "The smallest exact lane of an error of at most 3.5 %: exact e4m3 W12, 360.0 NAND2 equivalents, error 3.50 %:"
        " the winner saves 15 %.",
    ]
    topic, setting = _searched(FOUND[3:], most_error=0.035)
    assert topic.findings(setting)[1:] == [
        "No exact lane here is as accurate as that.",
        "The smallest integer lane of no larger error: int7, 440.0 NAND2 equivalents, error 2.50 %: the winner"
        " saves 30 %.",
    ]
    topic, setting = _searched(FOUND, most_error=0.025)
    assert topic.findings(setting)[1] == "It is the smallest exact lane of no larger error itself."
    topic, setting = _searched(FOUND[:5], most_error=0.03)
    assert not any("integer" in each for each in topic.findings(setting))
    topic, setting = _searched(FOUND, most_area=100)
    assert topic.findings(setting) == ["No measured lane has at most 100 NAND2 equivalents."]


def test_candidates_are_there_once_and_rivals_have_fewer_bits() -> None:
    found = candidates(formats_of(8), [10, 12])
    names = {each.name for each in found}
    assert len(names) == len(found)
    assert {"log0 e3m4 W10", "log1s4 e3m4 W12", "exact e3m4_e3m3 W12", "corrected2 e4m3 W12", "int4", "int8"} <= names
    assert "log0s2 e3m4 W12" not in names  # with four fraction bits its second segment leaves nothing
    assert not any(each.is_integer for each in candidates([E2M1], [12], scaled=False))
    table = (0, 3, 5, 7, 9, 11, 13, 14)
    own = [each for each in candidates([E4M3, E3M4], [12], [(1, table), (3, (0,) * 8)]) if each.name.count("x")]
    assert {each.dot.method.guard for each in own if each.dot.method.log_table} == {1, 3}


def test_unknown_widths_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^--format-bits must be one of 4, 6, 8, 16, 19, not 7$"):
        formats_of(7)
