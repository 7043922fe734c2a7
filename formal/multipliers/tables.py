"""Proofs as a table and as JSON, beside what is simulated and what is neither."""

import json
from collections.abc import Sequence
from importlib.metadata import version

from lmul.formal.multipliers.multiplier import Counterexample, Proof
from lmul.formal.multipliers.proof_list import ProvedUnit
from lmul.golden.methods import MethodKind

OUTCOMES = ("proved", "refuted", "unknown", "void")

_KINDS = ("one format", "two formats", "pipelined")

_SIMULATED = """\
## Simulated besides

- `lmul verify`: the Verilog under Verilator against the NumPy model, which the specification here shares nothing with:
  every pair of codes up to 16 bits together, chosen pairs above, with waits on both sides of a pipelined unit. `lmul
  report` does so before it measures.
- `lmul sweep`: every pair of codes, up to 16 bits each, against a specification in C++.
- `lmul mutate`: defects planted in the Verilog, and how many of them those operands find.
- The NumPy model against the paper's definition and against the arithmetic of ml_dtypes and NumPy.

`lmul prove netlists` proves the mapped netlists of `lmul report` equal to the Verilog, where this table ends. `lmul
prove lanes` proves what the lanes of dot products and arrays add, and how floating-point accumulators round.
"""

_NEITHER = """\
## Neither

- Time: whether a clock is met, glitches, power-up before the first reset. Proofs are about values at clock edges.
- Units outside this list. In full it has one format with a name: every method under raw, flush, and ftz and ieee that
  saturate; with overflow to Inf lmul, `corrected` with 2 table bits and exact. Of the first eight pairs of formats it
  has every method under flush and ieee, the rest by those three. Of other pairs, and of formats without a name, it has
  those three under flush, ftz with Inf and ieee that saturates. Pipelined, it has those three, not saturating, in four
  formats. Other formats, such as e4m10, other pairs and tables of your own are not there. All can be exported; `lmul
  prove multiplier` proves one of them.
- That what is specified is what you need: under raw and flush, codes reserved for NaN and Inf are numbers.
- Yosys' reading of the Verilog, which all proofs and the netlists share; Verilator reads it apart.
- bitwuzla's answers, as long as no second solver is asked: `--smt2 DIR` leaves the questions, `lmul prove check DIR`
  asks z3.
- What the liberty file says of its cells, and all that comes after the netlist: placement, wires, layout.
"""


def summary(units: Sequence[ProvedUnit], proofs: Sequence[Proof]) -> str:
    """Write one line: the number of each outcome, and the total time."""
    outcomes = counted([proof.outcome for proof in proofs], always="proved")
    return f"{len(units):,} units: {outcomes}; {sum(proof.seconds for proof in proofs):,.0f} s of work"


def proof_files(units: Sequence[ProvedUnit], proofs: Sequence[Proof], seconds: float, cores: int) -> dict[str, str]:
    """Write the contents of `proofs.md` and `proofs.json`.

    Parameters
    ----------
    units, proofs : sequence
        Units, and their proofs.
    seconds : float
        Elapsed time.
    cores : int
        Number of cores used.
    """
    return {
        "proofs.md": markdown(units, proofs, seconds, cores),
        "proofs.json": _json(units, proofs, seconds, cores),
    }


def markdown(units: Sequence[ProvedUnit], proofs: Sequence[Proof], seconds: float, cores: int) -> str:
    """Write `proofs.md`: units and outcomes by method and policy, then the formats and the limits."""
    groups: dict[tuple[str, str, str], list[tuple[ProvedUnit, Proof]]] = {}
    for unit, proof in zip(units, proofs, strict=True):
        p = unit.parameters
        policy = f"{p.policy}, {p.overflow}" if p.overflow else str(p.policy)
        groups.setdefault((policy, _METHODS.get(p.method.kind, str(p.method.kind)), unit.style), []).append(
            (unit, proof)
        )
    lines = [
        "# What is proved",
        "",
        "For all operands, of the exported Verilog read back, against a specification over integers. Of pipelined",
        "units also, however both sides wait: products keep their order, none is lost, doubled or invented, and each",
        "stays until it is taken. Every proof has a control: the same claim with an error in it has to be refuted.",
        "",
        f"{summary(units, proofs)}, {seconds:,.0f} s on {cores} cores.",
        "",
        f"| policy | method | style | {' | '.join(_KINDS)} | outcome | seconds |",
        f"|---|---|---|{'---:|' * len(_KINDS)}---|---:|",
    ]
    for (policy, method, style), group in groups.items():
        kinds = [_kind(unit) for unit, _ in group]
        outcome = counted([proof.outcome for _, proof in group])
        cells = [
            policy,
            method,
            style,
            *map(kinds.count, _KINDS),
            outcome,
            f"{sum(proof.seconds for _, proof in group):,.0f}",
        ]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    formats = [f"- {kind}: {_formats(units, kind)}" for kind in _KINDS]
    return "\n".join([*lines, "", *formats, "", _SIMULATED, _NEITHER])


_METHODS = {
    MethodKind.CONSTANT: "constant: two D of its own; of gates one for any D",
    MethodKind.CORRECTED: "corrected: 1 to 3 table bits",
    MethodKind.EXACT: "exact: to nearest even, and toward zero",
}


def counted(outcomes: Sequence[str], always: str = "") -> str:
    """Count the outcomes, that of `always` also if there is none; without it say `all proved` where that is so."""
    if not always and set(outcomes) == {"proved"}:
        return "all proved"
    counts = {outcome: outcomes.count(outcome) for outcome in OUTCOMES}
    return ", ".join(f"{count:,} {outcome}" for outcome, count in counts.items() if count or outcome == always)


def _kind(unit: ProvedUnit) -> str:
    p = unit.parameters
    return "pipelined" if unit.pipeline else "one format" if p.format == p.y_format == p.result else "two formats"


def _formats(units: Sequence[ProvedUnit], kind: str) -> str:
    names = [unit.parameters.format_name for unit in units if _kind(unit) == kind]
    return ", ".join(dict.fromkeys(names)) or "none"


def _json(units: Sequence[ProvedUnit], proofs: Sequence[Proof], seconds: float, cores: int) -> str:
    records = [
        {
            "unit": proof.name,
            "style": unit.style,
            "method": unit.parameters.method.kind,
            "policy": unit.parameters.policy,
            "pipeline": unit.pipeline,
            "outcome": proof.outcome,
            "how": proof.how,
            "seconds": round(proof.seconds, 3),
            "counterexample": _operands(proof.counterexample),
            "control": _operands(proof.control),
            "careless": None if proof.careless is None else list(proof.careless),
        }
        for unit, proof in zip(units, proofs, strict=True)
    ]
    tools = {tool: version(tool) for tool in ("lmul", "pyosys", "bitwuzla")}
    return json.dumps({"tools": tools, "seconds": round(seconds), "cores": cores, "proofs": records}, indent=2) + "\n"


def _operands(found: Counterexample | None) -> dict[str, int] | None:
    return None if found is None else {name: value for name, value in vars(found).items() if value is not None}
