# amaranth: UnusedElaboratable=no
"""Proof of the user's own Verilog of a pipelined unit, and what refutes it: runs that begin with a reset."""

import re
import time
from dataclasses import replace
from itertools import pairwise

from lmul.formal.handshake import HOLDS, ORDER, Pipeline
from lmul.formal.multipliers.multiplier import SECONDS, Counterexample, Proof, prove_verilog
from lmul.formal.smt import always, load
from lmul.hdl.export.verilog import verilog
from lmul.hdl.multiplier import Multiplier

_STATES = "abcde"


def prove_own_pipelined(unit: Multiplier, text: str, seconds: float = SECONDS) -> Proof:
    """Prove the user's text of a pipelined unit: its products are those of our combinational export, which is proved.

    The induction over waits needs registers called as in exports. Without them, or if it fails, runs of a few cycles
    after a reset are looked at. What goes wrong in one of these is refuted; all else stays unknown.

    Parameters
    ----------
    unit : Multiplier
        The unit.
    text : str
        One module of its name.
    seconds : float
        Time limit of each question to the solver.

    Raises
    ------
    ValueError, YosysError
        The text has a loop of logic, or registers of another clock or edge.
    """
    start = time.monotonic()
    p = unit.parameters
    plain = verilog(Multiplier(p, style=unit.style))
    pipeline = Pipeline(text, unit.name, unit.pipeline)
    proof = prove_verilog(plain, p.name, p, seconds)
    how = f"induction; products: as our combinational export's, {proof.how}"
    if proof.outcome != "proved":
        proof, how = replace(proof, holds=None, counterexample=None), "our combinational export was not proved in time"
    else:
        missing = [name for name in pipeline.valids if name not in pipeline.circuit.nets]
        claims = {} if missing else pipeline.claims(plain, p.name, seconds)
        failed = [name for name, answer in claims.items() if not answer.holds]
        proof = replace(proof, careless=_careless(text, unit, seconds) if not missing else None)
        if missing or failed:
            shown = f"no wire {', '.join(missing)}" if missing else f"not shown: {', '.join(failed)}"
            holds, how, found = _refuted(pipeline, plain, p.name, shown, seconds)
            proof = replace(proof, holds=holds, counterexample=found)
    return replace(proof, name=unit.name, how=how, seconds=time.monotonic() - start)


def _careless(text: str, unit: Multiplier, seconds: float) -> tuple[str, ...]:
    """List the claims refuted for the same unit with `o_ready` always 1 inside; () if too few are."""
    declares = re.compile(r"^(module|\s*input|\s*wire)\b")
    lines = [
        line if declares.match(line) and "=" not in line else re.sub(r"\bo_ready\b", "1'h1", line)
        for line in text.splitlines(keepends=True)
    ]
    answers = Pipeline("".join(lines), unit.name, unit.pipeline).waiting(seconds)
    broken = tuple(claim for claim, answer in answers.items() if answer.holds is False)
    return broken if {HOLDS, ORDER} <= {*broken} else ()


def _refuted(
    pipeline: Pipeline, plain: str, plain_top: str, shown: str, seconds: float
) -> tuple[bool | None, str, Counterexample | None]:
    """Look for what goes wrong after a reset: a product of one pair, and one that has to wait."""
    tm, circuit, bit = pipeline.tm, pipeline.circuit, pipeline.bit
    reset = pipeline.follows("a", "b", reset=True)
    ours = load(tm, plain, plain_top)
    ours.state("ours")
    last = _STATES[1 + pipeline.depth]
    same = [pipeline.equal(ours.net(wire, "ours"), circuit.net(wire, "b")) for wire in "xy"]
    run = [pipeline.follows(*pair) for pair in pairwise(_STATES[1 : 2 + pipeline.depth])]
    free = [bit("o_ready", state) for state in _STATES[1 : 2 + pipeline.depth]]
    wanted, got = ours.net("p", "ours"), circuit.net("p", last)
    claim = pipeline.all(bit("i_ready", "b"), bit("o_valid", last), pipeline.equal(wanted, got))
    given = [reset, *run, *free, bit("i_valid", "b"), *same]
    answer = always(tm, claim, given, [*pipeline.operands("b"), wanted, got], seconds)
    if answer.holds is False:
        x, y, expected, product = answer.values
        if expected != product:
            return False, "a product after a reset is another", Counterexample(x, y, expected, product)
        return False, f"after a reset no product comes of x 0x{x:X}, y 0x{y:X} in time", None
    for one, following in pairwise(_STATES[1:]):
        waits = [bit("o_valid", one), pipeline.no(bit("o_ready", one))]
        before = [pipeline.follows(*pair) for pair in pairwise(_STATES[1 : _STATES.index(following) + 1])]
        held = pipeline.equal(circuit.net("p", one), circuit.net("p", following))
        stays = pipeline.all(bit("o_valid", following), held)
        if always(tm, stays, [reset, *before, *waits], seconds=seconds).holds is False:
            return False, "after a reset, a product that waits changes or goes", None
    return None, shown, None
