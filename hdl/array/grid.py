# amaranth: UnusedElaboratable=no
"""Rows of a systolic array with the skews before and behind them: whole beats in, whole beats out."""

from collections.abc import Sequence

from amaranth.hdl import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from lmul.golden.accumulators import DotParameters
from lmul.hdl.array.element import OutputStationary, WeightStationary, result_width
from lmul.hdl.array.row import Row
from lmul.hdl.array.skew import Skew
from lmul.hdl.hierarchy import Part, place
from lmul.hdl.style import Style


class _Grid(wiring.Component):
    """Base class of the grids of both dataflows."""

    clocked = True

    enable: Signal
    row: Row
    rows: int
    columns: int

    @property
    def name(self) -> str:
        """Return the name of the module."""
        return "grid"

    @property
    def parts(self) -> Sequence[Part]:
        """List the row and the skews."""
        return [self.row, *(skew for skew in self._skews().values() if skew.count > 1)]

    @property
    def description(self) -> list[str]:
        """Return the comment lines above the module."""
        return [f"{self.name}: {self.rows} x {self.columns} processing elements, and the delays around them."]

    def _skews(self) -> dict[str, Skew]:
        raise NotImplementedError

    def _skewed(self, m: Module, name: str, value: Value) -> Value:
        """Delay the fields of a word by its skew, if it has more than one field."""
        skew = self._skews()[name]
        if skew.count == 1:
            return value
        o = Signal(len(value), name=f"{name}_skewed")
        place(m, f"skew_{name}", skew, enable=self.enable, i=value, o=o)
        return o


class OutputStationaryGrid(_Grid):
    """Grid whose results leave at the bottom, row 0; words of y enter at row R - 1.

    Row r takes its operands R - 1 - r steps after row R - 1, and column c takes them c steps after column 0. All
    results of a tile are in the drain registers when row 0 has its own. Then they move down, one row a step, while
    results of the next tile may come in from row R - 1 on.

    Members
    -------
    enable : In(1)
    x : In(rows * lanes * (1 + E + M))
    y : In(columns * lanes * Stored.width)
    valid, last : In(1)
        x and y are operands, and the last ones of a tile.
    sums : Out(columns * result_width)
    sums_valid : Out(1)
    """

    enable: Signal
    x: Signal
    y: Signal
    valid: Signal
    last: Signal
    sums: Signal
    sums_valid: Signal

    def __init__(self, dot: DotParameters, rows: int, columns: int, lanes: int, style: Style = Style.RTL) -> None:
        self.element = OutputStationary(dot, lanes, style)
        self.row, self.rows, self.columns = Row(self.element, columns), rows, columns
        super().__init__(
            {
                "enable": In(1),
                "x": In(rows * len(self.element.x)),
                "y": In(columns * len(self.element.y)),
                "valid": In(1),
                "last": In(1),
                "sums": Out(columns * result_width(dot)),
                "sums_valid": Out(1),
            }
        )

    def _skews(self) -> dict[str, Skew]:
        return {
            "x": Skew(self.rows, len(self.element.x), falling=True),
            "flags": Skew(self.rows, 2, falling=True, reset=True),
            "y": Skew(self.columns, len(self.element.y)),
            "sums": Skew(self.columns, len(self.element.below), falling=True),
        }

    def elaborate(self, platform: object) -> Module:
        m = Module()
        x = self._skewed(m, "x", self.x)
        flags = self._skewed(m, "flags", Cat(self.valid, self.last).replicate(self.rows))
        y = self._skewed(m, "y", self.y)
        drain = Signal(self.columns, name="drain")
        drained: Value = Const(0, self.columns * len(self.element.above))
        for i in reversed(range(self.rows)):
            following = {
                out: Signal(len(getattr(self.row, out)), name=f"{out}_{i}")
                for out in (*(out for _, out in self.row.element.vertical), "held")
            }
            valid, last = flags.word_select(i, 2)
            place(
                m,
                f"row_{i}",
                self.row,
                enable=self.enable,
                x=x.word_select(i, len(self.element.x)),
                valid=valid,
                last=last,
                y=y,
                above=drained,
                drain=drain,
                **following,
            )
            y, drained = following["y_out"], following["below"]
        # Row 0 is the last to have a result, and its results do not wait.
        m.d.comb += drain.eq(following["held"])
        m.d.comb += self.sums.eq(self._skewed(m, "sums", drained))
        # Every column has its sum at the same distance behind the first, so that the last one's speaks for all.
        left = Signal(range(self.rows), name="sums_left")
        with m.If(self.enable):
            m.d.sync += left.eq(Mux(drain[-1], self.rows - 1, left - (left != 0)))
        m.d.comb += self.sums_valid.eq(drain[-1] | (left != 0))
        return m


class WeightStationaryGrid(_Grid):
    """Grid whose sums start at the top, row 0, and leave at the bottom.

    Row r takes its operands r steps after row 0, and column c takes them c steps after column 0.

    Members
    -------
    enable : In(1)
    x : In(rows * lanes * (1 + E + M))
    swap : In(1)
        x is the first to be multiplied with the words pushed last.
    push : In(rows)
        Rows whose shadow registers take the words from above.
    word : In(columns * lanes * Stored.width)
        Words for the shadow registers of row 0.
    sums, sums_out : In, Out(columns * result_width)
        Initial sums, and the sums R + C steps later.
    """

    enable: Signal
    x: Signal
    swap: Signal
    push: Signal
    word: Signal
    sums: Signal
    sums_out: Signal

    def __init__(self, dot: DotParameters, rows: int, columns: int, lanes: int, style: Style = Style.RTL) -> None:
        self.element = WeightStationary(dot, lanes, style)
        self.row, self.rows, self.columns = Row(self.element, columns), rows, columns
        super().__init__(
            {
                "enable": In(1),
                "x": In(rows * len(self.element.x)),
                "swap": In(1),
                "push": In(rows),
                "word": In(columns * len(self.element.word)),
                "sums": In(columns * result_width(dot)),
                "sums_out": Out(columns * result_width(dot)),
            }
        )

    def _skews(self) -> dict[str, Skew]:
        return {
            "x": Skew(self.rows, len(self.element.x)),
            "swap": Skew(self.rows, 1, reset=True),
            "word": Skew(self.columns, len(self.element.word)),
            "sums": Skew(self.columns, len(self.element.sum)),
            "sums_out": Skew(self.columns, len(self.element.sum), falling=True),
        }

    def elaborate(self, platform: object) -> Module:
        m = Module()
        x = self._skewed(m, "x", self.x)
        swap = self._skewed(m, "swap", self.swap.replicate(self.rows))
        word = self._skewed(m, "word", self.word)
        sums = self._skewed(m, "sums", self.sums)
        for i in range(self.rows):
            following = {
                out: Signal(len(getattr(self.row, out)), name=f"{out}_{i}") for _, out in self.row.element.vertical
            }
            place(
                m,
                f"row_{i}",
                self.row,
                enable=self.enable,
                x=x.word_select(i, len(self.element.x)),
                swap=swap[i],
                push=self.push[i],
                word=word,
                sum=sums,
                **following,
            )
            word, sums = (following[out] for _, out in self.row.element.vertical)
        m.d.comb += self.sums_out.eq(self._skewed(m, "sums_out", sums))
        return m
