"""Table of exact units in every form of their products, to make sure that exact baselines are good ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from lmul.golden.formats import BF16, FP16, Format
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.arith.exact_products import Form
from lmul.reporting.sections import Record, Section, area, decimals, plain
from lmul.reporting.topic import Topic
from lmul.synth.energy.operands import GAUSSIAN, Stream
from lmul.synth.measure.catalog import core, dot_parameters
from lmul.synth.measure.exact_baselines import BASELINE_FORMS, FIGURES, Design, best_forms, figures, form_jobs
from lmul.synth.measure.session import Job, Measured, Plan
from lmul.synth.report.setting import Setting

WIDE_FORMATS = (BF16, FP16)
"""Formats of the table. All forms of wider ones take long; narrower ones look up rounded products in a table."""


def exact_designs(formats: Sequence[Format] = WIDE_FORMATS) -> list[Design]:
    """List, for each format, the exact multiplier under flush and the dot product's core with exact products."""
    found = []
    for f in formats:
        found += [Design(Parameters(f, Method.EXACT)), Design(core(dot_parameters(f, Method.EXACT)))]
    return found


def exact_forms_jobs(formats: Sequence[Format] = WIDE_FORMATS, stream: Stream = GAUSSIAN) -> list[Job]:
    """List the jobs of the table."""
    return form_jobs(exact_designs(formats), stream, tuple(Form))


def exact_forms_section(
    measured: Measured, formats: Sequence[Format] = WIDE_FORMATS, stream: Stream = GAUSSIAN
) -> Section:
    """Make the table, and say which form is best in which figure."""
    records: list[Record] = []
    notes = [_NOTE]
    for design in exact_designs(formats):
        best = best_forms(measured, design, stream, tuple(Form))
        for form in Form:
            found = figures(measured, design, form, stream)
            marks = [_TITLES[name] for name in FIGURES if name in best and best[name].form is form]
            records.append(
                {
                    "format": design.format.name,
                    "design": design.name,
                    "form": form.value,
                    **vars(found),
                    "best": ", ".join(marks),
                }
            )
        named = (
            f"{_TITLES[name]} {each.form} ({_over_array(measured, design, stream, name, each.value)})"
            for name, each in best.items()
        )
        notes.append(f"{design.format} {design.name}, the least and how far below the array: " + ", ".join(named) + ".")
    return Section(
        "exact_forms",
        "Exact products in several forms: figures of a product",
        records,
        {
            "format": ("format", plain),
            "design": ("design", plain),
            "form": ("form", plain),
            "nand2": ("NAND2 eq.", area),
            "area_um2": ("um2", area),
            "delay_ps": ("ps", decimals(0)),
            "depth": ("depth", decimals(0)),
            "fj": ("fJ", decimals(0)),
            "fj_glitches": ("fJ with glitches", decimals(0)),
            "best": ("least", plain),
        },
        ("format", "design"),
        notes,
        ["best"],
    )


def _over_array(measured: Measured, design: Design, stream: Stream, name: str, value: float) -> str:
    array = getattr(figures(measured, design, Form.ARRAY, stream), name)
    return f"{100 * (value / array - 1):.1f} %"


_TITLES = {
    "nand2": "area",
    "delay_ps": "delay",
    "depth": "depth",
    "fj": "energy",
    "fj_glitches": "energy with glitches",
}

_NOTE = (
    "The same unit with its product of significands as rows of full adders that save their carries (array, which is"
    " what is exported), as columns of full adders, as Dadda's tree with a carry chain or with the `+` of synthesis"
    " (fast), by radix-4 Booth digits, and as the `*` of synthesis, plain and after Yosys' pass booth. All figures"
    " are a product's share. No form is the best in everything, and nobody can build several at once: a saving over the"
    " best form for each figure is a lower bound on what is saved over any one of them. Other tables have exact"
    f" baselines in the forms {', '.join(BASELINE_FORMS)}. Forms were not tuned beyond that; a few percent are noise."
)


@dataclass(frozen=True)
class ExactForms(Topic[Setting]):
    """Topic: the best form of an exact product in each figure."""

    def plan(self, setting: Setting) -> Plan:
        """List the jobs for all forms, in the main technology."""
        return [(setting.main, exact_forms_jobs(setting.chosen(WIDE_FORMATS)))]

    def sections(self, setting: Setting) -> list[Section]:
        """Make the table, if the report has a format that is wide enough."""
        formats = setting.chosen(WIDE_FORMATS)
        return [exact_forms_section(setting.main, formats)] if formats else []
