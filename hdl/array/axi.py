# amaranth: UnusedElaboratable=no
"""Systolic array with AXI4-Stream ports."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from amaranth.hdl import Cat, ClockDomain, ClockSignal, Const, Module, Mux, ResetSignal, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from lmul.hdl.array.register_slice import Slice
from lmul.hdl.array.systolic import SystolicArray
from lmul.hdl.describe import array as describe_array
from lmul.hdl.describe.ports import Field, integer_sums
from lmul.hdl.hierarchy import Part, place
from lmul.hdl.names import checked_name

SLICES = 2
"""Cycles that the registers at both ends add to the latency of an array."""

_PREFIXES = {"a": "s_axis_a", "b": "s_axis_b", "c": "m_axis_c"}


class _Array(SystolicArray):
    """Array as an inner module with a fixed name."""

    @property
    def name(self) -> str:
        """Return the name of the module."""
        return "array"

    @property
    def description(self) -> list[str]:
        """Return the comment lines above the module."""
        return ["array: the array itself; elements are packed without gaps."]


class AxiStreamArray(wiring.Component):
    """`SystolicArray` with AXI4-Stream ports of whole bytes, and register slices at all of them.

    Beats are those of the array. Each element takes whole bytes of tdata: codes are zero-extended, integer sums are
    sign-extended. An input element with a byte that is not kept (tkeep 0) counts as code 0, so a beat may be partial.
    On c all bytes are kept. tlast is a_last, b_last and c_last: one packet a tile or pass.

    No output depends on an input in the same cycle, and no tvalid on a tready. A source may wait for anything except
    tready. Output-stationary, a beat of a leaves its register together with one of b.

    Latency is two cycles more than the array's; throughput is the array's. Reset is synchronous and active low. It
    drops all data in flight, and no beat is taken during it. A simulator with X needs it for rows + columns + 3 cycles.

    Limits: no tstrb, tid or tdest; no null beats, since a beat with tkeep 0 is a beat of zeros; no assembly of tiles
    from other widths.

    Parameters
    ----------
    array : SystolicArray
        Array behind the ports.
    name : str, optional
        Name of the exported module instead of one that says what it is.

    Members
    -------
    aclk, aresetn : In(1)
    s_axis_a_tdata, s_axis_a_tkeep, s_axis_a_tlast, s_axis_a_tvalid, s_axis_a_tready
        Stream a; weight-stationary there is also s_axis_a_tuser, which is a_more.
    s_axis_b_tdata, s_axis_b_tkeep, s_axis_b_tlast, s_axis_b_tvalid, s_axis_b_tready
        Stream b; for the anchored accumulator there is also s_axis_b_tuser, which is the anchor.
    m_axis_c_tdata, m_axis_c_tkeep, m_axis_c_tlast, m_axis_c_tuser, m_axis_c_tvalid, m_axis_c_tready
        Stream c; m_axis_c_tuser is c_saturated.
    reserved, saturated, framing : Out(1)
        Flags of the array.

    Raises
    ------
    ValueError
        The name is no identifier.
    """

    clocked = False
    """False: its ports are aclk and aresetn, not clk and rst."""

    aclk: Signal
    aresetn: Signal
    s_axis_a_tdata: Signal
    s_axis_a_tkeep: Signal
    s_axis_a_tlast: Signal
    s_axis_a_tvalid: Signal
    s_axis_a_tready: Signal
    s_axis_b_tdata: Signal
    s_axis_b_tkeep: Signal
    s_axis_b_tlast: Signal
    s_axis_b_tvalid: Signal
    s_axis_b_tready: Signal
    m_axis_c_tdata: Signal
    m_axis_c_tkeep: Signal
    m_axis_c_tlast: Signal
    m_axis_c_tuser: Signal
    m_axis_c_tvalid: Signal
    m_axis_c_tready: Signal
    reserved: Signal
    saturated: Signal
    framing: Signal

    def __init__(self, array: SystolicArray, name: str | None = None) -> None:
        self.array = array
        self._name = checked_name(name, f"{array.name}_axi")
        self._inner = _Array(array.dot, array.rows, array.columns, array.lanes, array.dataflow, array.sums, array.style)
        self.layout = {stream: _axi_fields(stream, array) for stream in _PREFIXES}
        ports: dict[str, Any] = {"aclk": In(1), "aresetn": In(1)}
        for stream, prefix in _PREFIXES.items():
            into, out = (In, Out) if stream != "c" else (Out, In)
            ports |= {field.port: into(field.width) for field in self.layout[stream]}
            ports |= {f"{prefix}_tvalid": into(1), f"{prefix}_tready": out(1)}
        super().__init__({**ports, "reserved": Out(1), "saturated": Out(1), "framing": Out(1)})

    @property
    def name(self) -> str:
        """Return the name of the exported module."""
        return self._name

    @property
    def parts(self) -> Sequence[Part]:
        """List the array and the register slices, each module once."""
        slices = {part.name: part for part in map(self._slice, _PREFIXES)}
        return [self._inner, *slices.values()]

    @property
    def latency(self) -> int:
        """Return the cycles from the beat of a that completes a row of sums to its beat of c.

        Output-stationary, the row is row 0.
        """
        return self.array.latency + SLICES

    @property
    def description(self) -> list[str]:
        """Return the comment lines at the top of the Verilog file."""
        return describe_array.describe_axi(self.name, self.array, self.layout, self.latency)

    @property
    def manifest(self) -> dict[str, Any]:
        """Return kind, parameters, latency and the layout of every port, for programs to read."""
        return {
            **self.array.manifest,
            "kind": "axi-stream array",
            "latency": describe_array.latency(self.array, SLICES),
            "layout": describe_array.layout_manifest(self.layout),
        }

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.domains.sync = ClockDomain("sync", local=True)
        m.d.comb += [ClockSignal("sync").eq(self.aclk), ResetSignal("sync").eq(~self.aresetn)]
        signals: dict[str, Value] = {}
        for stream in "ab":
            beat, valid, ready = self._sliced(m, stream)
            signals |= _unpacked(self.layout[stream], describe_array.streams(self.array)[stream], beat)
            signals |= {f"{stream}_valid": valid, f"{stream}_ready": ready}
        results = {
            field.port: Signal(field.width, name=field.port) for field in describe_array.streams(self.array)["c"]
        }
        signals |= results
        signals |= {"c_valid": Signal(name="c_valid"), "c_ready": Signal(name="c_ready")}
        signals |= {flag: getattr(self, flag) for flag in ("reserved", "saturated", "framing")}
        place(m, "core", self._inner, **signals)
        self._results(m, results, signals["c_valid"], signals["c_ready"])
        return m

    def _slice(self, stream: str) -> Slice:
        """Build the register slice of a stream. It stores all fields of a beat, except tkeep of c."""
        return Slice(sum(field.width for field in self.layout[stream] if stream != "c" or not _is_keep(field)))

    def _sliced(self, m: Module, stream: str) -> tuple[Value, Signal, Signal]:
        """Place the register slice of an input stream; return its beat, valid and ready."""
        prefix, part = _PREFIXES[stream], self._slice(stream)
        beat = Signal(part.width, name=f"{stream}_beat")
        valid, ready = Signal(name=f"{stream}_valid"), Signal(name=f"{stream}_ready")
        place(
            m,
            f"slice_{stream}",
            part,
            i=Cat(getattr(self, field.port) for field in self.layout[stream]),
            i_valid=getattr(self, f"{prefix}_tvalid"),
            i_ready=getattr(self, f"{prefix}_tready"),
            o=beat,
            o_valid=valid,
            o_ready=ready,
        )
        return beat, valid, ready

    def _results(self, m: Module, results: dict[str, Signal], valid: Value, ready: Value) -> None:
        """Extend the sums to whole bytes and send them through the register slice of c."""
        tdata, tkeep, tlast, tuser = self.layout["c"]
        used = tdata.used or tdata.element
        sums = [results["c"][i : i + used] for i in range(0, len(results["c"]), used)]
        top = [code[-1] if tdata.extension == "sign" else Const(0, 1) for code in sums]
        padded = Cat(Cat(code, bit.replicate(tdata.element - used)) for code, bit in zip(sums, top, strict=True))
        part = self._slice("c")
        beat = Signal(part.width, name="c_beat")
        place(
            m,
            "slice_c",
            part,
            i=Cat(padded, results["c_last"], results["c_saturated"]),
            i_valid=valid,
            i_ready=ready,
            o=beat,
            o_valid=self.m_axis_c_tvalid,
            o_ready=self.m_axis_c_tready,
        )
        m.d.comb += [
            Cat(getattr(self, field.port) for field in (tdata, tlast, tuser)).eq(beat),
            getattr(self, tkeep.port).eq(Const(-1, tkeep.width)),
        ]


def _is_keep(field: Field) -> bool:
    return field.port.endswith("_tkeep")


def _axi_fields(stream: str, array: SystolicArray) -> list[Field]:
    """List the fields of a stream in whole bytes, with their AXI4-Stream names."""
    elements, last, *others = describe_array.streams(array)[stream]
    prefix, size = _PREFIXES[stream], -(-elements.element // 8)
    extension = "sign" if stream == "c" and integer_sums(array.dot) else "zero"
    said = "all are 1" if stream == "c" else "an element one of whose bytes is not kept is code 0"
    keep = Field(f"{prefix}_tkeep", 1, (elements.count * size,), f"element i is for byte i of tdata; {said}", "flag")
    data = replace(elements, port=f"{prefix}_tdata", element=size * 8)
    return [
        replace(data, used=elements.element, extension=extension) if size * 8 != elements.element else data,
        keep,
        replace(last, port=f"{prefix}_tlast"),
        *(replace(field, port=f"{prefix}_tuser") for field in others),
    ]


def _unpacked(layout: list[Field], own: list[Field], beat: Value) -> dict[str, Value]:
    """Extract the array's payload from a beat of AXI4-Stream."""
    parts, place_ = [], 0
    for field in layout:
        parts.append(beat[place_ : place_ + field.width])
        place_ += field.width
    tdata, tkeep, *others = parts
    size, count, used = layout[0].element, layout[0].count, own[0].element
    codes = [Mux(tkeep.word_select(i, size // 8).all(), tdata.word_select(i, size)[:used], 0) for i in range(count)]
    return {own[0].port: Cat(codes), **{field.port: part for field, part in zip(own[1:], others, strict=True)}}
