"""`lmul prove dot` and `lmul prove array`: every module of an exported file, and how they are joined."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from lmul.cli.array import any_array_options, any_chosen_array
from lmul.cli.dot import chosen_dot_product, dot_options
from lmul.cli.exit_codes import FAILED
from lmul.cli.options import SMT2
from lmul.cli.own_file import own_file_options, own_unit
from lmul.formal.arrays.whole import Provers, array_proofs, dot_proofs
from lmul.formal.part_proof import PartProof
from lmul.formal.questions import questions_kept
from lmul.hdl.array.axi import AxiStreamArray
from lmul.hdl.array.systolic import SystolicArray
from lmul.hdl.dot.dot_product import DotProduct


@click.command("dot")
@dot_options
@own_file_options
@SMT2
def prove_dot(verilog_names: tuple[str, ...], top: str | None, smt2: Path | None, **options: Any) -> None:
    """Prove a unit of dot products: lanes and converters for all operands, the unit around them for all states.

    Shown is what streams x and y take and when, what words are made of y, what a beat of x adds, when a sum is there,
    that it waits, and what each flag says; the scales of blocks, too. Each proof has a control, a claim that is wrong
    and has to be refuted. With --verilog your file is proved; it has the modules of an export. Exit code 1 if a part is
    not proved.

    \b
    lmul prove dot --lanes 4 --format e4m3 --depth 64
    lmul prove dot --lanes 16 --format e3m4 --method log --guard 1 --accumulator anchored --window 12 --depth 64
    lmul prove dot --lanes 4 --format e4m3 --depth 64 --verilog edited.v
    """
    unit = chosen_dot_product(**options)
    _prove(unit, _text(unit, verilog_names, top), smt2)


@click.command("array")
@any_array_options
@own_file_options
@SMT2
def prove_array(verilog_names: tuple[str, ...], top: str | None, smt2: Path | None, **options: Any) -> None:
    """Prove a systolic array: its parts for all operands and states, its wires, and its streams.

    Lanes, steps, rounders and converters do what is specified. An element's registers do. Skews delay, and rows and the
    grid are copies of the element, wired as they must be, whatever their number; each instance is of the module that is
    proved, with its clock and reset. Around the grid, tiles do not come too fast, no beat is lost, doubled or changed,
    c waits until it is taken, flags say what they must, and a reset in the middle forgets what is under way. Of grids
    of up to 16 elements induction also shows that operands of a step meet and that sums leave in order. With --axi:
    register slices, tkeep and padding. Each proof has a control that has to be refuted. With --verilog your file is
    proved; it has the modules of an export. Exit code 1 if a part is not proved.

    \b
    lmul prove array --rows 4 --cols 4 --format e4m3 --depth 64
    lmul prove array --rows 64 --cols 64 --format e4m3 --accumulator anchored --window 12 --dataflow ws
    lmul prove array --rows 2 --cols 3 --format bf16 --method exact --accumulator fp32 --output e4m3 --axi
    """
    unit = any_chosen_array(**options)
    _prove(unit, _text(unit, verilog_names, top), smt2)


def _text(unit: DotProduct | SystolicArray | AxiStreamArray, names: tuple[str, ...], top: str | None) -> str | None:
    own = own_unit(unit, names, top)
    if own is None:
        return None
    if own.module != unit.name:
        raise ValueError(f"the module must be called {unit.name}, and those below it as in an export, not {own.module}")
    print(f"Verilog of {own.shown}")
    return "\n".join(text.decode() for text in own.texts.values())


def _prove(unit: DotProduct | SystolicArray | AxiStreamArray, text: str | None, smt2: Path | None) -> None:
    provers = dot_proofs(unit, text) if isinstance(unit, DotProduct) else array_proofs(unit, text)
    proofs = [proof for what, proof in _proved(provers, unit.name, smt2) if _told(what, proof)]
    seconds = sum(proof.seconds for proof in proofs)
    wrong = [proof for proof in proofs if proof.outcome != "proved"]
    outcome = f"{len(wrong)} not proved" if wrong else "all proved"
    print(f"{unit.name}: {len(proofs)} parts, {outcome}, {seconds:.1f} s")
    if wrong:
        raise SystemExit(FAILED)


def _proved(provers: Provers, name: str, smt2: Path | None) -> Iterator[tuple[str, PartProof]]:
    for what, prove in provers:
        with Console(stderr=True).status(f"proving: {what}"), questions_kept(smt2, f"{name}_{what.split(':')[0]}"):
            yield what, prove()


def _told(what: str, proof: PartProof) -> bool:
    """Print the outcome of a part."""
    control = proof.control or ("" if proof.refuted else "not ") + "refuted"
    print(f"{proof.outcome}: {what} ({proof.name}, {proof.seconds:.1f} s)")
    for claim in proof.wrong:
        print(f"  not shown: {claim}")
    if proof.counterexample:
        print(f"  counterexample: {proof.counterexample}")
    print(f"  control: {control}")
    return True
