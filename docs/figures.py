"""Write the figures of README.md from docs/results: `make results LIBERTY=FILE` runs this.

Those of multipliers are in report.json there, those of dot products and elements in arrays.json.
"""

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
METHODS = ("lmul", "corrected2", "exact")
BEGIN, END = "<!-- figures: written by make results -->", "<!-- end of figures -->"
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
        "bits of each operand. [The whole report](docs/results/report.md).",
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
        "| format | lmul | corrected2 | exact | lmul saves | NRMSE after gain: lmul | exact | saved at equal NRMSE |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for accumulator, name in dict.fromkeys(key[:2] for key in lanes if key[0].startswith("anchored")):
        row = {method: lanes.get((accumulator, name, method)) for method in METHODS}
        areas = " | ".join("" if each is None else f"{each['total']:,.0f}" for each in row.values())
        lmul, exact = (errors[accumulator, name, method] for method in ("lmul", "exact"))
        rival = lmul["rival_saved_after"]
        equal = "" if rival is None else f"{100 * rival:.0f} % ({lmul['rival_after']})"
        saved = f"{100 * lanes[accumulator, name, 'lmul']['saved']:.0f} %"
        after = " | ".join(f"{100 * each['after']:.2f} %" for each in (lmul, exact))
        lines.append(f"| {name} | {areas} | {saved} | {after} | {equal} |")
    lines += [
        "",
        "NAND2 equivalents per product of a 16-lane dot product (fp32: 4 lanes), anchored accumulator, stationary "
        f"words included, {report['library']['name']}. NRMSE: of 64-long dot products of Gaussian numbers "
        "without scales, quantising included; saved at equal NRMSE: against an exact unit on so many mantissa bits of "
        "x and y.",
    ]
    if report["verdict"]:
        lines += ["", "8 bits with one scale to 32 numbers:", "", *(f"- {sentence}" for sentence in report["verdict"])]
    lines += ["", "[Parts, processing elements, arrays](docs/results/arrays.md)."]
    return "\n".join(lines)


def between(text: str, begin: str, end: str, block: str) -> str:
    """A text with what is between two marks replaced."""
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{block}\n{end}{after}"


def with_figures(readme: str, report: dict[str, Any], arrays: dict[str, Any] | None = None) -> str:
    """The README with its figures brought up to date."""
    readme = between(readme, BEGIN, END, figures(report))
    return readme if arrays is None else between(readme, BEGIN_ARRAYS, END_ARRAYS, array_figures(arrays))


if __name__ == "__main__":
    readme = ROOT / "README.md"
    results = ROOT / "docs" / "results"
    report, arrays = (json.loads((results / name).read_text()) for name in ("report.json", "arrays.json"))
    readme.write_text(with_figures(readme.read_text(), report, arrays))
    print(readme, file=sys.stderr)
