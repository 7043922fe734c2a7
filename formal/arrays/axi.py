# amaranth: UnusedElaboratable=no
"""Proof of AXI4-Stream tops: register slices, bytes that are not kept, padding, and where each wire goes."""

from bitwuzla import Kind, Term

from lmul.formal.edge import THEN, Claimed, Edge
from lmul.formal.integers import Integer, Truth, all_of, unsigned
from lmul.hdl.array.axi import AxiStreamArray
from lmul.hdl.array.systolic import Dataflow
from lmul.hdl.describe.ports import integer_sums


def prove_slice_verilog(text: str, top: str, seconds: float) -> Claimed:
    """Prove the Verilog of a register slice, by induction: a queue of at most two beats.

    Control: a beat that comes in is offered whatever waits.
    """
    edge = Edge(text, top)
    rst, offered, held = (edge.bit(name) for name in ("rst", "o_valid", "held"))
    takes, leaves = edge.bit("i_ready") & edge.bit("i_valid"), offered & edge.bit("o_ready")
    beats = edge.net("o"), edge.net("spare"), edge.net("i")
    # The queue before the edge is sound where a second beat stands behind a first one and no third can come.
    sound = (~held | offered) & ~(held & edge.bit("i_ready"))
    after = (~edge.bit("held", THEN) | edge.bit("o_valid", THEN)) & ~(
        edge.bit("held", THEN) & edge.bit("i_ready", THEN)
    )
    one, two = offered & ~held, offered & held
    # Beats of the queue with what is taken behind it, less the one that leaves.
    first = edge.chosen((one & leaves, beats[2]), (two & leaves, beats[1]), (offered, beats[0]), otherwise=beats[2])
    some = (offered & ~leaves) | two | takes
    more = (two & ~leaves) | (one & ~leaves & takes) | (two & takes)
    second = edge.chosen((two & ~leaves, beats[1]), otherwise=beats[2])
    claims = {
        "a reset empties it": (~rst | (~edge.bit("o_valid", THEN) & ~edge.bit("held", THEN)), []),
        "there is place for what it takes": (rst | after, [sound]),
        "beats come out in order, none lost, doubled or changed": (
            rst
            | (
                ~(edge.bit("o_valid", THEN) ^ some)
                & ~(edge.bit("held", THEN) ^ more)
                & (~some | edge.becomes("o", first))
                & (~more | edge.becomes("spare", second))
            ),
            [sound],
        ),
        "it takes a beat whenever it has place": (rst | ~(edge.bit("i_ready", THEN) ^ ~more), [sound]),
        "outputs are registers": (
            all_of([edge.always, *(_held(edge, name) for name in ("o", "o_valid", "i_ready"))]),
            [],
        ),
    }
    answers = {name: edge.ask(claim, seconds, given, name) for name, (claim, given) in claims.items()}
    return Claimed(answers, [edge.ask(rst | edge.becomes("o", edge.net("i")), seconds, [sound], "control")])


def _held(edge: Edge, name: str) -> Truth:
    """State that an output is a register's: no input changes it before the edge."""
    return edge.always if name in edge.circuit.registers else edge.never


def prove_axi_verilog(text: str, top: AxiStreamArray, seconds: float) -> Claimed:
    """Prove what an AXI4-Stream top does between its ports, its slices and its array, which are cut.

    Control: bytes count although they are not kept.
    """
    cut = [(top.name, "slice_*"), (top.name, "core")]
    edge = Edge(text, top.name, cut, clock="aclk")
    array = top.array
    claims = {"reset": all_of([~(edge.bit(f"{name}.rst") ^ ~edge.bit("aresetn")) for name in _PARTS])}
    kept = []
    for stream in "ab":
        port, count = f"s_axis_{stream}", (array.rows if stream == "a" else array.columns) * array.lanes
        others = ["tlast", *(["tuser"] if _has_user(top, stream) else [])]
        names = ["tdata", "tkeep", *others]
        widths = [edge.width(f"{port}_{name}") for name in names]
        came, beat = edge.net(f"slice_{stream}.i"), edge.net(f"slice_{stream}.o")
        claims[f"{stream} goes through its slice"] = all_of(
            [
                *(
                    edge.same(got, edge.net(f"{port}_{name}"))
                    for name, got in zip(names, _parts(edge, came, widths), strict=True)
                ),
                ~(edge.bit(f"slice_{stream}.i_valid") ^ edge.bit(f"{port}_tvalid")),
                ~(edge.bit(f"{port}_tready") ^ edge.bit(f"slice_{stream}.i_ready")),
                ~(edge.bit(f"core.{stream}_valid") ^ edge.bit(f"slice_{stream}.o_valid")),
                ~(edge.bit(f"slice_{stream}.o_ready") ^ edge.bit(f"core.{stream}_ready")),
            ]
        )
        data, keep, *rest = _parts(edge, beat, widths)
        inner = edge.net(f"core.{stream}")
        size, bytes_each = edge.width(f"core.{stream}") // count, widths[1] // count
        for i in range(count):
            element = Integer(edge.tm, edge.field(data, i, 8 * bytes_each)).bits(size)
            whole = edge.same(edge.field(keep, i, bytes_each), edge.tm.mk_bv_ones(edge.tm.mk_bv_sort(bytes_each)))
            zero = edge.tm.mk_bv_zero(element.sort())
            kept.append(edge.same(edge.field(inner, i, size), edge.chosen((whole, element), otherwise=zero)))
        own = {"tlast": f"{stream}_last", "tuser": "a_more" if stream == "a" else "anchor"}
        claims[f"the array gets the rest of {stream}"] = all_of(
            [edge.same(edge.net(f"core.{own[name]}"), got) for name, got in zip(others, rest, strict=True)]
        )
    claims["an element with a byte that is not kept is code 0, and the others are whole"] = all_of(kept)
    claims |= _results(edge, top)
    answers = edge.ask_all(claims, seconds)
    careless = edge.same(edge.field(edge.net("core.a"), 0, 1), edge.field(edge.net("slice_a.o"), 0, 1))
    return Claimed(answers, [edge.ask(careless, seconds, about="control")])


def _results(edge: Edge, top: AxiStreamArray) -> dict[str, Truth]:
    """State where the beats of c and the flags come from."""
    array = top.array
    width, whole = array.dot.output_width, edge.width("m_axis_c_tdata") // array.columns
    extended = []
    for j in range(array.columns):
        code = edge.field(edge.net("core.c"), j, width)
        number = Integer(edge.tm, code) if integer_sums(array.dot) else unsigned(edge.tm, code)
        extended.append(edge.same(edge.field(edge.net("slice_c.i"), j, whole), number.bits(whole)))
    data = array.columns * whole
    into, out = (_parts(edge, edge.net(f"slice_c.{port}"), [data, 1, 1]) for port in "io")
    ports = ("m_axis_c_tdata", "m_axis_c_tlast", "m_axis_c_tuser")
    return {
        "sums are extended to whole bytes": all_of(extended),
        "c goes through its slice": all_of(
            [
                *(
                    edge.same(edge.net(name), got)
                    for name, got in zip(("core.c_last", "core.c_saturated"), into[1:], strict=True)
                ),
                *(edge.same(edge.net(name), got) for name, got in zip(ports, out, strict=True)),
                ~(edge.bit("slice_c.i_valid") ^ edge.bit("core.c_valid")),
                ~(edge.bit("core.c_ready") ^ edge.bit("slice_c.i_ready")),
                ~(edge.bit("m_axis_c_tvalid") ^ edge.bit("slice_c.o_valid")),
                ~(edge.bit("slice_c.o_ready") ^ edge.bit("m_axis_c_tready")),
            ]
        ),
        "all bytes of c are kept": all_of(edge.bits("m_axis_c_tkeep")),
        "flags are the array's": all_of(
            [~(edge.bit(name) ^ edge.bit(f"core.{name}")) for name in ("reserved", "saturated", "framing")]
        ),
    }


def _has_user(top: AxiStreamArray, stream: str) -> bool:
    ws = top.array.dataflow is Dataflow.WEIGHT_STATIONARY
    return ws if stream == "a" else top.array.dot.kind.has_anchor


_PARTS = ("slice_a", "slice_b", "slice_c", "core")


def _parts(edge: Edge, word: Term, widths: list[int]) -> list[Term]:
    """Split a word into parts, the first in the lowest bits."""
    parts, low = [], 0
    for width in widths:
        parts.append(edge.tm.mk_term(Kind.BV_EXTRACT, [word], [low + width - 1, low]))
        low += width
    return parts
