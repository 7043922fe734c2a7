# amaranth: UnusedElaboratable=no
"""Proof of a pipelined unit: its values, and its behaviour while it or its surroundings wait."""

import re
import time
from dataclasses import replace

from lmul.formal.handshake import HOLDS, ORDER, Pipeline
from lmul.formal.multipliers.multiplier import SECONDS, Proof, prove, prove_verilog
from lmul.formal.multipliers.proof_list import ProvedUnit
from lmul.golden.parameters import Parameters
from lmul.hdl.export.verilog import export
from lmul.hdl.multiplier import Multiplier
from lmul.tools.files import scratch_folder

SHOWN = (
    "every product is the specified one of its pair of operands, in their order; none is lost, doubled or invented",
    "a product stays, with valid, until it is taken",
    "where the sink is ready the unit is, and a pair's product comes after as many edges as there are ranks",
    "a reset empties the unit",
)
"""Claims proved of pipelined units, for all operands and all waits on both sides."""


def prove_unit(unit: ProvedUnit) -> Proof:
    """Prove a unit, combinational or pipelined."""
    built = unit.build()
    return prove_pipelined(built) if unit.pipeline else prove(built)


def prove_pipelined(unit: Multiplier, seconds: float = SECONDS) -> Proof:
    """Export a pipelined unit and its combinational one, and prove both files."""
    start = time.monotonic()
    with scratch_folder() as folder:
        clocked, plain = (
            export(each, folder).verilog.read_text() for each in (unit, Multiplier(unit.parameters, style=unit.style))
        )
    return prove_clocked(clocked, plain, unit.name, unit.parameters, unit.pipeline, seconds, start)


def prove_clocked(
    clocked: str,
    plain: str,
    top: str,
    parameters: Parameters,
    pipeline: int,
    seconds: float = SECONDS,
    start: float | None = None,
) -> Proof:
    """Prove the Verilog of a pipelined unit, given that of the combinational one.

    There are two controls: that of the combinational unit, and the claims about waits, which must be refuted for a text
    whose product does not wait until it is taken.
    """
    start = time.monotonic() if start is None else start
    proof = prove_verilog(plain, parameters.name, parameters, seconds)
    how = f"induction; products: {proof.how}"
    if proof.outcome == "proved":
        proof = replace(proof, careless=broken_claims(clocked, top, pipeline, seconds))
        claims = Pipeline(clocked, top, pipeline).claims(plain, parameters.name, seconds)
        failed = {name: answer for name, answer in claims.items() if not answer.holds}
        if failed:
            holds = None if all(answer.holds is None for answer in failed.values()) else False
            proof = replace(proof, holds=holds)
            how = f"not shown: {', '.join(failed)}"
    return replace(proof, name=top, how=how, seconds=time.monotonic() - start)


def broken_claims(clocked: str, top: str, pipeline: int, seconds: float = SECONDS) -> tuple[str, ...]:
    """List the claims refuted for a unit whose product does not wait until it is taken; () if too few are."""
    careless, count = re.subn(r"\bif \(\w+\) p <=", "p <=", clocked)
    if count != 1:
        return ()
    answers = Pipeline(careless, top, pipeline).waiting(seconds)
    broken = tuple(claim for claim, answer in answers.items() if answer.holds is False)
    return broken if {HOLDS, ORDER} <= {*broken} else ()
