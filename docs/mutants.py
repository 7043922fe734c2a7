"""Mutate dot products and arrays of a list, and write docs/mutants.md: `make mutants` runs this.

What came of each unit is kept in results/mutants.json for as long as its Verilog, and what judges it, stay as they are.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from lmul.formal.mutation.sum_mutants import Unit, mutate_sums
from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import E2M1, E4M3, Format
from lmul.golden.parameters import Parameters
from lmul.hdl.array.axi import AxiStreamArray
from lmul.hdl.array.systolic import Dataflow, SystolicArray
from lmul.hdl.dot.dot_product import DotProduct
from lmul.hdl.export.verilog import verilog
from lmul.hdl.style import Style
from lmul.tools.files import scratch_folder

ROOT = Path(__file__).parent.parent
KEPT = ROOT / "results" / "mutants.json"

MUTANTS, DEPTH, WINDOW, SUMS = 60, 16, 6, 4
LONG = 64
"""Depth of floating-point sums: shorter ones seldom need all bits of a significand."""

SECONDS = 20.0
"""Of work, for each proof."""

OS, WS = Dataflow.OUTPUT_STATIONARY, Dataflow.WEIGHT_STATIONARY

HEAD = """\
# Mutants of dot products and arrays

Written by `make mutants`: `lmul mutate dot` and `lmul mutate array` for small units, of lanes in both styles, with
{most} mutants each, as many of one module as of another. A mutant has one bit of one gate's port inverted, always 0 or
always 1, or inverted where another bit of that port is 0 or is 1, in one module wherever it is used. It is played to
the bench of `lmul verify`, with proofs off. Some of those that survive are no defects: of some all is proved that
`lmul prove dot` and `lmul prove array` prove of the unit (proved right), of others that they behave like the unit, by
induction over clock edges from the same contents of all registers (proved equal).

{total}

"""


def dot(f: Format, accumulator: Accumulator) -> DotParameters:
    """Parameters of short sums."""
    window = WINDOW if accumulator is Accumulator.ANCHORED else None
    return DotParameters(Parameters(f), accumulator, DEPTH if accumulator.kind.is_integer else LONG, window)


def units(style: Style) -> dict[str, Unit]:
    """The units of the list, by what they are."""
    fixed, anchored = Accumulator.FIXED, Accumulator.ANCHORED

    def array(parameters: DotParameters, dataflow: Dataflow) -> SystolicArray:
        more = {"sums": SUMS} if dataflow is WS else {}
        return SystolicArray(parameters, 2, 2, 1, dataflow, style=style, **more)

    found: dict[str, Unit] = {
        "dot product, e4m3, fixed": DotProduct(dot(E4M3, fixed), 2, style),
        "dot product, e4m3, anchored": DotProduct(dot(E4M3, anchored), 2, style),
        "array os, e4m3, fixed": array(dot(E4M3, fixed), OS),
        "array ws, e4m3, anchored": array(dot(E4M3, anchored), WS),
    }
    if style is Style.RTL:  # these have one description for both
        found |= {
            "array os, e4m3, fp16": array(dot(E4M3, Accumulator.FP16), OS),
            "array ws, e4m3, e4m3": array(dot(E4M3, Accumulator.E4M3), WS),
            "array os, e4m3, fp32": array(dot(E4M3, Accumulator.FP32), OS),
            "array os, e4m3, fixed, AXI4-Stream": AxiStreamArray(array(dot(E4M3, fixed), OS)),
            "array ws, e2m1, anchored, AXI4-Stream": AxiStreamArray(array(dot(E2M1, anchored), WS)),
        }
    return found


_OF_A_ZERO = "no defect: that bit says that the word is of a zero, and then no other counts"

REASONS = {
    r"skew_rising_\d+x1_reset": "no defect: words that a reset swaps in are replaced before they are used",
    r"skew_rising_2x(10: .* where .\[8\]|14: .* where .\[11\]) is 1": _OF_A_ZERO,
    r"skew_rising_2x6: .* where .\[4\] is 0": _OF_A_ZERO,
    r"skew_falling_2x2_reset: .\[1\] ": "no defect: the last step without a step counts for nothing",
    r"grid: above\[\d+\] .*\.above\(\d+'h0": "no defect: what comes in above the first row is never read",
    r"element: .* push_out <= 1'h0": "no defect: words that a reset moves on are replaced before they are used",
    r"fp16, .*element: A\[8\] always 0 .* y_out <= y": "no defect: of these words that bit is always 0",
    r"top: S\[0\] always 0 .* busy <= 1'h0": "no wrong sum: a tile of one step behind a reset may wait for a step",
    r"top: .* row <= 3'h0": "no defect: seen only where the next row is one that sums have no place for",
}
"""Why a mutant survived, by a pattern of its unit, module and place."""


def found(what: str, unit: Unit, style: Style) -> dict[str, Any]:
    """What came of a unit, kept or new."""
    sources = [path.read_bytes() for package in ("sim", "formal") for path in sorted((ROOT / package).rglob("*.py"))]
    key = hashlib.sha256(b"\0".join([verilog(unit).encode(), str(MUTANTS).encode(), *sources])).hexdigest()
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    if key not in kept:
        with scratch_folder() as folder:
            outcome = mutate_sums(unit, MUTANTS, folder, patience=SECONDS)
        kept[key] = {
            "counts": outcome.counts(),
            "survivors": [f"{outcome.module(each)}: {each}" for each in outcome.survivors],
            "seconds": outcome.seconds,
        }
        KEPT.parent.mkdir(exist_ok=True)
        KEPT.write_text(json.dumps(kept, indent=1))
        print(f"{what}, {style}: {kept[key]}", flush=True)
    result: dict[str, Any] = kept[key]
    return result


def kind(module: str) -> str:
    """What a module is, without its sizes."""
    return re.sub(r"_(rising|falling|\d+).*", "", module)


def table(head: str, rows: dict[str, list[int]]) -> list[str]:
    """A table of mutants, killed, equal and the rest."""
    lines = [f"| {head} | mutants | killed | proved right | proved equal | neither |", "|---|---:|---:|---:|---:|---:|"]
    for what, (mutants, killed, right, equal) in rows.items():
        rest = mutants - killed - right - equal
        lines.append(f"| {what} | {mutants:,} | {killed:,} | {right} | {equal} | {rest} |")
    return [*lines, ""]


def text() -> str:
    """The page."""
    rows: dict[str, list[int]] = {}
    modules: dict[str, list[int]] = {}
    survivors: list[str] = []
    seconds = 0.0
    for style in Style:
        for what, unit in units(style).items():
            result = found(what, unit, style)
            rows[f"{what}, {style}"] = [sum(each) for each in zip(*result["counts"].values(), strict=True)]
            for module, counts in result["counts"].items():
                before = modules.get(kind(module), [0, 0, 0, 0])
                modules[kind(module)] = [a + b for a, b in zip(before, counts, strict=True)]
            survivors += [f"{what}, {style}: {each}" for each in result["survivors"]]
            seconds += result["seconds"]
    mutants, killed, right, equal = (sum(each) for each in zip(*rows.values(), strict=True))
    rest = mutants - killed - right - equal
    total = f"{mutants:,} mutants: {killed:,} killed, {right} proved right, {equal} proved equal, {rest} neither; "
    total += f"{seconds:,.0f} s of work."
    lines = [HEAD.format(most=MUTANTS, total=total), *table("unit", rows), *table("module", modules)]
    lines += ["Neither killed nor proved, with the reason where it is known:", ""]
    for each in survivors:
        reason = next((why for pattern, why in REASONS.items() if re.search(pattern, each)), "not looked at")
        lines.append(f"- {each}: {reason}.")
    return "\n".join([*lines, ""]).replace("\n\n\n", "\n\n")


if __name__ == "__main__":
    (ROOT / "docs" / "mutants.md").write_text(text())
