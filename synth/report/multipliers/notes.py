"""Notes of the report of multipliers, to read before its numbers."""

from lmul.reporting.tables import percent
from lmul.synth.report.multipliers.comparison import PAPER_GATES
from lmul.synth.report.noise import NOISE_PERCENT
from lmul.synth.technology.generic import GATES, REGISTER_TRANSISTORS
from lmul.synth.technology.technology import Technology


def notes(technology: Technology) -> list[str]:
    """Write the notes, one paragraph each."""
    return [
        "Every unit goes through the same flow, the exact ones included: mapped for area, without a search over"
        " scripts and without a clock to meet. Areas are sums of cells: no wires, no placement.",
        f"Differences of less than about {NOISE_PERCENT} % mean nothing: equivalent descriptions of one unit vary by"
        " that much under ABC, even by no more than the order of their statements.",
        "The units do not compute the same. 'mean error' is the mean |relative error| of the product over the"
        " mantissas of normal operands (all pairs up to 7 mantissa bits, 2^16 random pairs above); of an exact unit"
        " it is what rounding costs. A smaller unit with a larger error is no saving by itself.",
        "'area saved' is 1 - area / area of the exact unit of the same format and policy. The exact unit has no raw"
        " form: a raw row stands against the exact one under flush, a unit that also handles zero, underflow and"
        " overflow.",
        "flush reads subnormal operands as zero and writes none; ieee has subnormal numbers, Inf and NaN on both sides,"
        " and what is too large becomes Inf, or NaN where the format has no Inf; ftz has Inf and NaN as ieee has, and"
        " subnormal numbers are zero as under flush.",
        _paper(),
        *technology_notes(technology),
        "'depth' counts the cells on the longest combinational path, inverters included.",
    ]


def _paper() -> str:
    by_format = {f: {m: n for (g, m), n in PAPER_GATES.items() if f == g} for f, _ in PAPER_GATES}
    savings = " and ".join(f"{percent(1 - min(n.values()) / max(n.values()), 2)} at {f}" for f, n in by_format.items())
    return (
        "'paper's gates' is the estimate printed in arXiv 2410.00907, which would be a saving of"
        f" {savings}. It is counted by the paper's recipe (XOR 4 gates, half adder 5, full adder 11), for circuits"
        " without edges, and cannot be compared with measured gates: it stands here as what was claimed. A reviewer"
        " who followed the recipe counted 185 for the e5m2 multiplication, not 296."
    )


def technology_notes(technology: Technology) -> list[str]:
    """Write the notes on the units of measure of a technology."""
    weights = ", ".join(f"{gate.name} {gate.transistors}" for gate in GATES)
    if technology.is_generic:
        return [
            "A NAND2 equivalent is the area of a 2-input NAND. Without a cell library a gate's area is its transistors"
            f" / 4, with the transistors of the textbook static CMOS circuit: {weights}, D flip-flop"
            f" {REGISTER_TRANSISTORS}. These are estimates; give a liberty file for um2 and ps."
        ]
    return [
        f"A NAND2 equivalent is {technology.nand2_area:g} um2, the area of what this flow maps a 2-input NAND to. um2"
        " is by convention the unit of areas in a liberty file; the file does not say.",
        "'transistors' is an estimate that does not depend on the library: the unit mapped by the same flow to textbook"
        f" static CMOS gates, {weights}, D flip-flop {REGISTER_TRANSISTORS}.",
        "'ps' is the longest combinational path by ABC's stime, from the liberty file's tables: no wires, no resizing,"
        " and nothing of a register's own delay. Nothing here was optimised for speed.",
    ]


PARTS = (
    "Differences of whole units, in NAND2 equivalents. The bare sum is an unsigned x + y of E + M bits. 'offset, sign'"
    " makes it the raw L-Mul unit: subtract bias and constant, and the sign. 'zero, range' makes it the flush unit:"
    " zero operands, underflow to zero, saturation. 'table' is what `corrected` adds to L-Mul under flush for its"
    " smaller error, 'exact' what correct rounding adds. 'ieee' is what subnormal numbers, Inf and NaN add to the flush"
    " unit of each method. Two units are optimised each as a whole, so that a small or"
    " negative difference means: nothing that can be told apart."
)
"""Note on the second table."""
