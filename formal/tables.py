"""What is proved, in one table and one file for programs."""

import json
from collections.abc import Sequence
from importlib.metadata import version

from lmul.formal.multiplier import Counterexample, Proof
from lmul.formal.units import Unit

OUTCOMES = ("proved", "refuted", "unknown", "void")


def summary(units: Sequence[Unit], proofs: Sequence[Proof]) -> str:
    """One line: how many of each outcome, and the time that all took together."""
    counts = {outcome: sum(proof.outcome == outcome for proof in proofs) for outcome in OUTCOMES}
    parts = [f"{count:,} {outcome}" for outcome, count in counts.items() if count or outcome == "proved"]
    return f"{len(units):,} units: {', '.join(parts)}; {sum(proof.seconds for proof in proofs):,.0f} s of work"


def proof_files(units: Sequence[Unit], proofs: Sequence[Proof]) -> dict[str, str]:
    """The contents of `proofs.md` and `proofs.json`."""
    return {"proofs.md": markdown(units, proofs), "proofs.json": _json(units, proofs)}


def markdown(units: Sequence[Unit], proofs: Sequence[Proof]) -> str:
    """The table: for each method and policy how many formats, how they are proved, and in what time."""
    groups: dict[tuple[str, str, str], list[Proof]] = {}
    for unit, proof in zip(units, proofs, strict=True):
        groups.setdefault(_group(unit), []).append(proof)
    lines = [
        "# What is proved",
        "",
        "For all operands, of the exported Verilog read back, against a specification over integers.",
        "",
        summary(units, proofs) + ".",
        "",
        "| method | policy | formats | units | proved | refuted | not decided | seconds |",
        "|---|---|---|---:|---:|---:|---:|---:|",
    ]
    for (method, policy, kind), group in groups.items():
        counts = [sum(p.outcome in names for p in group) for names in (("proved",), ("refuted",), ("unknown", "void"))]
        cells = [method, policy, kind, len(group), *counts, f"{sum(p.seconds for p in group):.0f}"]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines) + "\n"


def _group(unit: Unit) -> tuple[str, str, str]:
    p = unit.parameters
    method = "constant, any D" if unit.any_constant else p.method_name if p.method != "constant" else "constant"
    policy = f"{p.policy} {p.overflow}" if p.overflow else str(p.policy)
    kind = "one" if p.format == p.y_format == p.result else "two"
    return method, policy, kind + (f", pipeline {unit.pipeline}" if unit.pipeline else "")


def _json(units: Sequence[Unit], proofs: Sequence[Proof]) -> str:
    records = [
        {
            "unit": proof.name,
            "method": unit.parameters.method,
            "policy": unit.parameters.policy,
            "pipeline": unit.pipeline,
            "outcome": proof.outcome,
            "how": proof.how,
            "seconds": round(proof.seconds, 3),
            "counterexample": _operands(proof.counterexample),
            "control": _operands(proof.control),
        }
        for unit, proof in zip(units, proofs, strict=True)
    ]
    tools = {tool: version(tool) for tool in ("lmul", "pyosys", "bitwuzla")}
    return json.dumps({"tools": tools, "proofs": records}, indent=2) + "\n"


def _operands(found: Counterexample | None) -> dict[str, int] | None:
    return None if found is None else {name: value for name, value in vars(found).items() if value is not None}
