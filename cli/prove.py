# amaranth: UnusedElaboratable=no
"""`lmul prove`: proofs for all operands, beyond simulation."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import MofNCompleteColumn, TimeElapsedColumn

from lmul.cli.exit_codes import FAILED
from lmul.cli.lazy import LazyGroup
from lmul.cli.options import SMT2, chosen_multiplier, multiplier_options
from lmul.cli.own_file import own_file_options, own_unit
from lmul.cli.paths import PATH
from lmul.cli.progress import progress_bar
from lmul.formal.multipliers.multiplier import Proof, prove
from lmul.formal.multipliers.own_pipeline import prove_own_pipelined
from lmul.formal.multipliers.own_unit import prove_own
from lmul.formal.multipliers.pipeline import SHOWN, prove_pipelined
from lmul.formal.multipliers.proof_list import units
from lmul.formal.multipliers.prove_all import prove_all
from lmul.formal.multipliers.tables import proof_files, summary
from lmul.formal.questions import questions_kept
from lmul.golden.formats import format_named
from lmul.hdl.multiplier import Multiplier
from lmul.synth.rivals.own_unit import OwnUnit
from lmul.tools.files import check_writable, write_files
from lmul.tools.parallel import cores


@click.group(
    cls=LazyGroup,
    lazy={
        "lane": ("lmul.cli.prove_lanes:prove_lane", "Prove what a lane of a dot product or an array adds."),
        "step": ("lmul.cli.prove_lanes:prove_step", "Prove a step of a floating-point accumulator."),
        "rounder": ("lmul.cli.prove_lanes:prove_rounder", "Prove the rounding of sums to an output format."),
        "element": ("lmul.cli.prove_lanes:prove_element", "Prove what the registers of a processing element become."),
        "dot": (
            "lmul.cli.prove_arrays:prove_dot",
            "Prove a unit of dot products: lanes and converters for all operands, the unit around them for all states.",
        ),
        "array": (
            "lmul.cli.prove_arrays:prove_array",
            "Prove a systolic array: its parts for all operands and states, its wires, and its streams.",
        ),
        "lanes": (
            "lmul.cli.prove_lanes:prove_lanes",
            "Prove a list of arrays and units with all their parts: all methods, ten formats, four pairs.",
        ),
        "check": ("lmul.cli.prove_check:prove_check", "Ask a second solver the questions that --smt2 has left."),
        "netlists": (
            "lmul.cli.netlists:prove_netlists",
            "Prove that every netlist whose area `lmul report` gives does what the exported Verilog does.",
        ),
    },
    invoke_without_command=True,
    no_args_is_help=True,
)
@click.option("--all", "everything", is_flag=True, help="Every unit: all methods, policies and formats.")
@click.option("--format", "format_names", multiple=True, metavar="NAME", help="With --all: only this. Repeatable.")
@click.option("-o", "--output", type=PATH, metavar="DIR", help="Gets proofs.md and proofs.json.")
@SMT2
@click.pass_context
def prove_group(
    context: click.Context,
    everything: bool,
    format_names: tuple[str, ...],
    output: Path | None,
    smt2: Path | None,
) -> None:
    """Prove that exported Verilog is the specified product, for all operands.

    Exit code 1 if it is not.

    \b
    lmul prove multiplier --format bf16 --method lmul
    lmul prove lane --format e3m4 --method log --accumulator anchored --window 12
    lmul prove step --format e4m3 --accumulator bf16
    lmul prove netlists --liberty nangate45.lib
    lmul prove --all -o build
    """
    if context.invoked_subcommand is not None:
        if everything or format_names or output or smt2:
            raise click.UsageError(
                f"--all, --format, --smt2 and -o must stand alone, not before {context.invoked_subcommand}"
            )
        return
    if not everything:
        raise click.UsageError("--all or a command must be given")
    _prove_all(format_names, output, smt2)


@click.command("multiplier")
@multiplier_options
@own_file_options
@SMT2
def prove_multiplier(verilog_names: tuple[str, ...], top: str | None, smt2: Path | None, **options: Any) -> None:
    """Prove one multiplier: read its Verilog back, and compare it with the specification for all operands.

    Then the control: the specification with T one larger must be refuted. Exit code 1 if the unit is. Of a pipelined
    unit the handshake is proved too, whatever its surroundings do; the control is a unit that does not wait.

    With --verilog your file is proved, not ours; nothing else is read. Where the solver finds no answer in its time,
    the outcome is `unknown`, with exit code 1, too.

    \b
    lmul prove multiplier --format e4m3 --method lmul
    lmul prove multiplier --format fp32 --method exact
    lmul prove multiplier --format bf16 --pipeline 2
    lmul prove multiplier --format e4m3 --verilog edited.v
    lmul prove multiplier --format e4m3 --method exact --verilog netlist.v,nangate45.lib.gz
    """
    unit = chosen_multiplier(**options)
    with Console(stderr=True).status("proving"), questions_kept(smt2, unit.name):
        own = own_unit(unit, verilog_names, top, flat=True)
        proof = _proved(unit, own)
    if own is not None:
        print(f"Verilog of {own.shown}")
    what = ", for all operands and however both sides wait" if unit.pipeline else ", for all operands"
    said = what if proof.outcome == "proved" else ""
    print(f"{proof.name}: {proof.outcome}{said} ({proof.how}, {proof.seconds:.1f} s)")
    if proof.counterexample:
        print(f"counterexample: {proof.counterexample}")
    if unit.pipeline and proof.outcome == "proved":
        for shown in SHOWN:
            print(f"- {shown}")
    print(f"control, T one larger: {'not refuted' if proof.control is None else f'refuted, {proof.control}'}")
    if proof.careless is not None:
        print(f"control, a product that does not wait: {_refuted(proof.careless)}")
    if own is not None and proof.outcome == "unknown":
        print("neither proved nor refuted: `lmul verify multiplier`, with the same options, compares products")
    _end([proof])


def _proved(unit: Multiplier, own: OwnUnit | None) -> Proof:
    if own is None:
        return prove_pipelined(unit) if unit.pipeline else prove(unit)
    return prove_own_pipelined(unit, own.flat) if unit.pipeline else prove_own(own.flat, unit.parameters)


def _refuted(claims: Sequence[str]) -> str:
    return "refuted, " + ", ".join(repr(claim) for claim in claims) if claims else "not refuted"


def _prove_all(format_names: Sequence[str], output: Path | None, smt2: Path | None) -> None:
    if output is not None:
        check_writable(output)
    formats = [format_named(name) for name in format_names]
    chosen = units(formats or None)
    if not chosen:
        listed = dict.fromkeys(unit.parameters.format_name for unit in units() if unit.parameters.format_name.isalnum())
        raise ValueError(f"format of --all must be one of {', '.join(listed)}, not {', '.join(format_names)}")
    start = time.monotonic()
    with progress_bar(MofNCompleteColumn(), TimeElapsedColumn()) as progress:
        step = progress.add_task("prove", total=len(chosen))
        proofs = prove_all(chosen, lambda: progress.advance(step), smt2)
    print(summary(chosen, proofs))
    for proof in proofs:
        if proof.outcome != "proved":
            print(f"{proof.name}: {proof.outcome} ({proof.how}) {proof.counterexample or ''}".rstrip())
    for path in write_files(output, proof_files(chosen, proofs, time.monotonic() - start, cores())) if output else []:
        print(path)
    _end(proofs)


def _end(proofs: Sequence[Proof]) -> None:
    if any(proof.outcome != "proved" for proof in proofs):
        raise SystemExit(FAILED)


prove_group.add_command(prove_multiplier)
