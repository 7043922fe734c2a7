"""`lmul prove netlists`: the netlists that the report measures equal the exported Verilog."""

import os
from collections.abc import Sequence
from functools import partial

import click

from lmul.cli.exit_codes import FAILED
from lmul.cli.progress import progress_bar
from lmul.formal.multipliers.prove_netlists import NetlistProof, prove_netlist
from lmul.golden.formats import format_named
from lmul.golden.parameters import Parameters
from lmul.synth.mapping.open_liberty import open_liberty
from lmul.synth.report.multipliers.comparison import FORMAT_NAMES, units
from lmul.synth.technology.cell_models import cell_modules
from lmul.synth.technology.locate import find_library
from lmul.synth.technology.technology import GENERIC
from lmul.tools.parallel import on_all_cores


@click.command("netlists")
@click.option(
    "--liberty",
    metavar="FILE|NAME",
    help="Cell library, as for `lmul report`. Without it: its generic gates.",
)
@click.option(
    "--format",
    "format_names",
    multiple=True,
    metavar="NAME",
    help=f"Repeatable. Without it: {', '.join(FORMAT_NAMES)}.",
)
def prove_netlists(liberty: str | None, format_names: tuple[str, ...]) -> None:
    """Prove that every netlist whose area `lmul report` gives does what the exported Verilog does.

    For all operands. Each netlist comes from the report's own flow, and its cells do what the liberty file says. ABC,
    which maps it, takes no part in the proof. The control, the netlist with one cell's output inverted, must be
    refuted. Where a proof is not found, the unit is simulated, and the line says so. Exit code 1 unless all are proved.

    \b
    lmul prove netlists
    lmul prove netlists --liberty nangate45_typ.lib.gz --format e4m3
    """
    technology = GENERIC if liberty is None else open_liberty(*find_library(liberty, os.environ))
    formats = list(dict.fromkeys(format_named(name) for name in format_names or FORMAT_NAMES))
    chosen = units(formats)
    work = partial(prove_netlist, technology=technology, modules=cell_modules(technology))
    with progress_bar() as progress:
        step = progress.add_task("prove", total=len(chosen))
        proofs = on_all_cores(work, chosen, _size, lambda: progress.advance(step))
    for proof in proofs:
        print(_line(proof))
    print(_summary(technology.name, proofs))
    if any(proof.outcome != "proved" for proof in proofs):
        raise SystemExit(FAILED)


def _size(parameters: Parameters) -> int:
    return parameters.result.mantissa_bits * (3 if parameters.method.is_exact else 1)


def _line(proof: NetlistProof) -> str:
    """Describe the proof of one netlist."""
    control = "not refuted" if proof.control is None else f"refuted, {proof.control}"
    found = f", {proof.equality.difference}" if proof.equality.difference else ""
    return (
        f"{proof.name}: {proof.outcome}, {proof.cost.nand2:,.1f} NAND2 ({proof.equality.how}{found}); "
        f"one cell wrong: {control}"
    )


def _summary(technology: str, proofs: Sequence[NetlistProof]) -> str:
    counts = {name: sum(proof.outcome == name for proof in proofs) for name in _OUTCOMES}
    parts = [f"{count} {name}" for name, count in counts.items() if count or name == "proved"]
    seconds = sum(proof.seconds for proof in proofs)
    return f"{len(proofs)} netlists of {technology}: {', '.join(parts)}; {seconds:,.0f} s of work"


_OUTCOMES = ("proved", "simulated", "refuted", "void")
