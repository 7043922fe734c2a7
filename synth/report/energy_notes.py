"""Contenders, row headings and notes that all tables of energies share."""

from collections.abc import Sequence

from lmul.golden.accumulators import Accumulator
from lmul.golden.block_scaling import BLOCK
from lmul.golden.formats import Format
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.reporting.sections import Record
from lmul.synth.energy.operands import SPREAD, Stream
from lmul.synth.measure.catalog import accumulator_name, core, dot_parameters
from lmul.synth.measure.energy_jobs import Contender
from lmul.synth.measure.pieces import Piece, PieceKind
from lmul.synth.measure.session import Measured
from lmul.synth.measure.stimulus import CYCLES, MAC_TERMS, STREAMS
from lmul.synth.report.calibration import fit_note
from lmul.tools.failure import number


def multiplier(f: Format, method: Method) -> Parameters:
    """Return a combinational multiplier with the policy flush."""
    return dot_parameters(f, method).product


def mac(f: Format, method: Method, accumulator: Accumulator) -> Piece:
    """Return a multiply-accumulate: registers for both operands, a multiplier and an accumulator."""
    return Piece(PieceKind.ELEMENT_CORE, dot_parameters(f, method, accumulator))


def dot(f: Format, method: Method) -> Piece:
    """Return a dot product's core with an anchored accumulator."""
    return core(dot_parameters(f, method))


def unit_name(contender: Contender) -> str:
    """Name the unit of a contender, without its format and method."""
    if isinstance(contender, Parameters):
        return "multiplier"
    if contender.kind is PieceKind.ELEMENT_CORE:
        return f"MAC, {accumulator_name(contender.known)}"
    return f"{contender.lanes} lanes, {accumulator_name(contender.known)}"


def described(contender: Contender) -> Record:
    """Return unit, format and method, the first columns of a row."""
    p = contender if isinstance(contender, Parameters) else contender.known.product
    named = contender if isinstance(contender, Parameters) else contender.known
    return {"unit": unit_name(contender), "format": p.format_name, "method": named.method.name}


def energy_notes(measured: Measured, records: Sequence[Record]) -> list[str]:
    """Write the notes for a table of energies; `records` hold standard errors as shares of each energy."""
    worst = max((number(r[key]) for r in records for key in ("settled_error", "glitches_error")), default=0.0)
    return [
        f"Energy of a cycle over its products, from the toggles of the mapped netlist: {STREAMS} streams of {CYCLES}"
        f" cycles each, after a warm-up; the largest standard error of a row is {100 * worst:.1f} %. Wires, leakage,"
        " the clock's tree and what drives the inputs are left out."
        " 'clock' is the share of the clock in an energy without glitches. 'saved' is 1 - energy / that of the best"
        " exact unit of the same format, accumulator and operands: in the form of its product that needs the least,"
        " adding whole products or products rounded first.",
        *bounds_notes(measured),
    ]


def bounds_notes(measured: Measured) -> list[str]:
    """Write the notes on the two bounds, without glitches and with them, and on the source of the energies."""
    return [
        "Without glitches a net toggles at most once a cycle, which is a lower bound. With glitches every gate takes"
        " one unit of time and no pulse is too short to pass, which is an upper estimate, and a far one where carries"
        " ripple through an array. The truth lies between: a saving that only one of them shows is none.",
        fit_note(measured) if measured.technology.is_generic else "Energies are at the voltage of the liberty file.",
    ]


def stream_notes(streams: Sequence[Stream]) -> list[str]:
    """Write the note on the operands."""
    tensors = [f"{s.name} (sha256 {s.tensors.sha256[:12]})" for s in streams if s.tensors is not None]
    random = [s.name for s in streams if s.tensors is None]
    from_tensors = f" Tensors: {', '.join(tensors)}, neighbours one after the other." if tensors else ""
    return [
        "Every format encodes the same numbers, new ones in each cycle; in a dot product's core the words stay."
        f" {' and '.join(random).capitalize() or 'Random numbers'}: independent numbers, in [-1, 1) or of standard"
        f" deviation 1.{from_tensors} A multiplier and a MAC with a floating-point accumulator get them times"
        f" {1 << SPREAD}, tensors first over the power of two closest to their root mean square; where sums are"
        f" integers, each block of {BLOCK} has its own power of two. A MAC adds up {MAC_TERMS} products. A MAC that"
        " keeps an operand for several cycles would use less.",
    ]
