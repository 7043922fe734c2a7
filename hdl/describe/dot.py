"""Text for the head of a dot-product unit's Verilog file, and its manifest."""

from typing import Any

from lmul.golden.accumulators import DotParameters
from lmul.hdl.arith.stored_operand import anchor_width
from lmul.hdl.describe.array import accumulator, field_words, layout_manifest, product, products_manifest
from lmul.hdl.describe.multiplier import wrapped
from lmul.hdl.describe.ports import Field, operands

LATENCY = 1
"""Cycles from the beat of x that ends a sum to that sum, and from a beat of y to the first beat of x that uses it."""


def dot_fields(dot: DotParameters, lanes: int) -> dict[str, list[Field]]:
    """List the payload fields of the streams y, x and o, in the order of the ports."""
    k = "n" if lanes == 1 else f"n * {lanes} + i"
    saturated = "a product of this sum was above the anchor" if dot.kind.has_anchor else "always 0: no sum can saturate"
    y = [operands(dot, "y", "y", (lanes,), "element i is multiplied with element i of x")]
    if dot.kind.has_anchor:
        anchor = "A, a biased exponent in two's complement; the same for all words of a sum"
        y.append(Field("anchor", anchor_width(dot), (), anchor, "exponent"))
    o = [
        Field("sum", dot.width, (), "the sum, in two's complement", "sum"),
        Field("sum_saturated", 1, (), saturated, "flag"),
    ]
    if dot.scaled:
        for side, numbers in (("x", "x that these words meet"), ("y", "these words")):
            scale = f"c of E8M0: the numbers of {numbers}, times 2^(c - 127)"
            y.append(Field(f"{side}_scale", 8, (), scale, "scale"))
        o.append(Field("sum_nan", 1, (), "a scale of this sum was NaN, code 255", "flag"))
    return {
        "y": y,
        "x": [
            operands(dot, "x", "x", (lanes,), f"element i is x[{k}] of a sum's beat n, code 0 beyond K"),
            Field("x_last", 1, (), "the last beat of a sum", "flag"),
            Field("x_release", 1, (), "the words of y go after this beat, and the next one waits for others", "flag"),
        ],
        "o": o,
    }


def describe_dot(name: str, dot: DotParameters, lanes: int) -> list[str]:
    """Write the comment lines of a unit of dot products."""
    p = dot.product
    codes = f"codes of the format {p.format}" if p.format == p.y_format else f"codes of {p.format} and {p.y_format}"
    what = "1 product" if lanes == 1 else f"{lanes} products"
    saturated = "a sum with sum_saturated was taken" if dot.kind.has_anchor else "always 0"
    lines = wrapped(f"{name}: dot products, sums of x[k] y[k], k = 0 .. K-1, {codes}; {what} a beat of x.")
    lines.append("")
    for stream, parts in dot_fields(dot, lanes).items():
        lines.append(f"Stream {stream}:")
        for part in parts:
            lines += wrapped(field_words(part), "  ")
    return [
        *lines,
        "",
        *wrapped(
            "A beat of y is loaded and stays: for one beat of x, for a sum, for many sums, until a beat of x has "
            "x_release. With that beat the next words can be loaded."
        ),
        "",
        *product(dot),
        *accumulator(dot),
        "",
        *wrapped(
            "One beat of x a cycle, also with other words of y for each. A sum is there 1 cycle after its last beat; "
            "a beat of y can be used 1 cycle after it was taken. A sum that is not taken holds up x. o_ready acts on "
            "x_ready in the same cycle, and x_ready, x_valid and x_release on y_ready; valid depends on no input. rst "
            "is synchronous, active high, and forgets all that is under way, words too. A simulator that knows X needs "
            "x known also where it is not valid."
        ),
        *wrapped(
            "Flags, set until rst: `reserved`, an operand was a code that its format reserves; `saturated`, "
            f"{saturated}."
        ),
    ]


def dot_manifest(dot: DotParameters, lanes: int) -> dict[str, Any]:
    """Build the manifest of a unit of dot products: all that a program needs to build it, feed it and read it."""
    return {
        "kind": "dot_product",
        **products_manifest(dot),
        "largest_k": dot.depth,
        "lanes": lanes,
        "latency": {"formula": f"{LATENCY}", "cycles": LATENCY, "from": "beat of x with x_last", "to": "its sum"},
        "words_latency": {"cycles": LATENCY, "from": "beat of y", "to": "first beat of x that uses it"},
        "throughput": {"steps_per_cycle": 1, "products_per_step": lanes, "cycles_per_sum": "ceil(K / lanes)"},
        "layout": layout_manifest(dot_fields(dot, lanes)),
    }
