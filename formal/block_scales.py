"""Proof of the scales of blocks in the Verilog of a dot-product unit: the anchor that they move, and NaN.

Shown are the anchor that words are stored with, for all anchors and scales, and, for any state and all inputs, what the
flags become. What a lane adds with such an anchor is proved with it (`lane`), which takes all that the wire holds.
"""

import time

from bitwuzla import TermManager

from lmul.formal.element import NOW, THEN, without_lanes
from lmul.formal.integers import Integer, Truth, all_of, any_of, is_one, unsigned
from lmul.formal.part_proof import SECONDS, PartProof
from lmul.formal.smt import always, load
from lmul.formal.sum_specification import either
from lmul.golden.accumulators import DotParameters
from lmul.hdl.dot.dot_product import DotProduct
from lmul.hdl.export.verilog import verilog

BIAS, NAN = 127, 255
"""Of E8M0: code c is 2^(c - 127), or NaN."""


def prove_block_scales(unit: DotProduct, seconds: float = SECONDS) -> PartProof:
    """Export a dot-product unit that takes scales, and prove what it does with them."""
    return prove_block_scales_verilog(verilog(unit), unit.name, unit.dot, seconds)


def prove_block_scales_verilog(text: str, top: str, dot: DotParameters, seconds: float = SECONDS) -> PartProof:
    """Prove what the module `top`, a dot-product unit that takes scales, does with them.

    Controls: an anchor larger by 1, and flags that look at the scale of x alone, must be refuted.

    Parameters
    ----------
    text : str
        Its Verilog.
    dot : DotParameters
        Parameters of the unit.
    seconds : float
        Time limit of each question to the solver.

    Raises
    ------
    ValueError
        The unit takes no scales.
    """
    if not dot.scaled:
        raise ValueError(f"a dot product must be scaled for a proof of its scales, not {dot.name}")
    start, unit = time.monotonic(), _Scales(text, top, dot)
    claims = {"the anchor that words are stored with": unit.anchor(0), **unit.flags("xy")}
    answers = {what: unit.holds(claim, seconds, what) for what, claim in claims.items()}
    wrong = tuple(what for what, holds in answers.items() if not holds)
    holds = None if any(answers[what] is None for what in wrong) else not wrong
    controls = [unit.anchor(1), all_of(list(unit.flags("x").values()))]
    refuted = all(unit.holds(claim, seconds, "control") is False for claim in controls)
    return PartProof(f"{top}_scales", holds, time.monotonic() - start, None, None, wrong, refuted)


class _Scales:
    """Unit before and after a clock edge."""

    def __init__(self, text: str, top: str, dot: DotParameters) -> None:
        self.tm = TermManager()
        self.circuit = load(self.tm, without_lanes(text, top, dot), top)
        for state in (NOW, THEN):
            self.circuit.state(state)
        self.edge = self.circuit.follows(NOW, THEN)

    def holds(self, claim: Truth, seconds: float, about: str) -> bool | None:
        """Tell whether a claim holds for every edge; None after a time-out."""
        return always(self.tm, claim.term, self.edge, seconds=seconds, about=about).holds

    def anchor(self, error: int) -> Truth:
        """State what the anchor of words is: that of the sum less the exponents of the scales."""
        x, y = (unsigned(self.tm, self.circuit.net(f"{side}_scale", NOW)) - BIAS for side in "xy")
        wanted = Integer(self.tm, self.circuit.net("anchor", NOW)) - x - y + error
        return Integer(self.tm, self.circuit.net("block_anchor", NOW)).equals(wanted)

    def flags(self, sides: str) -> dict[str, Truth]:
        """State what becomes of the flags, if the scales of these sides can be NaN."""
        load, step = (self.bit(f"{side}_valid") & self.bit(f"{side}_ready") for side in "yx")
        scales = [unsigned(self.tm, self.circuit.net(f"{side}_scale", NOW)) for side in sides]
        nan = any_of([scale.equals(NAN) for scale in scales])
        fresh = step & ~self.bit("running")
        sum_nan = (self.bit("sum_nan") & ~fresh) | (step & self.bit("scale_nan"))
        return {
            "scales of words are NaN, or not": self.becomes("scale_nan", either(load, nan, self.bit("scale_nan"))),
            "sum_nan is kept, and set by words with a NaN": self.becomes("sum_nan", sum_nan),
            "reserved is set by a scale that is NaN": ~(load & nan & ~self.bit("rst")) | self.bit("reserved", THEN),
        }

    def bit(self, wire: str, state: str = NOW) -> Truth:
        return is_one(self.tm, self.circuit.net(wire, state))

    def becomes(self, register: str, value: Truth) -> Truth:
        return ~(self.bit(register, THEN) ^ value)
