"""What approximate products save over exact ones of fewer mantissa bits that are as accurate."""

from collections.abc import Iterator, Sequence

from lmul.golden.formats import Format, format_named
from lmul.synth.contenders import Contender, Use, contenders
from lmul.synth.designs import dot_parameters
from lmul.synth.figures import FIGURES, figures
from lmul.synth.forms import form_jobs
from lmul.synth.measurement import Job, Measured
from lmul.synth.notes import NOISE_PERCENT
from lmul.synth.pareto import error_job, errors_of
from lmul.synth.sections import Record, Section, area, percent_of, plain, saving
from lmul.synth.streams import GAUSSIAN

METHODS = ("lmul", "mitchell", "corrected1", "corrected2", "corrected3")

MOST_BITS = 6
"""Mantissa bits of the most accurate exact units that are looked at: no approximate product here needs more."""

TOLERANCE = 1.02
"""A rival whose error is larger by less than this factor is as accurate: errors are estimates, on the same operands."""

MEASURES = {
    Use.MULTIPLIER: ("product",),
    Use.DOT: ("dot product", "dot product, after a gain"),
}
"""By use the errors by which a rival has to be as accurate, in the order of `pareto.errors_of`."""


def rivals(use: Use, f: Format) -> Iterator[Contender]:
    """Exact units of the same exponent bits; y has as many mantissa bits as x, or one less."""
    for x in range(1, min(f.mantissa_bits, MOST_BITS) + 1):
        for y in (x - 1, x):
            for method in ("exact",) if use is Use.MULTIPLIER else ("exact", "rounded"):
                if y:
                    yield Contender(use, dot_parameters(_with_bits(f, x), method, y=_with_bits(f, y)))


def equal_jobs(formats: Sequence[Format]) -> list[Job]:
    """What has to be found out."""
    found = [each for use in MEASURES for f in formats for each in (*_own(use, f), *rivals(use, f))]
    return list(dict.fromkeys([*form_jobs([each.design for each in found], GAUSSIAN), *map(error_job, found)]))


def equal_section(measured: Measured, formats: Sequence[Format]) -> Section:
    """Every approximate design, and what it saves over the exact ones that are no less accurate."""
    records = [
        _record(measured, each, list(rivals(use, f)), place)
        for use, measures in MEASURES.items()
        for place in range(len(measures))
        for f in formats
        for each in _own(use, f)
    ]
    return Section(
        "equal_accuracy",
        f"At equal accuracy: approximate products against exact ones of fewer bits, {measured.technology.name}",
        records,
        {
            "measure": ("error of", plain),
            "format": ("format", plain),
            "method": ("method", plain),
            "error": ("error", percent_of(2)),
            "rival_area": ("smallest exact one", plain),
            "rival_error": ("its error", percent_of(2)),
            "area": ("NAND2 eq.", area),
            "area_saved": ("saved", saving),
            "settled_saved": ("energy saved", saving),
            "rival_settled": ("over", plain),
            "glitches_saved": ("with glitches", saving),
            "rival_glitches": ("over ", plain),
        },
        ("measure", "format"),
        [
            "'saved' is 1 - ours / the least of all exact designs whose error is no larger (by more than"
            f" {100 * (TOLERANCE - 1):.0f} % of ours, which may be chance), for each figure: exact units of the same"
            f" exponent bits, at most {MOST_BITS} mantissa bits and not more than ours, y with as many as x or one"
            " less, products whole or rounded first, in the forms of other tables. Negative: the exact one is cheaper."
            " Nothing stands where no such exact unit is as accurate.",
            "Errors are those of the fronts: of a product the mean |relative error|, of dot products the NRMSE, before"
            " and after one gain; rounding the operands to the rival's bits is in its error. Operands, policy and flow"
            " are the same for both. What wider operands cost to store and to move is not in it, and speaks for the"
            " rival.",
            "In formats of two or three exponent bits most of the error of a lone product comes from their range, which"
            " mantissa bits do not mend, so that rivals need few: for those go by dot products. Less than"
            f" {NOISE_PERCENT} % of area is noise; and bits come whole, so that a rival can be more accurate than"
            " needed: compare its error.",
        ],
    )


def _own(use: Use, f: Format) -> Iterator[Contender]:
    return contenders([f], [use], METHODS)


def _with_bits(f: Format, bits: int) -> Format:
    return f if bits == f.mantissa_bits else format_named(f"e{f.exponent_bits}m{bits}")


def _record(measured: Measured, each: Contender, exact: Sequence[Contender], place: int) -> Record:
    own, error = figures(measured, each), errors_of(measured, each)[place]
    good = [other for other in exact if errors_of(measured, other)[place] <= TOLERANCE * error]
    record: Record = {
        "measure": MEASURES[each.use][place],
        "format": each.format.name,
        "method": each.method,
        "error": error,
    }
    for key in FIGURES:
        known = [(value, other) for other in good if (value := figures(measured, other)[key]) is not None]
        value, best = min(known, key=lambda pair: pair[0], default=(None, None))
        mine = own[key]
        record |= {key: mine, f"{key}_saved": 1 - mine / value if mine is not None and value else None}
        record[f"rival_{key}"] = f"{best.method} {best.dot.product.format_name.replace('_', ' x ')}" if best else None
        if key == "area":
            record["rival_error"] = errors_of(measured, best)[place] if best else None
    return record
