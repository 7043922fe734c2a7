"""What lanes, or a floating-point step, put out where they are cut, and their sum."""

from collections.abc import Sequence

from bitwuzla import Kind

from lmul.formal.edge import Edge
from lmul.formal.integers import Integer, Truth, any_of, unsigned
from lmul.formal.sums.lane_sum import Wire, sum_of_lanes
from lmul.formal.sums.wide_specification import put_out
from lmul.golden.accumulators import DotParameters


def arithmetic(dot: DotParameters) -> str:
    """Return the names of the instances that multiply, with `*`."""
    return "lane_*" if dot.kind.is_integer else "step"


def names(dot: DotParameters, lanes: int) -> list[str]:
    """List the names of the instances that multiply: lanes, or one floating-point step."""
    return [f"lane_{i}" for i in range(lanes)] if dot.kind.is_integer else ["step"]


def proved_sum(
    text: str, top: str, dot: DotParameters, lanes: int, start: str, cut: Sequence[tuple[str, str]]
) -> list[Wire] | None:
    """Find the sum of a wire and of what lanes put out, proved by arithmetic; None where the solver has to do it.

    Parameters
    ----------
    text, top : str
        Verilog text, and the name of the module with the lanes.
    dot : DotParameters
        Formats, method and accumulator.
    lanes : int
        Number of lanes.
    start : str
        Wire that the sum starts from.
    cut : sequence of tuple of str
        All that is cut, the lanes too, as where the sum is used: wires without a name are counted.
    """
    if not dot.kind.is_integer:
        return None
    outputs = [(f"{name}.addend", f"{name}.sign") for name in names(dot, lanes)]
    return sum_of_lanes(text, top, outputs, [(start, i) for i in range(dot.width)], cut=cut)


def wires_of(proved: list[Wire] | None) -> list[str]:
    """List the wires of a sum that is proved apart, each once: what depends on it is proved with any value of them."""
    return list(dict.fromkeys(wire for wire, _ in proved or ()))


class Products:
    """What instances that are cut out of a module put out.

    Parameters
    ----------
    edge : Edge
        The module, without them.
    dot : DotParameters
        Formats, method and accumulator.
    lanes : int
        Number of lanes; 1 for a floating-point step.
    proved : list of (str, int), or None
        Bits of the sum of all, if it is proved apart.
    """

    def __init__(self, edge: Edge, dot: DotParameters, lanes: int, proved: list[Wire] | None) -> None:
        self.edge, self.dot, self.proved = edge, dot, proved
        self.names = names(dot, lanes)

    def added(self, start: Integer) -> Integer:
        """Add what they put out to a start; the result is right modulo 2^width.

        Of a floating-point step, and where the sum is proved apart, it is a number of its own; see `starts`.
        """
        edge = self.edge
        if not self.dot.kind.is_integer:
            return unsigned(edge.tm, edge.net("step.total"))
        if self.proved is not None:
            bits = [edge.tm.mk_term(Kind.BV_EXTRACT, [edge.net(wire)], [i, i]) for wire, i in reversed(self.proved)]
            return unsigned(edge.tm, edge.tm.mk_term(Kind.BV_CONCAT, bits) if len(bits) > 1 else bits[0])
        for put in self.put():
            start += put
        return start

    def put(self) -> list[Integer]:
        """Return what each lane adds."""
        edge = self.edge
        return [put_out(edge.tm, edge.net(f"{name}.addend"), edge.net(f"{name}.sign")) for name in self.names]

    def starts(self, start: Integer, wire: str) -> Truth:
        """State that what they are added to starts from a number, whose wire was used in the proof apart."""
        name = wire if self.dot.kind.is_integer else "step.start"
        if self.dot.kind.is_integer and self.proved is None:
            return self.edge.always
        return self.edge.same(self.edge.net(name), start.bits(self.dot.width))

    def above(self) -> Truth:
        """Tell whether one of them was too large."""
        return any_of([self.edge.bit(f"{name}.saturated") for name in self.names])
