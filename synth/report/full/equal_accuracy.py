"""Savings of approximate products over exact ones that are as accurate and have no more mantissa bits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lmul.golden.formats import FP32, Format
from lmul.golden.methods import Method
from lmul.hdl.arith.exact_products import Form
from lmul.reporting.sections import Record, Section, area, percent_of, plain, saving
from lmul.reporting.topic import Topic
from lmul.synth.energy.operands import GAUSSIAN
from lmul.synth.measure.catalog import EXACT, dot_parameters
from lmul.synth.measure.contenders import Contender, Use, contenders
from lmul.synth.measure.exact_baselines import BASELINE_FORMS, Best, best_forms, form_jobs
from lmul.synth.measure.figures import FIGURES, figures, saved
from lmul.synth.measure.session import Job, Measured, Plan
from lmul.synth.report.full import pareto
from lmul.synth.report.full.pareto import error_job, errors_of
from lmul.synth.report.noise import NOISE_PERCENT
from lmul.synth.report.setting import Setting

METHODS = tuple(method for method in pareto.METHODS if not method.is_exact)

MOST_BITS = 6
"""Mantissa bits of the most accurate exact baselines; no approximate product here needs more."""

TOLERANCE = 1.02
"""Factor by which the error of a baseline may be larger and still count as equal, since errors are estimates."""

MEASURES = {
    Use.MULTIPLIER: ("product",),
    Use.DOT: ("dot product", "dot product, after a gain"),
}
"""Errors in which a baseline has to be as accurate, by use, in the order of `pareto.errors_of`."""


def baselines(use: Use, f: Format) -> Iterator[Contender]:
    """Yield exact units that differ from the format only in mantissa bits; y has as many as x, or one less.

    Multipliers round to nearest or toward zero; dot products add whole products, or products rounded first.
    """
    for x in range(1, min(f.mantissa_bits, MOST_BITS) + 1):
        for y in range(max(x - 1, 1), x + 1):
            whole, rounded = (dot_parameters(f.with_mantissa(x), method, y=f.with_mantissa(y)) for method in EXACT)
            yield Contender(use, whole)
            if use is Use.MULTIPLIER:
                rounded = replace(rounded, product=replace(rounded.product, method=Method.ROUNDED_RTZ))
            yield Contender(use, rounded)


def equal_jobs(formats: Sequence[Format]) -> list[Job]:
    """List the jobs for costs and errors of approximate and of exact designs."""
    jobs: list[Job] = []
    for use in MEASURES:
        for f in formats:
            own, exact = list(_own(use, f)), list(baselines(use, f)) if _looked_at(use, f) else []
            jobs += form_jobs([each.design for each in own], GAUSSIAN)
            jobs += [job for each in exact for job in form_jobs([each.design], GAUSSIAN, _forms(each))]
            jobs += map(error_job, [*own, *exact])
    return list(dict.fromkeys(jobs))


def equal_section(measured: Measured, formats: Sequence[Format]) -> Section:
    """Make the table of approximate designs, with savings over exact ones that are no less accurate."""
    records: list[Record] = []
    for use, measures in MEASURES.items():
        exact = {f: [_Exact.of(measured, each) for each in baselines(use, f)] for f in formats if _looked_at(use, f)}
        for place in range(len(measures)):
            for f, found in exact.items():
                records += [_record(measured, each, found, place) for each in _own(use, f)]
    return Section(
        "equal_accuracy",
        f"At equal accuracy: approximate products against exact ones of no more bits, {measured.technology.name}",
        records,
        {
            "measure": ("error of", plain),
            "format": ("format", plain),
            "method": ("method", plain),
            "error": ("error", percent_of(2)),
            "baseline_area": ("smallest exact one", plain),
            "baseline_error": ("its error", percent_of(2)),
            "area": ("NAND2 eq.", area),
            "area_saved": ("saved", saving),
            "settled_saved": ("energy saved", saving),
            "baseline_settled": ("over", plain),
            "glitches_saved": ("with glitches", saving),
            "baseline_glitches": ("over ", plain),
        },
        ("measure", "format"),
        _NOTES,
        ["baseline_area", "baseline_settled", "baseline_glitches"],
    )


_NOTES = [
    "'saved' is 1 - ours / the least of all exact designs whose error is no larger (by more than"
    f" {100 * (TOLERANCE - 1):.0f} % of ours), for each figure. Exact designs: those that differ from ours in nothing"
    f" but mantissa bits, at most {MOST_BITS} and not more than ours, y with as many as x or one less, in several"
    " forms; lone multipliers round to nearest or toward zero (exact_rtz), dot products add products whole or rounded"
    " first. Negative: the exact one is cheaper. Nothing stands where none is as accurate.",
    "Errors are those of the fronts: of a product the mean |relative error|, of dot products the NRMSE, before and"
    " after one gain; rounding the operands to the baseline's bits is in its error. Operands, policy and flow are the"
    " same for both. Not in it: wider operands cost more to store and to move, which speaks for the baseline; operands"
    " that come with more bits have to be rounded for it, which speaks against it.",
    "In formats of two or three exponent bits most of the error of a lone product comes from their range: for those go"
    f" by dot products. Less than {NOISE_PERCENT} % of area is noise; and bits come whole, so that a baseline can be"
    " more accurate than needed: compare its error. Dot products of fp32 are left out, since their lanes and window are"
    " others.",
]


def _looked_at(use: Use, f: Format) -> bool:
    return use is not Use.DOT or f != FP32


def _own(use: Use, f: Format) -> Iterator[Contender]:
    return contenders([f], [use], METHODS)


def _forms(each: Contender) -> Sequence[Form]:
    """Return the forms to measure.

    Whole products of few bits are measured in all of them: a rounded product cannot stand in, its error differs.
    """
    return BASELINE_FORMS if each.use is Use.DOT and each.dot.full else each.design.forms


def _baseline_name(each: Contender) -> str:
    p = each.product if each.use is Use.MULTIPLIER else each.dot.product
    return f"{p.method} {p.format_name.replace('_', ' x ')}"


@dataclass(frozen=True)
class _Exact:
    """Exact design: its name, its errors by measure, and its best form in each figure."""

    name: str
    errors: tuple[float, ...]
    best: dict[str, Best]

    @staticmethod
    def of(measured: Measured, each: Contender) -> "_Exact":
        """Look up its errors and its best forms."""
        best = best_forms(measured, each.design, GAUSSIAN, _forms(each))
        return _Exact(_baseline_name(each), errors_of(measured, each), best)


def _record(measured: Measured, each: Contender, exact: Sequence[_Exact], place: int) -> Record:
    own, error = figures(measured, each), errors_of(measured, each)[place]
    good = [other for other in exact if other.errors[place] <= TOLERANCE * error]
    record: Record = {
        "measure": MEASURES[each.use][place],
        "format": each.format.name,
        "method": each.method.name,
        "error": error,
    }
    for key, name in FIGURES.items():
        known = [(other.best[name].value, other) for other in good if name in other.best]
        value, baseline = min(known, key=lambda pair: pair[0], default=(None, None))
        record |= {key: own[key], f"{key}_saved": saved(own[key], value)}
        record[f"baseline_{key}"] = baseline.name if baseline else None
        if key == "area":
            record["baseline_error"] = baseline.errors[place] if baseline else None
    return record


@dataclass(frozen=True)
class EqualAccuracy(Topic[Setting]):
    """Topic: savings over exact units of fewer bits."""

    def plan(self, setting: Setting) -> Plan:
        """List the jobs for costs and errors of both."""
        return [(setting.main, equal_jobs(setting.formats))]

    def sections(self, setting: Setting) -> list[Section]:
        """Make the table."""
        return [equal_section(setting.main, setting.formats)]
