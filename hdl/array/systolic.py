# amaranth: UnusedElaboratable=no
"""Systolic arrays with stream ports."""

from collections.abc import Sequence
from typing import Any

from amaranth.hdl import Cat, Const, Module, Mux, Signal, Value, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.memory import Memory, ReadPort, WritePort
from amaranth.lib.wiring import In, Out

from lmul.golden.accumulators import DotParameters
from lmul.hdl.arith.entering import entering
from lmul.hdl.arith.stored_operand import anchor_width, folded
from lmul.hdl.array.element import OutputStationary, can_saturate, result_width
from lmul.hdl.array.grid import OutputStationaryGrid, WeightStationaryGrid
from lmul.hdl.array.rounder import Rounder
from lmul.hdl.describe.array import describe, manifest
from lmul.hdl.describe.ports import Dataflow
from lmul.hdl.dot.converter import any_reserved, converted, converters
from lmul.hdl.hierarchy import Part, place
from lmul.hdl.names import checked_name
from lmul.hdl.style import Style

__all__ = ["LANES", "SIDES", "SUMS", "Dataflow", "SystolicArray"]

SIDES = range(1, 257)
LANES = range(1, 65)
SUMS = 64
"""Rows of partial sums that a weight-stationary array keeps between passes, unless told otherwise."""

MOST_SUMS = 1 << 16


class SystolicArray(wiring.Component):
    """Systolic array. Multiplies matrices of codes tile by tile; sums are bit for bit those of the golden model.

    Output-stationary, a tile C = A B has up to `rows` rows and `columns` columns and takes ceil(K / lanes) steps. A
    step takes a beat of a and one of b together. The sums stay in the elements until the tile ends; then they leave as
    `rows` beats of c, row 0 first, while the next tile comes in. Weight-stationary, `rows` beats of b load the weights
    for rows * lanes terms of each sum; then each beat of a is a row of A and gives one of C. With a_more the sums stay
    for the next pass, which adds the next terms. `describe.ports.fields` has the layout of bits.

    Latency without waits, in cycles from the transfer of a beat of a to the first cycle in which c_valid shows its
    sums: output-stationary rows + columns + 1 from the last step of a tile to its row 0, and i more for row i;
    weight-stationary rows + columns. Throughput is rows * columns * lanes products a cycle: a step a cycle, and tiles
    back to back without bubbles. A tile of fewer than `rows` steps takes `rows` cycles, since its results need them to
    leave. Weight-stationary, a pass of fewer than `rows` rows takes the `rows` cycles in which the next weights load,
    and a pass with a_more takes at least rows + columns + 1.

    Nothing is lost or repeated under any waits. c_valid, c and its flags hold until c_ready.

    Limits. There are no buffers at the ports: c_ready acts on a_ready and b_ready in the same cycle, and so do a_valid
    on b_ready and, output-stationary, b_valid and a_last. So no source may wait for the other's ready (`AxiStreamArray`
    has buffers). A waiting beat of c stops the whole array by one enable; no clock is gated. Output-stationary, K is
    not checked: more products than `dot.depth` wrap an integer sum. Sums of the anchored accumulator leave as integers
    only. Reset clears the control in one cycle; data registers are not reset. So a simulator with X needs rst for rows
    + columns + 3 cycles with a and b known, and a and b known later even when they are not valid.

    Parameters
    ----------
    dot : DotParameters
        Formats, method, accumulator, largest K and output format.
    rows, columns : int
        Processing elements, 1 to 256 each.
    lanes : int
        Products that each of them adds in a step, 1 to 64; 1 for a floating-point accumulator.
    dataflow : Dataflow
        Sums or weights that stay in the elements.
    sums : int
        Weight-stationary: rows of sums that stay between passes, at most; a power of two.
    style : Style
        Style of the description.
    name : str, optional
        Name of the exported module instead of one that says what it is.

    Members
    -------
    a : In(stream of a, a_last, a_more)
        Codes of the format of x, or converted words, rows * lanes of them; `a_last` on the last beat of a tile or pass;
        `a_more`, weight-stationary only: the next pass goes on with these sums.
    b : In(stream of b, b_last, anchor)
        Codes of the format of y, or converted words, columns * lanes of them; `b_last` on the last beat of a tile, or
        of the weights of a pass; `anchor`, anchored accumulator only: a signed biased exponent, the same throughout a
        tile.
    c : Out(stream of c, c_last, c_saturated)
        `columns` sums of `dot.output_width` bits; `c_last` on the last row of a tile; `c_saturated`: a sum of this beat
        has saturated.
    reserved : Out(1)
        An operand was a code that its format reserves for Inf or NaN. As the others below it is set until reset.
    saturated : Out(1)
        A sum has saturated, in the accumulator or when it was rounded to `dot.output`.
    framing : Out(1)
        a_last and b_last disagreed (output-stationary); b_last was not on the last of `rows` beats, a pass with a_more
        had more than `sums` rows, or the pass after it another number of them (weight-stationary). What the sums are
        from then on until reset is not specified.

    Raises
    ------
    ValueError
        A number is out of its range, the accumulator does not have these lanes or this output, or the name is no
        identifier.
    """

    a: stream.Interface
    b: stream.Interface
    c: stream.Interface
    reserved: Signal
    saturated: Signal
    framing: Signal

    clocked = True

    def __init__(
        self,
        dot: DotParameters,
        rows: int,
        columns: int,
        lanes: int = 1,
        dataflow: Dataflow = Dataflow.OUTPUT_STATIONARY,
        sums: int = SUMS,
        style: Style = Style.RTL,
        name: str | None = None,
    ) -> None:
        for what, value, allowed in (("rows", rows, SIDES), ("columns", columns, SIDES), ("lanes", lanes, LANES)):
            if type(value) is not int or value not in allowed:
                raise ValueError(f"{what} must be {allowed[0]} to {allowed[-1]}, not {value!r}")
        if type(sums) is not int or not 1 <= sums <= MOST_SUMS or sums & (sums - 1):
            raise ValueError(f"sums must be a power of two up to {MOST_SUMS}, not {sums!r}")
        if sums != SUMS and dataflow is Dataflow.OUTPUT_STATIONARY:
            raise ValueError(f"sums must be left out unless the dataflow is ws, not {sums}")
        if not dot.kind.is_integer and lanes != 1:
            raise ValueError(f"lanes must be 1 for the accumulator {dot.accumulator} (one product a step), not {lanes}")
        if dot.scaled:
            raise ValueError("scaled must be left out for an array, not True: its rows and columns have scales each")
        if dot.kind.has_anchor and dot.output is not None:
            raise ValueError(f"output must be left out for the accumulator anchored, not {dot.output}")
        self.dot, self.rows, self.columns, self.lanes, self.dataflow, self.sums = (
            dot,
            rows,
            columns,
            lanes,
            Dataflow(dataflow),
            sums,
        )
        size = f"{rows}x{columns}" + ("" if lanes == 1 else f"x{lanes}") + ("" if sums == SUMS else f"_s{sums}")
        self._name = checked_name(name, f"{dot.name}_{self.dataflow}_{size}")
        grid = OutputStationaryGrid if self.dataflow is Dataflow.OUTPUT_STATIONARY else WeightStationaryGrid
        self.style = Style(style)
        self.grid = grid(dot, rows, columns, lanes, self.style)
        x_format, y_format = dot.port_formats
        a: dict[str, Any] = {"a": rows * lanes * x_format.width, "a_last": 1}
        if self.dataflow is Dataflow.WEIGHT_STATIONARY:
            a["a_more"] = 1
        b: dict[str, Any] = {"b": columns * lanes * y_format.width, "b_last": 1}
        if dot.kind.has_anchor:
            b["anchor"] = signed(anchor_width(dot))
        c = {"c": columns * dot.output_width, "c_last": 1, "c_saturated": 1}
        super().__init__(
            {
                "a": In(stream.Signature(data.StructLayout(a))),
                "b": In(stream.Signature(data.StructLayout(b))),
                "c": Out(stream.Signature(data.StructLayout(c))),
                "reserved": Out(1),
                "saturated": Out(1),
                "framing": Out(1),
            }
        )

    @property
    def name(self) -> str:
        """Return the name of the exported module."""
        return self._name

    @property
    def parts(self) -> Sequence[Part]:
        """List converters to log codes, the grid, and the rounder if there is an output format."""
        rounders = [] if self.dot.output is None else [Rounder(self.dot)]
        return [*converters(self.dot), self.grid, *rounders]

    @property
    def latency(self) -> int:
        """Return the cycles from the beat of a that completes a row of sums to its beat of c.

        Output-stationary, the row is row 0.
        """
        return self.rows + self.columns + (self.dataflow is Dataflow.OUTPUT_STATIONARY)

    @property
    def description(self) -> list[str]:
        """Return the comment lines at the top of the Verilog file."""
        return describe(self)

    @property
    def manifest(self) -> dict[str, Any]:
        """Return kind, parameters, latency and the layout of every port, for programs to read."""
        return {**manifest(self), "style": self.style}

    def elaborate(self, platform: object) -> Module:
        m = Module()
        words = self._loaded(m)
        enable = Signal(name="enable")
        if self.dataflow is Dataflow.OUTPUT_STATIONARY:
            taken_a, taken_b = self._output_stationary(m, enable, words)
        else:
            taken_a, taken_b = self._weight_stationary(m, enable, words)
        for taken, side, value in ((taken_a, "x", self.a.p.a), (taken_b, "y", self.b.p.b)):
            with m.If(taken & any_reserved(self.dot, side, value)):
                m.d.sync += self.reserved.eq(1)
        return m

    def _loaded(self, m: Module) -> Value:
        """Build the stored words of a beat of b."""
        p = self.dot.product
        b, width = converted(m, self.dot, "y", "b", self.b.p.b), entering(p)[1].width
        anchor = self.b.p.anchor if self.dot.kind.has_anchor else None
        codes = [b[i : i + width] for i in range(0, len(b), width)]
        words = Signal(self.columns * len(self._word()), name="words")
        m.d.comb += words.eq(Cat(folded(m, f"word_{i}", self.dot, code, anchor) for i, code in enumerate(codes)))
        return words

    def _word(self) -> Signal:
        element = self.grid.element
        return element.y if isinstance(element, OutputStationary) else element.word

    def _output_stationary(self, m: Module, enable: Signal, words: Value) -> tuple[Value, Value]:
        """Build the control of an output-stationary array; return when beats of a and of b are taken."""
        a, b, c = self.a, self.b, self.c
        # The last step of a tile waits until the drain registers take its results: R steps after the last one before.
        busy = Signal(range(self.rows), name="busy")
        free, step = Signal(name="free"), Signal(name="step")
        m.d.comb += [
            free.eq(enable & ((busy == 0) | ~a.p.a_last)),
            step.eq(free & a.valid & b.valid),
            a.ready.eq(free & b.valid),
            b.ready.eq(free & a.valid),
        ]
        with m.If(enable & (busy != 0)):
            m.d.sync += busy.eq(busy - 1)
        with m.If(step & a.p.a_last):
            m.d.sync += busy.eq(self.rows - 1)
        with m.If(step & (a.p.a_last != b.p.b_last)):
            m.d.sync += self.framing.eq(1)
        sums = Signal(len(self.grid.sums), name="sums")
        place(
            m,
            "grid",
            self.grid,
            enable=enable,
            x=converted(m, self.dot, "x", "a", a.p.a),
            y=words,
            valid=step,
            last=a.p.a_last,
            sums=sums,
            sums_valid=c.valid,
        )
        row = Signal(range(self.rows), name="row")
        leaves = Signal(name="leaves")
        m.d.comb += [leaves.eq(c.valid & c.ready), enable.eq(~c.valid | c.ready), c.p.c_last.eq(row == self.rows - 1)]
        with m.If(leaves):
            m.d.sync += row.eq(Mux(c.p.c_last, 0, row + 1))
        self._out(m, sums, leaves)
        return step, step

    def _out(self, m: Module, sums: Value, leaves: Value) -> None:
        """Drive a beat of c with the sums and their flags; round the sums if there is an output format."""
        width = result_width(self.dot)
        results = [sums[i : i + width] for i in range(0, len(sums), width)]
        codes, saturated = [], []
        for j, result in enumerate(results):
            total, flag = result[: self.dot.width], result[self.dot.width :]
            saturated.append(flag.any() if can_saturate(self.dot) else Const(0, 1))
            if self.dot.output is not None:
                code, above = Signal(self.dot.output_width, name=f"code_{j}"), Signal(name=f"above_{j}")
                place(m, f"rounder_{j}", Rounder(self.dot), sum=total, code=code, saturated=above)
                total = code
                saturated.append(above)
            codes.append(total)
        m.d.comb += [self.c.p.c.eq(Cat(codes)), self.c.p.c_saturated.eq(Cat(saturated).any())]
        with m.If(leaves & self.c.p.c_saturated):
            m.d.sync += self.saturated.eq(1)

    def _weight_stationary(self, m: Module, enable: Signal, words: Value) -> tuple[Value, Value]:
        """Build the control of a weight-stationary array; return when beats of a and of b are taken.

        Beats of b fill the shadow registers. Partial sums wait in a memory between passes.
        """
        a, b, c = self.a, self.b, self.c
        count = Signal(range(self.rows + 1), name="words_loaded")
        first, again = Signal(name="first", init=1), Signal(name="again")
        full, load, step = Signal(name="full"), Signal(name="load"), Signal(name="step")
        waiting = Signal(range(self.sums + 1), name="sums_waiting")
        begins = Signal(name="begins")
        takes = self._rows_of_a_pass(m, step, again)
        m.d.comb += [
            full.eq(count == self.rows),
            a.ready.eq(enable & (full | ~first) & ((waiting != 0) | ~takes)),
            step.eq(a.ready & a.valid),
            begins.eq(step & first),
            b.ready.eq(enable & (~full | begins)),
            load.eq(b.ready & b.valid),
        ]
        with m.If(step):
            m.d.sync += first.eq(a.p.a_last)
            with m.If(a.p.a_last):
                m.d.sync += again.eq(a.p.a_more)
        m.d.sync += count.eq(Mux(begins, 0, count) + load)
        push = Signal(self.rows, name="push")
        m.d.comb += push.eq(Cat(load & (Mux(begins, 0, count) >= i) for i in range(self.rows)))
        with m.If(load & (b.p.b_last != (Mux(begins, 0, count) == self.rows - 1))):
            m.d.sync += self.framing.eq(1)
        # A sum is in the grid for R + C steps; its flags are delayed as long.
        latency = self.rows + self.columns
        valid = Signal(latency, name="valid")
        last, more = Signal(latency, name="last", reset_less=True), Signal(latency, name="more", reset_less=True)
        with m.If(enable):
            m.d.sync += [
                valid.eq(Cat(step, valid)),
                last.eq(Cat(a.p.a_last, last)),
                more.eq(Cat(a.p.a_more, more)),
            ]
        arrives = Signal(name="arrives")
        leaves = Signal(name="leaves")
        sums = Signal(len(self.grid.sums), name="sums")
        m.d.comb += [
            c.valid.eq(valid[-1] & ~more[-1]),
            c.p.c_last.eq(last[-1]),
            enable.eq(~c.valid | c.ready),
            arrives.eq(valid[-1] & more[-1]),
            leaves.eq(c.valid & c.ready),
        ]
        partial = self._partial_sums(m, sums, arrives, step & takes, waiting)
        # Registered like x in the elements.
        start = Signal(len(sums), name="sums_start", reset_less=True)
        with m.If(enable):
            m.d.sync += start.eq(Mux(takes, partial, 0))
        place(
            m,
            "grid",
            self.grid,
            enable=enable,
            x=converted(m, self.dot, "x", "a", a.p.a),
            swap=begins,
            push=push,
            word=words,
            sums=start,
            sums_out=sums,
        )
        self._out(m, sums, leaves)
        return step, load

    def _rows_of_a_pass(self, m: Module, step: Value, again: Value) -> Signal:
        """Tell whether the next beat of a takes a partial sum; flag passes with too many or other numbers of rows."""
        a = self.a
        row, left = Signal(range(self.sums + 2), name="row"), Signal(range(self.sums + 2), name="rows_left")
        takes = Signal(name="takes")
        m.d.comb += takes.eq(again & (row < left))
        following = Signal(range(self.sums + 2), name="following_row")
        m.d.comb += following.eq(Mux(row > self.sums, row, row + 1))
        with m.If(step):
            m.d.sync += row.eq(Mux(a.p.a_last, 0, following))
            with m.If(a.p.a_last & a.p.a_more):
                m.d.sync += left.eq(following)
            with m.If(a.p.a_more & (following > self.sums)):
                m.d.sync += self.framing.eq(1)
            with m.If(again & (a.p.a_last != (following == left))):
                m.d.sync += self.framing.eq(1)
        return takes

    def _partial_sums(self, m: Module, sums: Value, arrives: Value, taken: Value, waiting: Signal) -> Value:
        """Build a queue of beats of sums: `arrives` pushes one, `taken` pops the oldest."""
        memory: Any = Memory(shape=len(sums), depth=self.sums, init=[])
        m.submodules.partial = memory
        address = (len(sums), self.sums.bit_length() - 1)
        write: Any = WritePort(
            WritePort.Signature(shape=address[0], addr_width=address[1]), memory=memory, domain="sync", path=("into",)
        )
        read: Any = ReadPort(
            ReadPort.Signature(shape=address[0], addr_width=address[1]), memory=memory, domain="comb", path=("out_of",)
        )
        into, out = Signal(range(self.sums), name="sums_into"), Signal(range(self.sums), name="sums_out_of")
        m.d.comb += [write.addr.eq(into), write.data.eq(sums), write.en.eq(arrives), read.addr.eq(out)]
        with m.If(arrives):
            m.d.sync += into.eq(into + 1)
        with m.If(taken):
            m.d.sync += out.eq(out + 1)
        m.d.sync += waiting.eq(waiting + arrives - taken)
        value: Value = read.data
        return value
