# amaranth: UnusedElaboratable=no
"""Proof of a whole dot-product unit or array: of every module of an exported file, and of how they are joined.

Modules without registers are compared with our export of the same part, which is proved by itself against the
specification. Elements, grids, control, streams and skews are proved from the file.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from amaranth.lib import wiring
from bitwuzla import BitwuzlaException, Kind, TermManager

from lmul.formal.arrays import control_os, control_ws, grid_os, grid_ws
from lmul.formal.arrays.axi import prove_axi_verilog, prove_slice_verilog
from lmul.formal.arrays.grid import MEET
from lmul.formal.arrays.instances import Taken, faults_of_instances, taken_of_array, taken_of_unit
from lmul.formal.arrays.netlist import Module, broken, mistaken, read_modules
from lmul.formal.arrays.structure import faults_of_grid, faults_of_memory, faults_of_row, faults_of_skew, skews_of
from lmul.formal.edge import Claimed, Verdict
from lmul.formal.integers import Truth, all_of, is_one
from lmul.formal.part_proof import SECONDS, PartProof
from lmul.formal.smt import always, load
from lmul.formal.sums.dot_unit import prove_unit_verilog
from lmul.formal.sums.element import prove_element_verilog
from lmul.formal.sums.floating_step import prove_step
from lmul.formal.sums.lane import prove_converter, prove_lane
from lmul.formal.sums.rounder import prove_rounder
from lmul.formal.sums.wide_specification import put_out
from lmul.golden.accumulators import DotParameters
from lmul.hdl.array.axi import AxiStreamArray
from lmul.hdl.array.rounder import Rounder
from lmul.hdl.array.systolic import Dataflow, SystolicArray
from lmul.hdl.dot.converter import converters
from lmul.hdl.dot.dot_product import DotProduct
from lmul.hdl.dot.products import product_parts
from lmul.hdl.export.verilog import verilog
from lmul.hdl.hierarchy import Part, flat_ports
from lmul.hdl.style import Style
from lmul.tools.yosys import YosysError

LARGEST_GRID = 16
"""Elements of grids that are proved by induction as a whole; of larger ones the structure is."""

CONVERTS, ADDS, ROUNDS = "a converter, for all codes", "products, with the loader of y", "the rounding of every sum"
_BY_THEMSELVES = frozenset({CONVERTS, ADDS, ROUNDS})

Provers = Iterator[tuple[str, Callable[[], PartProof]]]
"""What is proved, in words, and its proof."""


def dot_proofs(unit: DotProduct, text: str | None = None, seconds: float = SECONDS) -> Provers:
    """List the proofs of a dot-product unit, in their order.

    Parameters
    ----------
    unit : DotProduct
        The unit.
    text : str or None
        Verilog with its modules; None for our export.
    seconds : float
        Time limit of each question to the solver.
    """
    text = verilog(unit) if text is None else text
    yield _instances(read_modules(text, unit.name), taken_of_unit(unit))
    yield from _leaves(text, unit.name, unit.name, unit.dot, unit.style, seconds)
    yield (
        "streams, registers, the sum and its flags, for all states and inputs",
        partial(_claimed, unit.name, partial(prove_unit_verilog, text, unit, seconds)),
    )


def array_proofs(top: SystolicArray | AxiStreamArray, text: str | None = None, seconds: float = SECONDS) -> Provers:
    """List the proofs of an array, in their order; parameters as of `dot_proofs`."""
    text = verilog(top) if text is None else text
    array, inner = (top.array, f"{top.name}_array") if isinstance(top, AxiStreamArray) else (top, top.name)
    dot, prefix = array.dot, top.name
    modules = read_modules(text, top.name)
    yield from (_instances(modules, taken) for taken in taken_of_array(top))
    # That the lanes of elements whose words stay are never idle is shown of the element.
    idles = _os(array)
    yield from _leaves(text, inner, prefix, dot, array.style, seconds, idles)
    if dot.output is not None:
        proof = partial(prove_rounder, dot, seconds)
        yield from _leaf(text, f"{prefix}_rounder", Rounder(dot), proof, ROUNDS, seconds)
    element = f"{prefix}_element"
    yield (
        "an element with its registers, for all states and inputs",
        partial(
            _sized,
            element,
            partial(prove_element_verilog, text, element, element, dot, array.dataflow, array.lanes, seconds),
        ),
    )
    yield from _structure(modules, prefix, inner, array)
    grid = f"{prefix}_grid"
    if array.rows * array.columns <= LARGEST_GRID:
        yield (
            "the grid: operands of a step meet, sums leave in order; by induction",
            partial(_claimed, grid, partial(_grid, text, grid, array, seconds)),
        )
    if _os(array):
        yield (
            "the counter of rows that leave",
            partial(
                _claimed, f"{grid} counter", partial(grid_os.prove_counter_verilog, text, grid, array.rows, seconds)
            ),
        )
    yield (
        "streams, control and flags around the grid, by induction",
        partial(_claimed, inner, partial(_control, text, inner, array, seconds)),
    )
    if isinstance(top, AxiStreamArray):
        for name in sorted(name for name in modules if name.startswith(f"{prefix}_slice_")):
            prover = partial(prove_slice_verilog, text, name, seconds)
            yield "a register slice, by induction", partial(_claimed, name, prover)
        prover = partial(prove_axi_verilog, text, top, seconds)
        yield "what is between ports, slices and array: tkeep, padding, flags", partial(_claimed, top.name, prover)


def meets_specification(unit: DotProduct | SystolicArray | AxiStreamArray, text: str | None, seconds: float) -> bool:
    """Tell whether a text is proved to be the unit; of None, our export, that parts proved by themselves are, too."""
    try:
        proofs = dot_proofs(unit, text, seconds) if isinstance(unit, DotProduct) else array_proofs(unit, text, seconds)
        return all(prove().outcome == "proved" for what, prove in proofs if text is None or what not in _BY_THEMSELVES)
    except (ValueError, YosysError):  # it lacks what a proof is about
        return False


def prove_array(top: SystolicArray | AxiStreamArray, seconds: float = SECONDS) -> PartProof:
    """Prove an array but for what its lanes, steps, rounders and converters are; these are proved by themselves."""
    start = time.monotonic()
    chosen = [(what, prove()) for what, prove in array_proofs(top, None, seconds) if what not in _BY_THEMSELVES]
    wrong = tuple(f"{what}: {', '.join(proof.wrong)}" for what, proof in chosen if proof.outcome != "proved")
    outcomes = {proof.outcome for _, proof in chosen}
    holds = None if "unknown" in outcomes and not outcomes & {"refuted", "void"} else not wrong
    refuted = all(bool(proof.control) or bool(proof.refuted) for _, proof in chosen)
    return PartProof(top.name, holds, time.monotonic() - start, None, None, wrong, refuted)


def _claimed(name: str, prove: Callable[[], Claimed]) -> PartProof:
    start = time.monotonic()
    return _sized(name, lambda: prove().proof(name, start))


def _sized(name: str, prove: Callable[[], PartProof]) -> PartProof:
    """Prove something; say so where a wire of the file has another width than that of an export."""
    try:
        return prove()
    except BitwuzlaException as error:
        raise ValueError(f"{name} must have wires as wide as those of an export: {error}") from None


def _leaves(
    text: str, top: str, prefix: str, dot: DotParameters, style: Style, seconds: float, idles: bool = True
) -> Provers:
    """List the proofs of converters and of the lane or step, which `idles` at times or never."""
    for part in converters(dot):
        proof = partial(prove_converter, part, seconds)
        yield from _leaf(text, f"{prefix}_{part.name}", part, proof, CONVERTS, seconds)
    (lane,) = product_parts(dot, style=style)
    proof = partial(prove_lane if dot.kind.is_integer else prove_step, dot, style, seconds)
    yield from _leaf(text, f"{prefix}_{lane.name}", lane, proof, ADDS, seconds, dot.kind.is_integer, idles)


def _leaf(
    text: str,
    name: str,
    part: Part,
    proof: Callable[[], PartProof],
    what: str,
    seconds: float,
    is_lane: bool = False,
    idles: bool = True,
) -> Provers:
    """List the proof of a part by itself, and that the file's module does the same."""
    yield what, proof
    yield f"{name} is that part", partial(_claimed, name, partial(_same, text, name, part, seconds, is_lane, idles))


def _grid(text: str, top: str, array: SystolicArray, seconds: float) -> Claimed:
    """Prove a grid. Control: operands that meet a step later."""
    grid = (grid_os.OutputStationary if _os(array) else grid_ws.WeightStationary)(text, top, array)
    return Claimed(grid.induction(0).prove(grid, seconds), [grid.induction(1).prove(grid, seconds)[MEET]])


def _control(text: str, top: str, array: SystolicArray, seconds: float) -> Claimed:
    """Prove an array around its grid. Control: a grid that moves on where a beat of c waits."""
    control = (control_os.OutputStationary if _os(array) else control_ws.WeightStationary)(text, top, array)
    edge, induction = control.claims()
    claims = control.ask_all(edge, seconds) | induction.prove(control, seconds)
    return Claimed(claims, [control.ask(control.moves, seconds, about="control")])


def _os(array: SystolicArray) -> bool:
    return array.dataflow is Dataflow.OUTPUT_STATIONARY


def _same(text: str, name: str, part: Part, seconds: float, is_lane: bool, idles: bool) -> Claimed:
    """Compare a module without registers with our export of it, for all inputs. Control: bits that are all others.

    Of a lane the number counts that it puts out, which has two forms if it is 0.
    """
    tm = TermManager()
    theirs, ours = load(tm, text, name), load(tm, verilog(part), part.name)
    theirs.state(_THEIRS)
    ours.state(_OURS)
    sides = ((theirs, _THEIRS), (ours, _OURS))
    equal: dict[bool, list[Truth]] = {True: [], False: []}
    for port, (flow, _) in flat_ports(part).items():
        pair = [circuit.net(port, state) for circuit, state in sides]
        equal[flow is wiring.In].append(Truth(tm, tm.mk_term(Kind.EQUAL, pair)))
    given = [truth.term for truth in equal[True]]
    if not idles:
        given.append((~is_one(tm, ours.net("idle", _OURS))).term)
    control = ~equal[False][0]
    if is_lane:
        numbers = [put_out(tm, *(c.net(port, s) for port in ("addend", "sign"))) for c, s in sides]
        flags = [is_one(tm, circuit.net("saturated", state)) for circuit, state in sides]
        equal[False] = [numbers[0].equals(numbers[1]), ~(flags[0] ^ flags[1])]
    claims = {"it does what our export of the part does": all_of(equal[False])}
    answers = {what: Verdict(always(tm, claim.term, given, seconds=seconds).holds) for what, claim in claims.items()}
    return Claimed(answers, [Verdict(always(tm, control.term, given, seconds=seconds).holds)])


def _structure(modules: Mapping[str, Module], prefix: str, inner: str, array: SystolicArray) -> Provers:
    """List the checks of structure: skews, the row, the grid, and the memory of sums that stay."""
    shape, flow = (array.rows, array.columns), array.dataflow
    row, grid = (modules.get(f"{prefix}_{name}") for name in ("row", "grid"))
    if row is None or grid is None:
        raise ValueError(f"the file must have the modules {prefix}_row and {prefix}_grid, as an export has")
    for name, (count, falling, reset) in skews_of(shape, flow).items():
        instance = grid.instances.get(f"skew_{name}")
        if instance is not None and instance.type in modules:
            check = partial(faults_of_skew, count=count, falling=falling, reset=reset)
            yield f"each field of {name} is delayed as it must be", partial(_checked, modules[instance.type], check)
    check = partial(faults_of_row, element=f"{prefix}_element", columns=array.columns, dataflow=flow)
    yield f"a row is {array.columns} elements side by side", partial(_checked, row, check)
    check = partial(faults_of_grid, prefix=prefix, shape=shape, dataflow=flow)
    yield f"the grid is {array.rows} rows, and skews around them", partial(_checked, grid, check)
    if flow is Dataflow.WEIGHT_STATIONARY and array.sums > 1:
        check = partial(faults_of_memory, words=array.sums)
        yield "the memory of sums that stay", partial(_checked, modules[inner], check)


def _instances(modules: Mapping[str, Module], taken: Taken) -> tuple[str, Callable[[], PartProof]]:
    """Check what is taken out of a module. Control: instances of other modules."""
    if taken.module not in modules:
        raise ValueError(f"the file must have the module {taken.module}, as an export has")
    check = partial(faults_of_instances, taken=taken)
    what = f"what is in {taken.module} is what is proved by itself, with its clock"
    return what, partial(_checked, modules[taken.module], check, mistaken)


def _checked(
    module: Module, faults: Callable[[Module], list[str]], spoil: Callable[[Module], Module] = broken
) -> PartProof:
    """Check the structure of a module. Control: the same one with a wire that goes elsewhere, or spoilt otherwise."""
    start = time.monotonic()
    found = tuple(faults(module))
    refuted = bool(faults(spoil(module)))
    return PartProof(module.name, not found, time.monotonic() - start, None, None, found, refuted)


_THEIRS, _OURS = "theirs", "ours"
