# amaranth: UnusedElaboratable=no
"""Proof of the user's own Verilog of a combinational unit, in which no wire but the ports has a name that we know."""

import re
import time

from bitwuzla import BitwuzlaException

from lmul.formal.multipliers.multiplier import SECONDS, Claim, Counterexample, Proof, prove
from lmul.formal.multipliers.netlist_equivalence import compared
from lmul.formal.smt import Answer
from lmul.golden.parameters import Parameters
from lmul.hdl.export.verilog import verilog
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.style import Style
from lmul.tools.files import scratch_folder
from lmul.tools.yosys import run_yosys

_UNKNOWN_BIT = re.compile(r"'s?[hbod][0-9a-f_]*[xz]", re.IGNORECASE)


def prove_own(text: str, parameters: Parameters, seconds: float = SECONDS) -> Proof:
    """Prove the user's text of a combinational unit.

    First as an export is proved, in parts where these are found by their names, or else whole. What the solver leaves
    open is compared net by net with our own export in single gates, which is proved for itself.

    Parameters
    ----------
    text : str
        One module of the unit's name.
    parameters : Parameters
        Formats, method and policy to prove.
    seconds : float
        Time limit of each question to the solver.

    Raises
    ------
    ValueError, YosysError
        The text is no combinational module with the ports of the unit.
    """
    start = time.monotonic()
    claim = Claim(text, parameters.name, parameters)
    how, answer = _in_parts(claim, text, seconds)
    if answer.holds is not True and not claim.multiplies:
        how, answer = "solver", claim.ask(0, seconds)
    found = claim.confirmed(answer, 0, seconds) if answer.holds is False else None
    if answer.holds is None or (answer.holds is False and found is None):
        how, answer, found = _beside_ours(text, parameters, seconds)
    if answer.holds is None and claim.multiplies:
        answer = claim.ask(0, seconds)
        how = "solver" if answer.holds is not None else how
        found = claim.confirmed(answer, 0, seconds) if answer.holds is False else None
    control = claim.control(seconds)
    return Proof(parameters.name, answer.holds, how, time.monotonic() - start, found, control)


def _in_parts(claim: Claim, text: str, seconds: float) -> tuple[str, Answer]:
    """Prove parts, if the wires between them are there."""
    try:
        how, answer = claim.in_parts(text, seconds)
    except (BitwuzlaException, KeyError):  # a wire that the others let expect
        return "solver", Answer(None)
    return how, answer if answer.holds else Answer(None)


def _beside_ours(text: str, parameters: Parameters, seconds: float) -> tuple[str, Answer, Counterexample | None]:
    """Compare the text with our export, and prove this one."""
    if _UNKNOWN_BIT.search(text):
        return f"solver, {seconds:g} s did not suffice", Answer(None), None
    unit = Multiplier(parameters, style=Style.GATES)
    equality = compared(verilog(unit), _in_gates(text, parameters.name), "", parameters, seconds)
    if equality.holds is None:
        return f"beside our export {equality.how}", Answer(None), None
    ours = prove(unit, seconds)
    if ours.outcome != "proved":
        return "equal to our export, which was not proved in time", Answer(None), None
    if (d := equality.difference) is not None:
        found = Counterexample(d.x, d.y, d.expected, d.got)
        return "beside our export, which is proved", Answer(False), found
    return f"equal to our export {equality.how}; that one: {ours.how}", Answer(True), None


def _in_gates(text: str, top: str) -> str:
    """Map operators such as + and * to single gates."""
    with scratch_folder() as folder:
        (folder / "unit.v").write_text(text)
        commands = ["read_verilog unit.v", f"hierarchy -check -top {top}", "proc", "opt_expr", "opt_clean"]
        run_yosys([*commands, "techmap", "simplemap", "opt_clean", "write_verilog -noattr gates.v"], folder)
        return (folder / "gates.v").read_text()
