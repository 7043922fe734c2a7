"""Front of total error against area, and the winner at an error or at an area."""

from collections.abc import Sequence
from dataclasses import dataclass

from lmul.accuracy.dots.total import COUNT, Condition
from lmul.golden.block_scaling import Rule
from lmul.reporting.sections import Record, Section, Show, area, decimals, error, plain, saving
from lmul.reporting.topic import Topic
from lmul.synth.energy.operands import GAUSSIAN, scaled_by
from lmul.synth.measure.exact_baselines import Best, best_forms
from lmul.synth.measure.session import Job, Measured, Plan
from lmul.synth.report.full.pareto import front
from lmul.synth.report.noise import NOISE_PERCENT
from lmul.synth.report.search.candidates import Candidate, CandidateErrors
from lmul.synth.report.setting import Setting

TITLE = "The cheapest lane of an error"

NOTES = [
    "Lanes of 16, anchored, words and accumulator included; each product's share of a whole core, mapped flat for area."
    " An error is the NRMSE of sums of 64 products against the numbers before they became codes, after one gain.",
    "Exact lanes are tried with operands that are rounded to fewer bits, too, adding whole products or rounded ones, in"
    " several forms of which the smallest counts.",
    "Log codes count subnormal numbers in full; all other lanes whose names do not say `subnormals` read them as zero,"
    " which is most of the error of formats of few exponent bits. What converts operands where they enter, shared by"
    " rows and columns, is not in the area.",
]

STREAM = scaled_by(GAUSSIAN, Rule.FIT)
"""Operands of energies."""


@dataclass(frozen=True)
class Found:
    """Candidate, with what was measured.

    Attributes
    ----------
    candidate : Candidate
        What it is.
    errors : dict
        NRMSE after the gain, by condition.
    area : float or None
        NAND2 equivalents a product, words and accumulator included; None where it was not measured.
    fj, fj_glitches : float or None
        Energy a product, in fJ.
    """

    candidate: Candidate
    errors: dict[Condition, float]
    area: float | None
    fj: float | None = None
    fj_glitches: float | None = None

    @property
    def name(self) -> str:
        """Return the candidate's name."""
        return self.candidate.name

    @property
    def error(self) -> float:
        """Return the mean error of all conditions."""
        return sum(self.errors.values()) / len(self.errors)


@dataclass(frozen=True)
class Rivals:
    """Best exact and best integer lane of no larger error than some bound; None where there is none."""

    exact: Found | None
    integer: Found | None


def rivals(found: Sequence[Found], bound: float) -> Rivals:
    """Find the smallest exact and the smallest integer lane whose error is at most `bound`."""
    able = [each for each in found if each.error <= bound]
    exact = [each for each in able if each.candidate.is_exact]
    integer = [each for each in able if each.candidate.is_integer]
    return Rivals(_smallest(exact), _smallest(integer))


def winner(found: Sequence[Found], most_error: float | None, most_area: float | None) -> Found | None:
    """Find the smallest lane of an error, or, where only an area is given, the most accurate lane of that."""
    able = [each for each in found if each.area is not None]
    able = [each for each in able if most_error is None or each.error <= most_error]
    able = [each for each in able if most_area is None or (each.area or 0) <= most_area]
    if most_error is not None:
        return _smallest(able)
    return min(able, key=lambda each: (each.error, each.area), default=None)


def _smallest(found: Sequence[Found]) -> Found | None:
    """Return the smallest; those without a measured area come last, and among them the one of the fewest bits."""
    return min(found, key=lambda each: (each.area is None, each.area or 0, -each.error), default=None)


@dataclass(frozen=True)
class Search(Topic[Setting]):
    """Topic: candidates on the front, and the winner.

    Parameters
    ----------
    candidates : sequence of Candidate
        What is compared.
    conditions : sequence of Condition
        Distributions and rules of scales; the error of a candidate is the mean of all.
    most_error, most_area : float or None
        Bounds that a winner keeps.
    energy : bool
        Measure energies of those on the front, and of their rivals.
    count : int
        Dot products a condition.
    """

    candidates: Sequence[Candidate]
    conditions: Sequence[Condition]
    most_error: float | None = None
    most_area: float | None = None
    energy: bool = False
    count: int = COUNT

    def plan(self, setting: Setting) -> Plan:
        """List the jobs for errors and areas, then for energies."""
        jobs: list[Job] = list(self._error_jobs())
        jobs += [job for each in self.candidates for job in _area_jobs(each)]
        if self.energy and all(job in setting.main for job in jobs):
            jobs += [job for each in self._of_interest(setting) for job in _energy_jobs(setting.main, each)]
        return [(setting.main, jobs)]

    def sections(self, setting: Setting) -> list[Section]:
        """Make the table of the front, and that of all."""
        found = self.found(setting)
        return [self._section("front", "The front", self._front(found), found), self._all(found)]

    def findings(self, setting: Setting) -> list[str]:
        """Name the winner and its rivals."""
        found = self.found(setting)
        sentences = []
        if self.most_error is None and self.most_area is None:
            return []
        best = winner(found, self.most_error, self.most_area)
        limits = [] if self.most_error is None else [f"an error of at most {100 * self.most_error:g} %"]
        limits += [] if self.most_area is None else [f"at most {self.most_area:g} NAND2 equivalents"]
        if best is None or best.area is None:
            return [f"No measured lane has {' and '.join(limits)}."]
        sentences.append(f"With {' and '.join(limits)}: {_described(best)}.")
        bounds = {"no larger error": best.error}
        if self.most_error is not None:
            bounds[f"an error of at most {100 * self.most_error:g} %"] = self.most_error
        told = set()
        for what, bound in bounds.items():
            each = rivals(found, bound)
            for kind, rival in (("exact", each.exact), ("integer", each.integer)):
                known = kind == "exact" or any(candidate.is_integer for candidate in self.candidates)
                if known and (kind, rival and rival.name) not in told:
                    sentences.append(_against(best, rival, kind, what))
                told.add((kind, rival and rival.name))
        return sentences

    def found(self, setting: Setting) -> list[Found]:
        """Look up errors, areas and energies of all candidates."""
        measured, errors = setting.main, {each: dict[Condition, float]() for each in self.candidates}
        for job in self._error_jobs():
            for each, value in zip(job.candidates, measured[job], strict=True):
                errors[each][job.condition] = value
        return [_looked_up(measured, *pair) for pair in errors.items()]

    def _error_jobs(self) -> list[CandidateErrors]:
        groups: dict[tuple[str, int | None], list[Candidate]] = {}
        for each in self.candidates:
            groups.setdefault(each.group, []).append(each)
        return [
            CandidateErrors(condition, tuple(group), self.count)
            for condition in self.conditions
            for group in groups.values()
        ]

    def _front(self, found: Sequence[Found]) -> list[Found]:
        known = [each for each in found if each.area is not None]
        kept = front([(each.error, each.area or 0) for each in known])
        return sorted(
            (each for each, best in zip(known, kept, strict=True) if best), key=lambda each: (each.area, each.name)
        )

    def _of_interest(self, setting: Setting) -> list[Candidate]:
        found = self.found(setting)
        chosen = [*self._front(found), winner(found, self.most_error, self.most_area)]
        both = [rivals(found, each.error) for each in chosen if each is not None]
        chosen += [rival for each in both for rival in (each.exact, each.integer)]
        return list(dict.fromkeys(each.candidate for each in chosen if each is not None))

    def _section(self, key: str, title: str, rows: Sequence[Found], found: Sequence[Found]) -> Section:
        records: list[Record] = []
        for each in rows:
            others = rivals(found, each.error)
            record = self._record(each)
            for kind, rival in (("exact", others.exact), ("integer", others.integer)):
                known = rival if rival is not None and rival != each else None
                record[kind] = known.name if known is not None else None
                record[f"{kind}_area"] = known.area if known is not None else None
                record[f"{kind}_saved"] = _saved(each, known)
            records.append(record)
        rival_columns = {
            key: column
            for kind in ("exact", "integer")
            for key, column in {
                kind: (f"{kind} of no larger error", plain),
                f"{kind}_area": ("its area", area),
                f"{kind}_saved": ("saved", saving),
            }.items()
        }
        notes = [
            "A lane is on the front if no other is at least as accurate and at least as small, and better in one of"
            " both. 'error' is the mean of all conditions; rivals are the smallest ones whose error is no larger."
            f" Differences of less than about {NOISE_PERCENT} % in area mean nothing. Integers have exact sums."
        ]
        return Section(
            key, f"{title}: total error against area", records, {**self._columns(), **rival_columns}, (), notes
        )

    def _all(self, found: Sequence[Found]) -> Section:
        rows = sorted(found, key=lambda each: (each.area is None, each.area or 0, each.name))
        return Section("all", "All lanes", [self._record(each) for each in rows], self._columns(), ())

    def _record(self, each: Found) -> Record:
        record: Record = {"design": each.name, "area": each.area, "error": each.error}
        record |= {"fj": each.fj, "fj_glitches": each.fj_glitches}
        return record | {condition.name.replace(" ", "_"): each.errors[condition] for condition in self.conditions}

    def _columns(self) -> dict[str, tuple[str, Show]]:
        return {
            "design": ("design", plain),
            "area": ("NAND2 eq.", area),
            "error": ("error", error),
            "fj": ("fJ", decimals(0)),
            "fj_glitches": ("fJ with glitches", decimals(0)),
        }


def _area_jobs(each: Candidate) -> list[Job]:
    return [each.design.cost_job(form) for form in each.design.forms]


def _energy_jobs(measured: Measured, each: Candidate) -> list[Job]:
    """List the job for the energy of the smallest form."""
    return [each.design.energy_job(_smallest_form(measured, each).form, STREAM)]


def _smallest_form(measured: Measured, each: Candidate) -> Best:
    return best_forms(measured, each.design, None)["nand2"]


def _looked_up(measured: Measured, each: Candidate, errors: dict[Condition, float]) -> Found:
    best = _smallest_form(measured, each)
    energies = measured.get(each.design.energy_job(best.form, STREAM))
    if energies is None:
        return Found(each, errors, best.value)
    fj = [energy.fj_per_cycle / each.design.products for energy in (energies.settled, energies.glitches)]
    return Found(each, errors, best.value, *fj)


def _saved(each: Found, rival: Found | None) -> float | None:
    if rival is None or rival.area is None or each.area is None:
        return None
    return 1 - each.area / rival.area


def _described(each: Found) -> str:
    size = "area not measured" if each.area is None else f"{each.area:.1f} NAND2 equivalents"
    return f"{each.name}, {size}, error {100 * each.error:.2f} %"


def _against(best: Found, rival: Found | None, kind: str, what: str) -> str:
    """Say how a winner compares with a rival."""
    if rival is None:
        return f"No {kind} lane here is as accurate as that."
    if rival == best:
        return f"It is the smallest {kind} lane of {what} itself."
    saved = _saved(best, rival)
    told = "" if saved is None else f": the winner saves {100 * saved:.0f} %"
    return f"The smallest {kind} lane of {what}: {_described(rival)}{told}."
