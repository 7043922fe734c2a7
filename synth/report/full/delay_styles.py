"""Both styles of the same multipliers, each as small as it gets and at two delay targets."""

from collections.abc import Iterator, Mapping, Sequence

from lmul.golden.formats import Format
from lmul.golden.methods import Method
from lmul.reporting.sections import Record, Section, area, decimals, plain, saving
from lmul.synth.mapping.recipes import Description, Point, Sweep
from lmul.synth.measure.session import Measured
from lmul.synth.report.full.delay_curves import DELAY_METHODS, best, contender, smallest

STYLES = {"gates": (Description.GATES,), "rtl": (Description.RTL, Description.BOOTH)}
"""Descriptions of each style."""


def styles_section(measured: Measured, formats: Sequence[Format]) -> Section:
    """Make the table of areas by style: three rows for each multiplier."""
    return Section(
        key="delay_styles",
        title="Both styles, as small as they get and at two delay targets",
        records=[record for f in formats for method in DELAY_METHODS for record in _records(measured, f, method)],
        columns={
            "format": ("format", plain),
            "method": ("method", plain),
            "at_most_ps": ("ps", decimals(0)),
            "gates_um2": ("gates um2", area),
            "rtl_um2": ("rtl um2", area),
            "rtl_larger": ("rtl larger", saving),
            "style": ("taken", plain),
        },
        group=("format", "method"),
        notes=[
            "The exported file in both styles, by the recipes of the other tables of delays. The first row of a"
            " multiplier is the area flow, without a target; the others are the smallest netlists that are as fast as"
            " 'ps', the same for all methods of a format: half way and the whole way, in equal ratios, from the exact"
            " unit's smallest netlist to its fastest. Nothing stands where a style is never as fast. The tables of"
            " areas take gates, as the first rows do; those of delays take the style named here.",
        ],
        outcomes=["style"],
    )


def _records(measured: Measured, f: Format, method: Method) -> Iterator[Record]:
    exact = best(measured, f, Method.EXACT)
    slow, fast = exact[0].delay_ps, exact[-1].delay_ps
    by_flow = {
        style: measured[Sweep(contender(f, method), descriptions[0])][0] for style, descriptions in STYLES.items()
    }
    yield _record(f, method, None, by_flow, "gates")
    for target in ((slow * fast) ** 0.5, fast):
        found = {style: smallest(best(measured, f, method, of), target) for style, of in STYLES.items()}
        known = {style: point.area_um2 for style, point in found.items() if point}
        yield _record(f, method, target, found, min(known, key=lambda style: known[style]) if known else None)


def _record(
    f: Format, method: Method, target: float | None, found: Mapping[str, Point | None], style: str | None
) -> Record:
    gates, rtl = (point.area_um2 if (point := found[key]) else None for key in STYLES)
    return {
        "format": f.name,
        "method": contender(f, method).method.name,
        "at_most_ps": target,
        "gates_um2": gates,
        "rtl_um2": rtl,
        "rtl_larger": rtl / gates - 1 if rtl and gates else None,
        "style": style,
    }
