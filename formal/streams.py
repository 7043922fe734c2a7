# amaranth: UnusedElaboratable=no
"""What stands between the streams of a dot-product unit or an array and its lanes, before and after a clock edge."""

from collections.abc import Sequence

from bitwuzla import Term

from lmul.formal.edge import THEN, Edge
from lmul.formal.integers import Truth, all_of, any_of, unsigned
from lmul.formal.smt import load
from lmul.formal.sums.loaded_lane import LANE, LoadedLane
from lmul.golden.accumulators import DotParameters
from lmul.golden.formats import Format
from lmul.hdl.export.verilog import verilog
from lmul.hdl.style import Style


def converters_cut(top: str, dot: DotParameters, operands: dict[str, tuple[str, int]]) -> list[tuple[str, str]]:
    """List what is cut of a module's converters; operands as of `Streams`."""
    return [(top, f"{operands[side][0]}_converter_*") for side in converted_sides(dot)]


def converted_sides(dot: DotParameters) -> list[str]:
    """List which of x and y have converters."""
    p = dot.product
    entering = p.is_integer or p.entry_formats is not None
    return [side for side in "xy" if entering and side not in dot.converted]


class Streams(Edge):
    """Module with two streams of operands, before and after a clock edge. Converters are cut.

    Parameters
    ----------
    text, top : str
        Verilog text, and the name of the module.
    dot : DotParameters
        Formats, method and accumulator.
    style : Style
        Style of the description.
    operands : dict of str to tuple of str and int
        For x and y the port, and the operands of a beat.
    cut : sequence of tuple of str
        What is cut, converters too.
    moves : str or None
        Wire that is 1 where the edge is a step.
    expose : sequence of str
        Wires that may have any value.
    """

    def __init__(
        self,
        text: str,
        top: str,
        dot: DotParameters,
        style: Style,
        operands: dict[str, tuple[str, int]],
        cut: Sequence[tuple[str, str]],
        moves: str | None = None,
        expose: Sequence[str] = (),
    ) -> None:
        self.dot, self.style, self.ports = dot, style, operands
        self.converted = converted_sides(dot)
        super().__init__(text, top, cut, expose, moves=moves)

    def entering(self, side: str) -> list[Term]:
        """Return the operands of x or y as they are multiplied."""
        port, count = self.ports[side]
        if side in self.converted:
            return [self.net(f"{port}_converter_{i}.word") for i in range(count)]
        width = self.width(port) // count
        return [self.field(self.net(port), i, width) for i in range(count)]

    def converters(self) -> dict[str, Truth]:
        """State that each converter has its code."""
        claims = {}
        for side in self.converted:
            (port, count), width = self.ports[side], self._format(side).width
            claims[f"each converter has its code of {port}"] = all_of(
                [
                    self.same(self.net(f"{port}_converter_{i}.code"), self.field(self.net(port), i, width))
                    for i in range(count)
                ]
            )
        return claims

    def loaded(self, words: Term, anchor: Term | None) -> Truth:
        """State that words of y are those that a `LoadedLane` makes with an anchor, which is proved with its lane."""
        lane = LoadedLane(self.dot, self.style)
        circuit = load(self.tm, verilog(lane), lane.name)
        given, stored = [], []
        for i, y in enumerate(self.entering("y")):
            state = circuit.state(f"loader_{i}")
            given.append(self.same(circuit.net("y", state), y))
            if anchor is not None:
                given.append(self.same(circuit.net("anchor", state), anchor))
            word = circuit.net(f"{LANE}.word", state)
            stored.append(self.same(self.field(words, i, int(word.sort().bv_size())), word))
        return ~all_of(given) | all_of(stored)

    def reserved(self, side: str) -> Truth:
        """Tell whether a code of x or y that stands at the port is reserved."""
        f, (port, count) = self._format(side), self.ports[side]
        if side in self.dot.converted or not (f.is_integer or f.has_reserved):
            return self.never
        codes = [unsigned(self.tm, self.field(self.net(port), i, f.width)) for i in range(count)]
        if f.is_integer:
            return any_of([code.equals(f.sign_bit) for code in codes])
        return any_of([code % f.sign_bit > f.top for code in codes])

    def sticky(self, flag: str, *causes: Truth) -> dict[str, Truth]:
        """State that a flag is set by its causes alone, stays, and that a reset clears it."""
        kept = ~self.bit("rst") & any_of([self.bit(flag), *causes])
        return {f"{flag} is set by its cause, and stays until reset": ~(self.bit(flag, THEN) ^ kept)}

    def _format(self, side: str) -> Format:
        return self.dot.product.format if side == "x" else self.dot.product.y_format
