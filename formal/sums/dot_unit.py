# amaranth: UnusedElaboratable=no
"""Proof of a dot-product unit with its registers: what it takes when, what it adds, and when its sums come out.

Lanes and converters are cut; each is proved by itself. That a lane which is idle adds nothing is a premise.
"""

import time

from lmul.formal.edge import THEN, Claimed
from lmul.formal.integers import Integer, Truth, all_of, any_of, choose, unsigned
from lmul.formal.part_proof import SECONDS, PartProof
from lmul.formal.streams import Streams, converters_cut
from lmul.formal.sums.products import Products, arithmetic, proved_sum, wires_of
from lmul.hdl.dot.dot_product import DotProduct
from lmul.hdl.export.verilog import verilog

E8M0_BIAS, E8M0_NAN = 127, 255
"""Code c of a scale is 2^(c - 127), or NaN."""


def prove_unit(unit: DotProduct, seconds: float = SECONDS) -> PartProof:
    """Export a dot-product unit and prove what it does around its lanes."""
    start = time.monotonic()
    return prove_unit_verilog(verilog(unit), unit, seconds).proof(f"{unit.name} around its lanes", start)


def prove_unit_verilog(text: str, unit: DotProduct, seconds: float) -> Claimed:
    """Prove the Verilog of a dot-product unit around its lanes.

    Controls: a sum larger by 1, and a sum that does not wait until it is taken.
    """
    edge = _Unit(text, unit)
    controls = [edge.ask(claim, seconds, edge.given, "control") for claim in (edge.adds(1), ~edge.bit("o_valid", THEN))]
    return Claimed(edge.ask_all(edge.claims(), seconds, edge.given), controls)


class _Unit(Streams):
    """Dot-product unit before and after a clock edge."""

    def __init__(self, text: str, unit: DotProduct) -> None:
        ports = {side: (side, unit.lanes) for side in "xy"}
        cut = [(unit.name, arithmetic(unit.dot)), *converters_cut(unit.name, unit.dot, ports)]
        proved = proved_sum(text, unit.name, unit.dot, unit.lanes, "start", cut)
        super().__init__(text, unit.name, unit.dot, unit.style, ports, cut, expose=wires_of(proved))
        self.rst, self.last, self.release = (self.bit(name) for name in ("rst", "x_last", "x_release"))
        self.step = self.bit("x_valid") & self.bit("x_ready")
        self.load = self.bit("y_valid") & self.bit("y_ready")
        self.first = self.step & ~self.bit("running")
        self.products = Products(self, unit.dot, unit.lanes, proved)
        self.given = [
            ~self.bit(f"{name}.idle") | (put.equals(0) & ~self.bit(f"{name}.saturated"))
            for name, put in zip(self.products.names, self.products.put(), strict=True)
        ]
        if proved is not None:  # what lanes add was proved apart, and here their sum may be anything
            idle = all_of([self.bit(f"{name}.idle") for name in self.products.names])
            start = unsigned(self.tm, self.net("start"))
            self.given.append(~idle | self.products.added(start).equals(start))

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
                self.bit("sum_saturated", THEN) ^ ((self.bit("sum_saturated") & ~self.first) | self.products.above())
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
        total = self.products.added(start) + error
        return self.products.starts(start, "start") & self.becomes("sum", total.bits(self.dot.width))

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
        """State what the words are."""
        stay = self.load | self.becomes("words", self.net("words"))
        anchor = self.net("block_anchor" if self.dot.scaled else "anchor") if self.dot.kind.has_anchor else None
        made = ~self.load | self.loaded(self.net("words", THEN), anchor)
        return {"words are as the loader makes them of y, and stay": stay & made}

    def _no_scale(self) -> Truth:
        """Tell whether a scale that comes in is NaN."""
        if not self.dot.scaled:
            return self.never
        return any_of([unsigned(self.tm, self.net(f"{side}_scale")).equals(E8M0_NAN) for side in "xy"])

    def _scales(self) -> dict[str, Truth]:
        """State where a sum is flagged for a scale that is NaN."""
        if not self.dot.scaled:
            return {}
        exponents = [unsigned(self.tm, self.net(f"{side}_scale")) - E8M0_BIAS for side in "xy"]
        anchor = Integer(self.tm, self.net("anchor")) - exponents[0] - exponents[1]
        held = (self.load & self._no_scale()) | (~self.load & self.bit("scale_nan"))
        nan = (self.bit("sum_nan") & ~self.first) | (self.step & self.bit("scale_nan"))
        return {
            "the anchor of words is that of the sum, less the exponents of the scales": Integer(
                self.tm, self.net("block_anchor")
            ).equals(anchor),
            "words know whether a scale of theirs is NaN": ~(self.bit("scale_nan", THEN) ^ held),
            "a sum is flagged for words with such a scale": ~(self.bit("sum_nan", THEN) ^ nan),
        }
