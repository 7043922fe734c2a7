"""Tables of what is proved of lanes, `lanes.md` and `lanes.json`."""

import json
from collections.abc import Sequence
from importlib.metadata import version

from lmul.formal.multipliers.tables import counted
from lmul.formal.part_proof import PartProof
from lmul.formal.proved_parts import ProvedArray, ProvedConverter, ProvedElement, ProvedPart, ProvedRounder, ProvedUnit
from lmul.golden.accumulators import AccumulatorKind


def lane_summary(proofs: Sequence[PartProof]) -> str:
    """Write one line: the number of each outcome, and the total time."""
    outcomes = counted([proof.outcome for proof in proofs], always="proved")
    return f"{len(proofs):,} parts: {outcomes}; {sum(proof.seconds for proof in proofs):,.0f} s of work"


def lane_files(parts: Sequence[ProvedPart], proofs: Sequence[PartProof], seconds: float, cores: int) -> dict[str, str]:
    """Write the contents of `lanes.md` and `lanes.json`.

    Parameters
    ----------
    parts, proofs : sequence
        Parts, and their proofs.
    seconds : float
        Elapsed time.
    cores : int
        Number of cores used.
    """
    return {
        "lanes.md": _markdown(parts, proofs, seconds, cores),
        "lanes.json": _json(parts, proofs, seconds, cores),
    }


def _markdown(parts: Sequence[ProvedPart], proofs: Sequence[PartProof], seconds: float, cores: int) -> str:
    groups: dict[tuple[str, str, str], list[PartProof]] = {}
    formats: dict[str, None] = {}
    for part, proof in zip(parts, proofs, strict=True):
        if isinstance(part, ProvedConverter):
            key = "converters", "", "both"
        elif isinstance(part, ProvedRounder):
            key = f"rounders to {part.dot.output}", str(part.dot.accumulator), "both"
        else:
            dot = part.dot
            window = f", W = {dot.window}" if dot.kind is AccumulatorKind.ANCHORED else ""
            kind = f", element {part.dataflow.value}" if isinstance(part, ProvedElement) else ""
            kind = f", array {part.dataflow.value}" if isinstance(part, ProvedArray) else kind
            if isinstance(part, ProvedUnit):
                kind = ", unit with scales" if dot.scaled else ", unit"
            key = f"{dot.method.kind}{kind}", f"{dot.accumulator}{window}", str(part.style)
            formats[f"{dot.product.format} x {dot.product.y_format}"] = None
        groups.setdefault(key, []).append(proof)
    lines = [
        "# What is proved of dot products and arrays",
        "",
        "A lane makes what one product adds to the integer accumulator of a dot product or an array. It is read back",
        "from exported Verilog with its loader and compared with a specification over integers, for all operands, all",
        "anchors, idle or not: product, place, bits that are dropped, saturation at the anchor and its flag, zeros and",
        "their signs. Where converters stand before lanes (to log codes, to normalised codes, of integers to sign and",
        "magnitude), these are proved for all codes, and lanes for all words that they make. Each proof has a control:",
        "the same claim with the magnitude of what is added, or the word, one larger has to be refuted. Lanes of all",
        "windows are proved for lmul, log without guard bits and exact, those of other methods for the widest.",
        "",
        "With a floating-point accumulator a step is proved, with loader and product as above: what is held and the",
        "product are added exactly, the sum is rounded once and flushed or saturated as specified. It starts from +0,",
        "and of all that can be held a step makes what can be held. Rounders of finished sums are proved for all that",
        "accumulators can hold. Both are compared with the exact number: no other code may be as near. Control: one of",
        "the number's last places more.",
        "",
        "A processing element (os: sums stay, ws: words stay) is proved with its registers, from any state: what its",
        "lanes get, what the sum takes of what they put out, modulo its width, and what every register holds after a",
        "clock edge, whatever enable, reset and all inputs are. That the sum is that of all lanes, up to 16, is",
        "shown by arithmetic: each adder is an equation between weighted bits. So it is",
        "for 64 lanes by `lmul prove dot` and `lmul prove element`.",
        "",
        "A dot-product unit is proved around its lanes, for all states and inputs: what it takes of x and y and when,",
        "what words are made of y, what a beat adds, when a sum is there and that it waits, and what each flag says.",
        "Where blocks have scales: the anchor that words are stored with, and what becomes of the flags for NaN.",
        "",
        "An array is proved as it is joined, from its file with AXI4-Stream ports. By structure, for any number of",
        "rows and columns: skews delay each field as they must, and rows and the grid are copies of the element, wired",
        "as specified; what a proof takes out of a module is the module that is proved by itself, with the same clock",
        "and reset. By induction on clock edges, for the file's own shape: what the streams take, that tiles do not",
        "come too fast, that words and sums that stay keep their order, that c waits until it is taken, which beat is",
        "the last, and all flags; register slices lose, double and change nothing; a reset in the middle forgets what",
        "is under way. By induction on grids of up to 16 elements: the operands of one step meet in each element, and",
        "sums leave in order. Larger grids have that by their structure, which is the same for all.",
        "",
        f"{lane_summary(proofs)}, {seconds:,.0f} s on {cores} cores.",
        "",
        "| method | accumulator | style | parts | outcome | seconds |",
        "|---|---|---|---:|---|---:|",
    ]
    for key, group in groups.items():
        total = sum(proof.seconds for proof in group)
        outcome = counted([proof.outcome for proof in group])
        lines.append(f"| {' | '.join(key)} | {len(group)} | {outcome} | {total:,.0f} |")
    return "\n".join([*lines, "", f"Formats of x and y: {', '.join(formats)}.", "", _NOT, ""])


_NOT = """## From the parts to a matrix product

Each premise of this is a claim above; the conclusion is argued here, and simulated (`lmul verify array`, `lmul
matmul`), not proved by a solver.

Output-stationary: in element (i, j) row i of a beat of a meets column j of the beat of b that was taken with it, R -
i + j steps later, and both are known to be a step or not. So its sum takes all products of the tile's steps, in
order, and begins with 0 behind the last step of the tile before. Row i of the results stands at the bottom of column
j in the step R + j + 2 + i behind the tile's last one; the skew there adds C - 1 - j, so that a beat of c has one
row, and rows follow each other. Tiles are R steps apart, so that no two meet.

Weight-stationary: beat n of b ends in row R - 1 - n, and a swap puts all rows' words to use for the same beat of a,
which reaches element (i, j) i + j + 1 steps later. The sum of column j passes down with it and takes the products of
row i there. It leaves R + C steps after the beat was taken: a row of sums a beat of a. With a_more it waits in the
queue, in order, and is what the next pass begins with.

All beats of a pass have one a_more, and framing is not set; else nothing is specified. "All anchors" is all the port
holds. The file is what Yosys reads: with macros such as SYNTHESIS another tool may read something else."""


def _json(parts: Sequence[ProvedPart], proofs: Sequence[PartProof], seconds: float, cores: int) -> str:
    records = [
        {
            "part": proof.name,
            "style": None if isinstance(part, ProvedConverter | ProvedRounder) else part.style,
            "outcome": proof.outcome,
            "seconds": round(proof.seconds, 3),
            "counterexample": str(proof.counterexample) if proof.counterexample else None,
            "control": str(proof.control) if proof.control else proof.refuted,
            "wrong": list(proof.wrong),
        }
        for part, proof in zip(parts, proofs, strict=True)
    ]
    tools = {tool: version(tool) for tool in ("lmul", "pyosys", "bitwuzla")}
    return json.dumps({"tools": tools, "seconds": round(seconds), "cores": cores, "proofs": records}, indent=2) + "\n"
