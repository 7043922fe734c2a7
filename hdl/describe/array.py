"""Text for the head of an array's Verilog file, and its manifest."""

from typing import Any, Protocol

from lmul.golden.accumulators import AccumulatorKind, DotParameters
from lmul.golden.formats import FormatKind
from lmul.golden.logarithms import LogFormat
from lmul.golden.methods import MethodKind
from lmul.golden.parameters import Parameters
from lmul.hdl.describe.converter import word_layout
from lmul.hdl.describe.multiplier import format_manifest, wrapped
from lmul.hdl.describe.ports import Dataflow, Field, fields, integer_sums


class Plan(Protocol):
    """Properties of an array that its description needs."""

    dot: DotParameters
    rows: int
    columns: int
    lanes: int
    dataflow: Dataflow
    sums: int

    @property
    def name(self) -> str:
        """Return the name of the module."""

    @property
    def latency(self) -> int:
        """Return the cycles from the step that completes a sum to that sum."""


def streams(plan: Plan) -> dict[str, list[Field]]:
    """List the fields of each stream."""
    return fields(plan.dot, plan.rows, plan.columns, plan.lanes, plan.dataflow)


def describe(plan: Plan) -> list[str]:
    """Write the comment lines of an array."""
    return [
        *wrapped(f"{plan.name}: {what(plan)}"),
        "",
        *ports(streams(plan)),
        "",
        *order(plan),
        "",
        *product(plan.dot),
        *accumulator(plan.dot),
        "",
        *timing(plan),
    ]


def describe_axi(name: str, plan: Plan, layout: dict[str, list[Field]], cycles: int) -> list[str]:
    """Write the comment lines of an array with AXI4-Stream ports; `cycles` is its latency."""
    return [
        *wrapped(f"{name}: {what(plan)}"),
        "",
        *ports(layout),
        "",
        *order(plan),
        *wrapped(f"In this text {_axi_names(plan, layout)}."),
        "",
        *product(plan.dot),
        *accumulator(plan.dot),
        "",
        *wrapped(
            f"{speed(plan, cycles)} All outputs are registers, or depend on registers only. aresetn is synchronous, "
            f"active low, and forgets all that is under way; no beat is taken while it lasts. A simulator that knows X "
            f"needs it for {_reset_cycles(plan)} cycles."
        ),
        *wrapped(flags(plan, "aresetn")),
    ]


def _axi_names(plan: Plan, layout: dict[str, list[Field]]) -> str:
    """List the array's names that other lines use, each with its AXI4-Stream port."""
    pairs = [
        f"{own.port} is {axi.port}"
        for stream, fields in streams(plan).items()
        for own, axi in zip(fields[1:], layout[stream][2:], strict=True)
    ]
    return f"{', '.join(pairs[:-1])} and {pairs[-1]}"


def what(plan: Plan) -> str:
    """Describe the array in one sentence."""
    p = plan.dot.product
    codes = f"codes of the format {p.format}" if p.format == p.y_format else f"codes of {p.format} and {p.y_format}"
    if plan.dataflow is Dataflow.OUTPUT_STATIONARY:
        size = f"A has {plan.rows} rows, B {plan.columns} columns"
    else:
        size = f"{plan.rows * plan.lanes} rows of B a pass, {plan.columns} columns"
    return f"a systolic array of {plan.rows} x {plan.columns}, {_stays(plan)}-stationary: C = A B, {codes}; {size}."


def _stays(plan: Plan) -> str:
    return "output" if plan.dataflow is Dataflow.OUTPUT_STATIONARY else "weight"


def ports(layout: dict[str, list[Field]]) -> list[str]:
    """Describe each stream and the bits of its fields."""
    lines = []
    for stream, parts in layout.items():
        lines.append(f"Stream {stream}, in beats; of beat n of a tile:")
        for part in parts:
            lines += wrapped(field_words(part), "  ")
    return lines


def field_words(part: Field) -> str:
    """Describe the bits of a port."""
    if not part.shape:
        return f"{part.port}: {part.order}."
    index = "i" if len(part.shape) == 1 else "(i, l)"
    counts = " x ".join(map(str, part.shape))
    padded = "" if part.used is None else f", of which the low {part.used} count, {part.extension}-extended"
    bits = f"{counts} elements of {part.element} bits{padded}, {index} from bit {part.offset} on"
    if part.element == 1:
        bits = f"{counts} elements of 1 bit"
    return f"{part.port}: {bits}; {part.order}."


def order(plan: Plan) -> list[str]:
    """Describe the order of beats."""
    r, lanes = plan.rows, plan.lanes
    if plan.dataflow is Dataflow.OUTPUT_STATIONARY:
        steps = "K" if lanes == 1 else f"ceil(K / {lanes})"
        text = (
            f"A tile takes {steps} steps; each takes a beat of a and one of b, together. {r} beats of c are a tile, "
            f"row 0 first. Results of a tile leave while the next one comes in."
        )
    else:
        text = (
            f"{r} beats of b load the weights of a pass, {r * lanes} terms of every sum, while those of the pass "
            f"before are still in use. Then each beat of a, up to a_last, is a row of A. With a_more the sums stay: "
            f"the next pass adds the next {r * lanes} terms to them; it has as many rows, at most {plan.sums}. Beats "
            f"of c come of the passes without a_more."
        )
    return wrapped(text)


def product(dot: DotParameters) -> list[str]:
    """Describe how a product is formed, and the words of operands that are converted already."""
    return [*_product(dot), *_converted(dot)]


def _converted(dot: DotParameters) -> list[str]:
    words = [(side, f) for side, f in zip("xy", dot.port_formats, strict=True) if isinstance(f, LogFormat)]
    if not words:
        return []
    sides = "x and y come" if len(words) == 2 else f"{words[0][0]} comes"
    layouts = dict.fromkeys(word_layout(f) for _, f in words)
    more = "Sums of other words are not specified, and `reserved` does not tell what a word was converted from."
    return wrapped(f"{sides} in converted. {' '.join(layouts)} {more}")


def _product(dot: DotParameters) -> list[str]:
    p = dot.product
    m, z = p.result.mantissa_bits, p.result
    zero = "An operand whose exponent field is 0 counts as zero."
    if p.subnormals:
        zero = "A subnormal operand is normalised where it enters, its exponent field then 0 or less."
    if p.is_integer:
        least = dict.fromkeys(f"-{f.sign_bit} ({f})" for f in (p.format, p.y_format))
        return wrapped(
            f"Method exact: the true product of integers in two's complement. {' and '.join(least)} counts as zero, "
            f"and sets `reserved`."
        )
    if p.method.is_exact:
        kept = f"rounded to {m + 1} significant bits" if not dot.full else "in full"
        return wrapped(f"Method {dot.method.name}: the true product, {kept}. {zero}{_reserved(dot)}")
    if p.log_formats is not None:
        return wrapped(_log_product(p) + _reserved(dot))
    shown = f"D = {p.correction[0][0]}" if p.offset is not None else f"D from a table of {p.table_bits} bits of each"
    return wrapped(
        f"Method {dot.method.name}: with X and Y the operands' codes without their signs, at {m} mantissa bits, T = "
        f"X + Y - {p.bias} * 2^{m} + D, {shown}; the product is (1 + (T mod 2^{m}) / 2^{m}) * 2^(e - {z.bias}), e = "
        f"T >> {m}, however large or small. {zero}{_reserved(dot)}"
    )


def _log_product(p: Parameters) -> str:
    """Describe how a product of log codes is formed."""
    f, z = p.mantissa_bits, p.result
    c = {
        1: "0",
        2: "(u >> 3) + (u >> 4)",
        4: f"(n * 2^{f}) >> 6, n = (0, 1, 2, 3, 4, 4, 5, 5)[(u * 16) >> {f}]",
    }[p.method.segments or 1]
    zero = "a subnormal one is normalised" if p.subnormals else "one whose exponent field is 0 counts as zero"
    return (
        f"Method {p.method.name}: where an operand enters it becomes a log code, see below; {zero}. With X and Y the "
        f"operands' (exponent field) * 2^{f} + L[mantissa], T = X + Y - {p.bias} * 2^{f} + D, D = "
        f"{p.correction[0][0]}; the product is (1 + (f - c) / 2^{f}) * 2^(e - {z.bias}), e = T >> {f}, f = T mod "
        f"2^{f}, however large or small. u is f, or {(1 << f) - 1} - f where that is less; c is {c}."
    )


def _reserved(dot: DotParameters) -> str:
    if all(f.kind is FormatKind.FINITE for f in (dot.product.format, dot.product.y_format)):
        return ""
    return " A code that its format reserves for Inf or NaN is the number that its bits spell, and sets `reserved`."


def accumulator(dot: DotParameters) -> list[str]:
    """Describe the accumulator and the form of a sum."""
    match dot.kind:
        case AccumulatorKind.FLOATING:
            text = (
                f"Accumulator {dot.accumulator}: products are added one by one in the order of k, each sum rounded to "
                f"nearest even; from +0. Above its largest number it stays there, and sets `saturated`."
            )
        case AccumulatorKind.ANCHORED:
            bias = dot.anchored_lsb(0)
            text = (
                f"Accumulator anchored: an integer of {dot.width} bits; one unit is worth 2^(A {_signed(bias)}), A the "
                f"anchor. What a product has below a unit is cut off. A product above A, e > A, adds "
                f"+-(2^{dot.window} - 1) and sets `saturated`. K is at most {dot.depth}."
            )
            if dot.scaled:
                text += (
                    " For the products of a block, A counts as A - (x_scale - 127) - (y_scale - 127), so that its sums "
                    "are in the same units. Code 255, NaN, is taken as 2^128, sets sum_nan and `reserved`."
                )
        case AccumulatorKind.FIXED:
            text = (
                f"Accumulator fixed: an integer of {dot.width} bits; one unit is worth 2^{dot.lsb}, and every sum of "
                f"at most K = {dot.depth} products is exact."
            )
    if dot.output is not None:
        text += f" A sum leaves rounded once to nearest even, to {dot.output}; above its largest number it is that."
    elif dot.kind.is_integer:
        text += " A sum leaves in two's complement."
    else:
        text += f" A sum leaves as its code in {dot.format}."
    return wrapped(text)


def _signed(number: int) -> str:
    return f"- {-number}" if number < 0 else f"+ {number}"


def speed(plan: Plan, cycles: int) -> str:
    """Describe throughput, and latency in `cycles`."""
    r = plan.rows
    if plan.dataflow is Dataflow.OUTPUT_STATIONARY:
        return (
            f"One step a cycle; a tile of fewer than {r} steps takes {r} cycles. Row 0 of a tile is there {cycles} "
            f"cycles after its last step, rows follow one a cycle. If c waits, all waits."
        )
    return (
        f"One row a cycle; a pass of fewer than {r} rows takes {r} cycles, and one whose sums the next pass adds to "
        f"takes at least {plan.latency + 1}. A row of sums is there {cycles} cycles after its row of A. If c waits, "
        f"all waits."
    )


def timing(plan: Plan) -> list[str]:
    """Describe throughput, latency, handshake, reset and flags."""
    ready = "c_ready acts on a_ready and b_ready in the same cycle, and a_valid on b_ready"
    if plan.dataflow is Dataflow.OUTPUT_STATIONARY:
        ready += " and b_valid on a_ready"
    return wrapped(
        f"{speed(plan, plan.latency)} {ready}; c_valid depends on no input. rst is synchronous, active high, and "
        f"forgets all that is under way. A simulator that knows X needs it for {_reset_cycles(plan)} cycles, with a "
        f"and b known then, and later on also where they are not valid."
    ) + wrapped(flags(plan, "rst"))


def _reset_cycles(plan: Plan) -> int:
    return plan.rows + plan.columns + 3


def flags(plan: Plan, reset: str) -> str:
    """Describe the flags, which the port `reset` clears."""
    if plan.dataflow is Dataflow.OUTPUT_STATIONARY:
        framing = "a_last and b_last disagreed"
    else:
        framing = (
            f"b_last was not on beat {plan.rows - 1}, a pass with a_more had more than {plan.sums} rows, or the pass "
            "after it another number of them"
        )
    return (
        f"Flags, set until {reset}: `reserved`, an operand was a code that its format reserves; `saturated`, a sum has "
        f"saturated; `framing`, {framing}."
    )


def manifest(plan: Plan) -> dict[str, Any]:
    """Build the manifest of an array: all that a program needs to build it, feed it and read it."""
    dot = plan.dot
    return {
        "kind": "array",
        **products_manifest(dot),
        "sum_format": None if dot.kind.is_integer else format_manifest(dot.float_format),
        "output": None if dot.output is None else format_manifest(dot.output),
        "sums_are": "integers" if integer_sums(dot) else "codes",
        "largest_k": dot.depth if dot.kind.is_integer else None,
        "rows": plan.rows,
        "columns": plan.columns,
        "lanes": plan.lanes,
        "dataflow": plan.dataflow,
        "sums": plan.sums if plan.dataflow is Dataflow.WEIGHT_STATIONARY else None,
        "latency": latency(plan),
        "throughput": throughput(plan),
        "layout": layout_manifest(streams(plan)),
    }


def products_manifest(dot: DotParameters) -> dict[str, Any]:
    """List formats, method and accumulator for the manifest."""
    p = dot.product
    return {
        "formats": {port: format_manifest(f) for port, f in (("x", p.format), ("y", p.y_format), ("p", p.result))},
        "method": p.method.of_multiplier.kind,
        "rounded": p.method.kind is MethodKind.ROUNDED,
        "rounding": p.rounding if p.method.kind is MethodKind.ROUNDED else None,
        "constant": p.method.d,
        "table_bits": p.method.table_bits,
        "correction": None if p.method.is_exact else p.correction,
        "offset": p.offset,
        **_edge_manifest(p),
        "converted": list(dot.converted),
        "scaled": dot.scaled,
        "accumulator": dot.accumulator,
        "window": dot.window,
        "accumulator_width": dot.width,
        "lsb": lsb(dot),
    }


def _edge_manifest(p: Parameters) -> dict[str, Any]:
    """Tell whether subnormals count, and list what the method log has besides."""
    if p.log_formats is None:
        return {"subnormals": p.subnormals}
    logarithms = {port: list(f.table or ()) for port, f in zip("xy", p.log_formats, strict=True)}
    return {
        "guard": p.method.guard,
        "segments": p.method.segments,
        "subnormals": p.subnormals,
        "logarithms": logarithms,
    }


def layout_manifest(layout: dict[str, list[Field]]) -> dict[str, Any]:
    """List the layout of each port for the manifest."""
    return {stream: [part.manifest for part in parts] for stream, parts in layout.items()}


def lsb(dot: DotParameters) -> dict[str, Any] | None:
    """Return the weight of an integer accumulator's last place: 2^`exponent`, times 2^anchor if `plus_anchor`.

    None for a floating-point accumulator.
    """
    match dot.kind:
        case AccumulatorKind.FLOATING:
            return None
        case AccumulatorKind.FIXED:
            return {"formula": f"2 ** {dot.lsb}", "exponent": dot.lsb, "plus_anchor": False}
        case AccumulatorKind.ANCHORED:
            exponent = dot.anchored_lsb(0)
            return {"formula": f"2 ** (anchor {_signed(exponent)})", "exponent": exponent, "plus_anchor": True}


def latency(plan: Plan, more: int = 0) -> dict[str, Any]:
    """Return the latency for the manifest, without waits; `more` cycles are added."""
    steady = plan.dataflow is Dataflow.OUTPUT_STATIONARY
    own = plan.latency - plan.rows - plan.columns
    constant = own + more
    added = f" + {constant}" if constant else ""
    cycles = plan.latency + more
    if not steady:
        return {"formula": f"rows + columns{added}", "cycles": cycles, "from": "beat of a", "to": "its beat of c"}
    return {
        "formula": f"rows + columns{added}",
        "cycles": cycles,
        "from": "last step of a tile",
        "to": "row 0 of the tile; row i comes i cycles later",
    }


def throughput(plan: Plan) -> dict[str, Any]:
    """Return the throughput for the manifest: cycles of a tile or pass, back to back without waits."""
    pace = {"steps_per_cycle": 1, "products_per_step": plan.rows * plan.columns * plan.lanes}
    if plan.dataflow is Dataflow.OUTPUT_STATIONARY:
        return {**pace, "cycles_per_tile": "max(ceil(K / lanes), rows)"}
    return {
        **pace,
        "cycles_per_pass": "max(M, rows), with M rows of A",
        "cycles_per_pass_with_more": f"max(M, rows, latency + 1), which is max(M, {plan.latency + 1})",
    }
