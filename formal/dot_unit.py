# amaranth: UnusedElaboratable=no
"""Proof of a dot-product unit with its registers: what it takes when, what it adds, and when its sums come out.

Lanes and converters are cut; each is proved by itself. That a lane which is idle adds nothing is a premise.
"""

from functools import reduce
from operator import add

from lmul.formal.edge import THEN, Claimed
from lmul.formal.integers import Integer, Truth, all_of, any_of, choose, unsigned
from lmul.formal.streams import Streams
from lmul.formal.wide_specification import put_out
from lmul.hdl.dot.dot_product import DotProduct


def prove_unit_verilog(text: str, unit: DotProduct, seconds: float) -> Claimed:
    """Prove the Verilog of a dot-product unit around its lanes.

    Controls: a sum larger by 1, and a sum that does not wait until it is taken.
    """
    edge = _Unit(text, unit)
    claims = {name: edge.ask(claim, seconds, edge.given) for name, claim in edge.claims().items()}
    return Claimed(claims, [edge.ask(claim, seconds, edge.given) for claim in (edge.adds(1), edge.forgets())])


class _Unit(Streams):
    """Dot-product unit before and after a clock edge."""

    def __init__(self, text: str, unit: DotProduct) -> None:
        self.lanes = unit.lanes
        ports = {side: (side, unit.lanes) for side in "xy"}
        super().__init__(text, unit.name, unit.dot, unit.style, ports, [(unit.name, "lane_*")])
        self.rst, self.last, self.release = (self.bit(name) for name in ("rst", "x_last", "x_release"))
        self.step = self.bit("x_valid") & self.bit("x_ready")
        self.load = self.bit("y_valid") & self.bit("y_ready")
        self.first = self.step & ~self.bit("running")
        self.put = [
            put_out(self.tm, self.net(f"lane_{i}.addend"), self.net(f"lane_{i}.sign")) for i in range(self.lanes)
        ]
        self.above = [self.bit(f"lane_{i}.saturated") for i in range(self.lanes)]
        idle = [self.bit(f"lane_{i}.idle") for i in range(self.lanes)]
        self.given = [~i | (put.equals(0) & ~above) for i, put, above in zip(idle, self.put, self.above, strict=True)]

    def claims(self) -> dict[str, Truth]:
        """State what is to be shown."""
        loaded, valid, ready = (self.bit(name) for name in ("loaded", "o_valid", "o_ready"))
        taken = valid & ready
        return {
            **self.converters(),
            **self._lanes(),
            **self._words(),
            "x is taken where there are words, and where no sum waits": ~(
                self.step ^ (self.bit("x_valid") & loaded & (ready | ~valid))
            ),
            "y is taken where there are no words, or where they are released": ~(
                self.load ^ (self.bit("y_valid") & (~loaded | (self.step & self.release)))
            ),
            "words stay until they are released": self._keeps("loaded", self.load, self.step & self.release),
            "a sum begins behind a last beat, or a reset": self._keeps("running", self.step & ~self.last, self.step),
            "a sum is there behind its last beat": self._keeps("o_valid", self.step & self.last, self.step | ready),
            "the sum of a beat is that before it, or 0, and what lanes add": self.adds(0),
            "a sum waits until it is taken": ~(valid & ~ready & ~self.rst) | self._waits(),
            "a sum is flagged for products above the anchor": ~(
                self.bit("sum_saturated", THEN) ^ ((self.bit("sum_saturated") & ~self.first) | any_of(self.above))
            ),
            **self.sticky(
                "reserved", self.step & self.reserved("x"), self.load & (self.reserved("y") | self._no_scale())
            ),
            **self.sticky("saturated", taken & self.bit("sum_saturated")),
            **self._scales(),
        }

    def adds(self, error: int) -> Truth:
        """State what becomes of the sum, modulo its width, with an error."""
        start = choose(self.first, 0, unsigned(self.tm, self.net("sum")))
        total: Integer = reduce(add, self.put, start) + error
        return self.becomes("sum", total.bits(self.dot.width))

    def forgets(self) -> Truth:
        """State what must be refuted: a sum is gone after the edge."""
        return ~self.bit("o_valid", THEN)

    def _keeps(self, register: str, sets: Truth, clears: Truth) -> Truth:
        """State that a register is set, else cleared, else stays; and cleared by a reset."""
        kept = ~self.rst & (sets | (~clears & self.bit(register)))
        return ~(self.bit(register, THEN) ^ kept)

    def _waits(self) -> Truth:
        payload = ["o_valid", "sum", "sum_saturated", *(["sum_nan"] if self.dot.scaled else [])]
        return all_of([self.becomes(name, self.net(name)) for name in payload])

    def _lanes(self) -> dict[str, Truth]:
        """State what the lanes get."""
        words, claims = self.net("words"), []
        for i, x in enumerate(self.entering("x")):
            word = self.net(f"lane_{i}.word")
            claims += [
                self.same(self.net(f"lane_{i}.x"), x),
                self.same(word, self.field(words, i, int(word.sort().bv_size()))),
                ~(self.bit(f"lane_{i}.idle") ^ ~self.step),
            ]
        return {"each lane multiplies its operands, where there are some": all_of(claims)}

    def _words(self) -> dict[str, Truth]:
        """State what the words are; of a scaled unit `block_scales` shows what a load makes of them."""
        stay = self.load | self.becomes("words", self.net("words"))
        made = self.always if self.dot.scaled else ~self.load | self.loaded(self.net("words", THEN))
        return {"words are as the loader makes them of y, and stay": stay & made}

    def _no_scale(self) -> Truth:
        """Tell whether a scale that comes in is NaN."""
        if not self.dot.scaled:
            return self.never
        return any_of([unsigned(self.tm, self.net(f"{side}_scale")).equals(255) for side in "xy"])

    def _scales(self) -> dict[str, Truth]:
        """State where a sum is flagged for a scale that is NaN."""
        if not self.dot.scaled:
            return {}
        held = (self.load & self._no_scale()) | (~self.load & self.bit("scale_nan"))
        nan = (self.bit("sum_nan") & ~self.first) | (self.step & self.bit("scale_nan"))
        return {
            "words know whether a scale of theirs is NaN": ~(self.bit("scale_nan", THEN) ^ held),
            "a sum is flagged for words with such a scale": ~(self.bit("sum_nan", THEN) ^ nan),
        }
