"""Write the figures of README.md from docs/results/summary.json: `make results LIBERTY=FILE` runs this.

Multipliers stand in it under `report`, dot products under `arrays`, and what they cost in every respect under `full`.
"""

import json
import sys
from pathlib import Path
from typing import Any

from lmul.synth.fpga.plain import PLAIN
from lmul.synth.fpga.resources import FAMILIES

ROOT = Path(__file__).parent.parent
METHODS = ("lmul", "corrected2", "exact")
BEGIN, END = "<!-- figures: written by make results -->", "<!-- end of figures -->"
BEGIN_COSTS, END_COSTS = "<!-- costs: written by make results -->", "<!-- end of costs -->"
BEGIN_ARRAYS, END_ARRAYS = "<!-- arrays: written by make results -->", "<!-- end of arrays -->"


def figures(report: dict[str, Any]) -> str:
    """The headline and the table, in Markdown."""
    units = {unit["unit"]: unit for unit in report["units"]}
    lmul, corrected, exact = (units[f"{method}_e4m3_flush"] for method in METHODS)
    more, table = (unit["nand2_equivalents"] - lmul["nand2_equivalents"] for unit in (exact, corrected))
    share = 100 * (exact["area_um2"] / lmul["area_um2"] - 1)
    areas = f"{exact['area_um2']:.1f} um2 against {lmul['area_um2']:.1f}"
    lines = [
        "**At fp8 the exact multiplier nearly catches up.** A correctly rounded e4m3 multiplier is the L-Mul adder",
        f"with a carry-in: {areas}, {more:.0f} NAND2 gates ({share:.0f} %) more, for a mean error of",
        f"{error_of(exact)} instead of {error_of(lmul)}; a small table (corrected2) gets to {error_of(corrected)} for",
        f"{table:.0f} gates. From 4 mantissa bits on L-Mul is less than half of the exact unit, but its error stays",
        "at a few percent however wide the format is: compare it with an exact unit of fewer bits.",
        "",
        "| format | lmul | corrected2 | exact | lmul saves | error: lmul | corrected2 | exact |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name in dict.fromkeys(unit["format"] for unit in report["units"]):
        row = [units[f"{method}_{name}_flush"] for method in METHODS]
        areas = " | ".join(f"{unit['area_um2']:,.1f}" for unit in row)
        errors = " | ".join(error_of(unit) for unit in row)
        lines.append(f"| {name} | {areas} | {row[0]['area_saved'] * 100:.0f} % | {errors} |")
    lines += [
        "",
        "What subnormal numbers, Inf and NaN on both sides cost (policy ieee, overflow inf):",
        "",
        "| format | lmul flush | lmul ieee | exact flush | exact ieee | lmul saves: flush | ieee |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name in dict.fromkeys(unit["format"] for unit in report["units"]):
        row = [units[f"{method}_{name}_{policy}"] for method in ("lmul", "exact") for policy in ("flush", "ieee_inf")]
        areas = " | ".join(f"{unit['area_um2']:,.1f}" for unit in row)
        saved = " | ".join(f"{unit['area_saved'] * 100:.0f} %" for unit in row[:2])
        lines.append(f"| {name} | {areas} | {saved} |")
    lines += [
        "",
        f"Area in um2, {report['library']['name']}, minimum area, one flow for all; the first table is of the policy "
        "flush. Error: mean |relative error| of the product. corrected2: L-Mul with a table over the 2 top mantissa "
        "bits of each operand. The whole report: `make report LIBERTY=FILE`.",
    ]
    return "\n".join(lines)


def error_of(unit: dict[str, Any]) -> str:
    """A unit's mean relative error with three digits, in percent."""
    return f"{unit['mean_relative_error'] * 100:#.3g} %"


def array_figures(report: dict[str, Any]) -> str:
    """What lanes cost, and the verdict on 8 bits with scales, in Markdown."""
    lanes = {(row["accumulator"], row["format"], row["method"]): row for row in report["lanes"]}
    errors = {(row["accumulator"], row["format"], row["method"]): row for row in report["accuracy"]}
    lines = [
        "| format | lmul | corrected2 | rounded | exact | lmul saves | NRMSE after gain: lmul | rounded | exact |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for accumulator, name in dict.fromkeys(key[:2] for key in lanes if key[0].startswith("anchored")):
        methods = (*METHODS[:-1], "rounded", "exact")
        row = {method: lanes.get((accumulator, name, method)) for method in methods}
        areas = " | ".join("" if each is None else f"{each['total']:,.0f}" for each in row.values())
        least = min(lanes[accumulator, name, method]["total"] for method in ("rounded", "exact"))
        saved = f"{100 * (1 - lanes[accumulator, name, 'lmul']['total'] / least):.0f} %"
        found = (errors[accumulator, name, method] for method in ("lmul", "rounded", "exact"))
        after = " | ".join(f"{100 * each['after']:.2f} %" for each in found)
        lines.append(f"| {name} | {areas} | {saved} | {after} |")
    lines += [
        "",
        "NAND2 equivalents per product of a 16-lane dot product (fp32: 4 lanes), anchored accumulator, stationary "
        f"words included, {report['library']['name']}. NRMSE: of 64-long dot products of Gaussian numbers "
        "without scales, quantising included. 'rounded' is exact with each product rounded before it is added, 'exact' "
        "adds whole products; 'lmul saves' is against the smaller of the two. At equal error see the tables there.",
    ]
    if report.get("scaled_side_by_side"):
        lines += ["", *scaled_lanes(report["scaled_side_by_side"])]
    if report.get("log_converters"):
        lines += ["", *converter_shares(report["log_converters"])]
    verdicts = [sentence for sentence in report["findings"] if " against " not in sentence]
    lines += ["", *(f"- {sentence}" for sentence in verdicts)] if verdicts else []
    lines += ["", "Parts, processing elements, arrays: `make arrays LIBERTY=FILE`."]
    return "\n".join(lines)


def scaled_lanes(records: list[dict[str, Any]]) -> list[str]:
    """Table of lanes of 8 bits and integers with one scale a block, by area, as lines of Markdown."""
    kinds = ("gaussian", "laplace", "student", "outliers")
    lines = [
        "8 bits and integers with one power-of-two scale to 32 numbers, beside exact e4m3:",
        "",
        "| design | NAND2 | saved | energy saved | Gaussian | Laplace | Student-t | outliers | mean | better in |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in records:
        errors = (f"{100 * row[f'{kind}_floor']:.2f} / {100 * row[f'{kind}_fit']:.2f}" for kind in kinds)
        saved = "" if row["area_saved"] is None else f"{100 * row['area_saved']:.0f} %"
        energies = (row.get("settled_saved"), row.get("glitches_saved"))
        energy = "" if None in energies else " / ".join(f"{100 * each:.0f}" for each in energies) + " %"
        better = "" if row["better"] is None else f"{row['better']} of 8"
        cells = [row["design"], f"{row['area']:,.0f}", saved, energy, *errors, f"{100 * row['mean']:.2f} %", better]
        lines.append(f"| {' | '.join(cells)} |")
    return [
        *lines,
        "",
        "NAND2 equivalents a product of 16 lanes, anchored W12 (integers: fixed), words included, converters not; "
        "energy without glitches and with those of unit delays. Errors in %: of 64-long dot products against the "
        "numbers before they were rounded, after one gain, by OCP's rule for scales / by the least scale that "
        "saturates nothing; Student-t of 4 degrees, outliers of 20 sigma, 1 %. 'log1s4' has one guard bit and four "
        "segments, 'n2' a D_log of -2. Log codes count subnormal numbers.",
    ]


def converter_shares(records: list[dict[str, Any]]) -> list[str]:
    """Table of what converters to log codes add to a product in arrays, as lines of Markdown."""
    lines = [
        "What converters to log codes cost (one for each row and one for each column; stored weights need none):",
        "",
        "| format | method | lane | one converter | a product's share of both: 4 x 4 | 16 x 16 | 64 x 64 |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for row in records:
        shares = (f"{row[f'shared_{side}']:,.1f}" for side in (4, 16, 64))
        cells = [row["format"], row["method"], f"{row['lane']:,.0f}", f"{row['converter']:,.0f}", *shares]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def cost_figures(report: dict[str, Any]) -> str:
    """Savings in area and energy, the paper's claims, FPGAs and the front, in Markdown."""
    library = report["libraries"][-1]["library"]["name"]
    key = library.split(".")[0]
    return "\n".join(
        [
            *_savings(report["summary"], key),
            "",
            f"1 - L-Mul's / exact's a product, {library}, Gaussian operands, exact in its best form for each figure;"
            " energy without glitches and, behind the stroke, with those of unit delays, which overstates them. A fixed"
            " accumulator of bf16 and fp32 would be wider than 128 bits. Anchored: integers in a window below an"
            " exponent that each tile has.",
            "",
            "At equal accuracy: what is saved over the cheapest exact units that differ in nothing but mantissa bits,"
            " have no more of them, and err at most 2 % more:",
            "",
            *_equal(report["equal_accuracy"]),
            "",
            *_claims(report[f"claims_{key}"]),
            "",
            *_fpga(report["fpga_plain"], report["fpga"]),
            "",
            *_front(report["pareto_dot"]),
            "",
            "Every method, all technologies, delay targets, operands: `make full LIBERTY=FILE`.",
        ]
    )


def _savings(records: list[dict[str, Any]], key: str) -> list[str]:
    uses = list(dict.fromkeys(record["use"] for record in records))
    found = {(record["use"], record["format"]): record for record in records}
    lines = [
        "| format | " + " | ".join(f"{use}: area | energy" for use in uses) + " |",
        "|---|" + "---:|" * (2 * len(uses)),
    ]
    for name in dict.fromkeys(record["format"] for record in records):
        cells = []
        for use in uses:
            record = found.get((use, name))
            if record is None:
                cells += ["", ""]
                continue
            area, settled, glitches = (100 * record[f"{what}_{key}"] for what in ("area", "settled", "glitches"))
            cells += [f"{round(area)} %", f"{round(settled)} / {round(glitches)} %"]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def _equal(records: list[dict[str, Any]]) -> list[str]:
    """Savings over exact units of equal accuracy; nothing where there is none."""
    measures = list(dict.fromkeys(record["measure"] for record in records))
    found = {(record["format"], record["method"], record["measure"]): record for record in records}
    lines = [
        "| format | method | " + " | ".join(f"{measure}: area | energy" for measure in measures) + " |",
        "|---|---|" + "---:|" * (2 * len(measures)),
    ]
    for name in dict.fromkeys(record["format"] for record in records):
        for method in METHODS[:-1]:
            rows = [found.get((name, method, measure)) for measure in measures]
            if any(rows):
                cells = [cell for row in rows for cell in (_named_area(row), _saved(row, "settled", "glitches"))]
                lines.append(f"| {name} | {method} | {' | '.join(cells)} |")
    return lines


def _named_area(record: dict[str, Any] | None) -> str:
    """As in `12 % (exact e8m4)`, the smallest baseline."""
    saved = _saved(record, "area")
    return f"{saved} ({record['baseline_area']})" if record is not None and saved else saved


def _saved(record: dict[str, Any] | None, *keys: str) -> str:
    """As in `12 / 10 %`."""
    shares = [None if record is None else record[f"{key}_saved"] for key in keys]
    return "" if None in shares else " / ".join(f"{round(100 * share)}" for share in shares if share is not None) + " %"


def _claims(records: list[dict[str, Any]]) -> list[str]:
    """The paper's two savings of energy, row by row."""
    lines = []
    for scope, what in (("product", "of a product"), ("whole MAC", "of a dot product's term")):
        rows = [record for record in records if record["scope"] == scope]
        measured = "; ".join(
            "{} {} / {} % ({})".format(
                _named(row), *(round(100 * row[f"{kind}_saved"]) for kind in ("fj", "fj_glitches")), row["verdict"]
            )
            for row in rows
        )
        claimed = 100 * rows[0]["claimed"]
        lines.append(f"- The paper's {claimed:.0f} % less energy {what}, measured: {measured}.")
    return lines


def _named(row: dict[str, Any]) -> str:
    return f"{row['format']} + {row['accumulator']}" if row["accumulator"] else str(row["format"])


def _fpga(plain: list[dict[str, Any]], tuned: list[dict[str, Any]]) -> list[str]:
    """LUTs of exported files by the plain flows, and after them those of the flow that is tuned for few."""
    families = [column.removesuffix("_luts") for column in plain[0] if column.endswith("_luts")]

    def figures_of(records: list[dict[str, Any]], name: str, *methods: str) -> str:
        """As in `42 and 45 in iCE40`, one method after the other in each family."""
        rows = [next(r for r in records if (r["format"], r["method"]) == (name, method)) for method in methods]
        return ", ".join(" and ".join(_luts(row, family) for row in rows) + f" in {family}" for family in families)

    pairs = [
        "; ".join(f"{name} {figures_of(records, name, 'lmul', 'exact')}" for name in ("e4m3", "bf16"))
        for records in (plain, tuned)
    ]
    bare = [figures_of(records, "e4m3", "lmul zero only") for records in (plain, tuned)]
    commands = ", ".join(f"`{command}`" for command in (PLAIN[family] for family in FAMILIES))
    return [
        f"- LUTs of L-Mul and exact in FPGAs as plain Yosys makes them of exported files ({commands}), policy flush,"
        " of each unit the better of both styles ([rtl and gates apart, with DSP blocks too](docs/fpga.md));"
        " behind a + wide multiplexers (PFUMX, L6MUX21, MUXF7 to MUXF9), which take up no LUT:"
        f" {pairs[0]}.",
        "- The same tuned for few LUTs, by switches of this project that a plain flow does not have (no wide"
        f" multiplexers, no delay goal, the best of three descriptions): {pairs[1]}.",
        "- L-Mul of e4m3 that knows zero but no underflow or saturation, as a published unit of 22 LUTs in UltraScale+"
        f" (arXiv 2412.18948): plain {bare[0]}; tuned {bare[1]}.",
    ]


def _luts(record: dict[str, Any], family: str) -> str:
    """As in `108 + 73`, wide multiplexers behind the LUTs."""
    multiplexers = record.get(f"{family}_multiplexers")
    return f"{record[f'{family}_luts']}" + (f" + {multiplexers}" if multiplexers else "")


def _front(records: list[dict[str, Any]]) -> list[str]:
    best = sorted((record for record in records if record["front_settled"]), key=lambda record: record["error"])
    methods = {
        method: ", ".join(f"{r['format']} {100 * r['error']:.2g} %" for r in best if r["method"] == method)
        for method in dict.fromkeys(record["method"] for record in best)
    }
    return [
        f"- Of {len(records)} designs of dot products {len(best)} are beaten by no other in error and energy without"
        " glitches at once. " + "; ".join(f"{method}: {formats}" for method, formats in methods.items()) + ".",
    ]


def between(text: str, begin: str, end: str, block: str) -> str:
    """A text with what is between two marks replaced."""
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{block}\n{end}{after}"


def with_figures(
    readme: str, report: dict[str, Any], arrays: dict[str, Any] | None = None, full: dict[str, Any] | None = None
) -> str:
    """The README with its figures brought up to date."""
    readme = between(readme, BEGIN, END, figures(report))
    readme = readme if arrays is None else between(readme, BEGIN_ARRAYS, END_ARRAYS, array_figures(arrays))
    return readme if full is None else between(readme, BEGIN_COSTS, END_COSTS, cost_figures(full))


if __name__ == "__main__":
    readme = ROOT / "README.md"
    found = json.loads((ROOT / "docs" / "results" / "summary.json").read_text())
    readme.write_text(with_figures(readme.read_text(), found["report"], found["arrays"], found["full"]))
    print(readme, file=sys.stderr)
