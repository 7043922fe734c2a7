"""Notes of the report of arrays, to read before its numbers."""

from lmul.synth.measure.catalog import DEPTH
from lmul.synth.report.noise import NOISE_PERCENT
from lmul.synth.technology.generic import GATES, REGISTER_TRANSISTORS
from lmul.synth.technology.technology import Technology


def array_notes(technology: Technology) -> list[str]:
    """Write the notes, one paragraph each."""
    if technology.is_generic:
        weights = ", ".join(f"{gate.name} {gate.transistors}" for gate in GATES)
        unit = (
            "A NAND2 equivalent is the area of a 2-input NAND. Without a cell library a gate's area is its transistors"
            f" / 4, with the transistors of the textbook static CMOS circuit: {weights}, D flip-flop"
            f" {REGISTER_TRANSISTORS}. These are estimates; give a liberty file for cells and energies."
        )
    else:
        unit = (
            f"A NAND2 equivalent is {technology.nand2_area:g} um2, the area of what this flow maps a 2-input NAND to."
        )
    return [
        "Every module goes through the same flow, exact ones included, by itself and flat: mapped for area, without a"
        " search over scripts and without a clock to meet. Areas are sums of cells: no wires, no placement, no clock"
        " tree, no memories.",
        unit,
        f"Differences of less than about {NOISE_PERCENT} % mean nothing: equivalent descriptions of one module vary by"
        " that much. Parts are differences of modules that were optimised each as a whole; a small or negative one"
        " means nothing that can be told apart.",
        f"K is at most {DEPTH} for fixed and anchored accumulators unless a row says otherwise; each doubling of K"
        " costs one bit of the accumulator. Policy flush: subnormal operands are zeros, but for log codes.",
        "'exact' adds the whole product, 'rounded' the product rounded to as many bits as an operand has; the exact"
        " multiplier is the better of an array of full adders and a table. corrected1 to 3 add a small constant that"
        " 1 to 3 top mantissa bits of each operand choose; mitchell has none, and constant1 is D = 1."
        " log1s2 adds logarithms with one guard bit, and has two segments of the antilog; lanes take log codes, and"
        " what makes them has a table of its own. Lanes that store Booth's radix-4 digits of y in place of its mantissa"
        " were tried for exact e4m3, e3m4, bf16 and fp16 and left out: what the longer words cost is more than what the"
        " recoders in front of them had cost.",
    ]
