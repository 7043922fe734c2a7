"""Proof of the rounder of finished sums to an output format: exported Verilog, for all sums."""

import time

from bitwuzla import TermManager

from lmul.formal.integers import Integer, is_one
from lmul.formal.part_proof import SECONDS, FoundSum, PartProof
from lmul.formal.smt import Answer, load
from lmul.formal.sums.floating_step import asked_sum
from lmul.formal.sums.lane import asked_about
from lmul.formal.sums.sum_specification import Code, Exact, code_as_number, integer_as_number, rounds_to
from lmul.golden.accumulators import DotParameters
from lmul.hdl.array.rounder import Rounder
from lmul.hdl.export.verilog import verilog


def prove_rounder(dot: DotParameters, seconds: float = SECONDS) -> PartProof:
    """Export a rounder and prove that it rounds all that its accumulator can hold. One description serves both styles.

    Parameters
    ----------
    dot : DotParameters
        Accumulator, fixed or floating-point, and output format.
    seconds : float
        Time limit of each question to the solver.
    """
    start = time.monotonic()
    rounder = Rounder(dot)
    return prove_rounder_verilog(verilog(rounder), rounder.name, dot, seconds, start)


def prove_rounder_verilog(
    text: str, top: str, dot: DotParameters, seconds: float = SECONDS, start: float | None = None
) -> PartProof:
    """Prove the Verilog of a rounder, which has the ports of a `Rounder`. Control: a sum larger by a last place."""
    start = time.monotonic() if start is None else start
    if dot.output is None:
        raise ValueError(f"output must be a format for a rounder, not {dot.output}")
    f, tm = dot.output, TermManager()
    circuit = load(tm, text, top)
    circuit.state(_STATE)
    total, code, flag = (circuit.net(port, _STATE) for port in ("sum", "code", "saturated"))
    rounded, saturated = Code(tm, f, code), is_one(tm, flag)
    given = []
    if dot.kind.is_integer:
        number = integer_as_number(Integer(tm, total), dot.lsb, f)
    else:
        held = Code(tm, dot.float_format, total)
        number = code_as_number(held, f)
        given.append((held.is_zero | held.is_normal).term)

    def ask(error: int) -> tuple[Answer, FoundSum | None]:
        exact = Exact(number.negative, number.size + (error << f.mantissa_bits + 1), number.place)
        claim = rounds_to(exact, rounded, saturated, ~(saturated | ~saturated))
        return asked_sum(tm, claim, {"sum": total}, exact, (code, flag), f.bias, seconds, given, asked_about(error))

    (proved, counterexample), (_, control) = ask(0), ask(1)
    return PartProof(_name(dot), proved.holds, time.monotonic() - start, counterexample, control)


def _name(dot: DotParameters) -> str:
    """Name a rounder by all that it depends on."""
    sums = f"{dot.width}_bits_lsb_{dot.lsb}" if dot.kind.is_integer else f"{dot.float_format}"
    return f"rounder_of_{sums}_to_{dot.output}"


_STATE = "s"
