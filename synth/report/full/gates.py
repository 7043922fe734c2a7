"""Table of the paper's estimate in gates: as printed, recounted, and synthesised."""

from lmul.golden.formats import E4M3, E5M2, Format
from lmul.golden.methods import Method
from lmul.golden.parameters import Overflow, Parameters, Policy
from lmul.reporting.sections import Record, Section, Show, area, decimals, plain, saving
from lmul.synth.mapping.flow import Cost
from lmul.synth.measure.multipliers import GenericCost
from lmul.synth.measure.session import Job, Measured
from lmul.synth.report.full.gate_recount import paper_gates, recounted
from lmul.synth.report.multipliers.comparison import PAPER_GATES
from lmul.tools.failure import number

_FORMATS = (E4M3, E5M2)
_MARGIN = 0.05
"""Most by which a saving may fall short of the printed one and still confirm it."""


def gate_units() -> list[Parameters]:
    """List the units of the table: for each format L-Mul raw and flush, exact flush, and both under ieee."""
    units = []
    for f in _FORMATS:
        units += [Parameters(f, policy=Policy.RAW), Parameters(f), Parameters(f, Method.EXACT)]
        units += [Parameters(f, m, Policy.IEEE, overflow=Overflow.INF) for m in (Method.LMUL, Method.EXACT)]
    return units


def gates_jobs() -> list[Job]:
    """List the jobs, in generic gates whatever the technology of the report."""
    return [GenericCost(p) for p in gate_units()]


def gates_section(measured: Measured) -> Section:
    """Make the table. Savings are 1 - L-Mul / exact in the same column."""
    records = []
    for p in gate_units():
        cost: Cost = measured[GenericCost(p)]
        recipe, textbook = recounted(p)
        counts: dict[str, float] = {
            "recipe": recipe,
            "textbook": textbook,
            "synthesised": paper_gates(cost.cells),
            "nand2": cost.nand2,
        }
        known = p.policy is not Policy.IEEE
        printed = PAPER_GATES.get((p.format.name, p.method.kind)) if known else None
        record: Record = {
            "format": p.format.name,
            "unit": p.name,
            "printed": printed,
            **{name: count if known or name in ("synthesised", "nand2") else None for name, count in counts.items()},
        }
        records.append(record)
    for record, p in zip(records, gate_units(), strict=True):
        exact = next(r for r, q in zip(records, gate_units(), strict=True) if _baselines(p, q))
        for name in ("printed", "recipe", "textbook", "synthesised", "nand2"):
            ours, theirs = record[name], exact[name]
            both = p.method.is_adder and ours is not None and theirs is not None
            record[f"{name}_saved"] = 1 - float(ours or 0) / float(theirs or 1) if both else None
    numbers = {
        "printed": ("printed", decimals(0)),
        "recipe": ("recipe recounted", decimals(0)),
        "textbook": ("textbook array", decimals(0)),
        "synthesised": ("synthesised", decimals(0)),
        "nand2": ("NAND2 eq.", area),
    }
    columns: dict[str, tuple[str, Show]] = {"format": ("format", plain), "unit": ("unit", plain)}
    for name, column in numbers.items():
        columns |= {name: column, f"{name}_saved": ("saved", saving)}
    return Section(
        "gates", "The paper's estimate in gates", records, columns, ("format",), [_NOTE, *_verdicts(records)]
    )


def _baselines(p: Parameters, q: Parameters) -> bool:
    """Tell whether q is the exact unit to compare p with; for raw, the one under flush."""
    policy = Policy.FLUSH if p.policy is Policy.RAW else p.policy
    return q.method.is_exact and q.format == p.format and q.policy is policy


def _verdicts(records: list[Record]) -> list[str]:
    """Say for each format whether the printed saving holds, by the rule that the note states."""

    def of(f: Format, method: Method, policy: Policy) -> Record:
        return next(r for r in records if r["unit"] == Parameters(f, method, policy).name)

    found = []
    for f in _FORMATS:
        exact, raw, lmul = (
            of(f, *which)
            for which in ((Method.EXACT, Policy.FLUSH), (Method.LMUL, Policy.RAW), (Method.LMUL, Policy.FLUSH))
        )
        claimed = number(raw["printed_saved"])
        savings = {name: number(raw[f"{name}_saved"]) for name in ("recipe", "textbook")}
        savings["synthesised, L-Mul without edges against exact with them"] = number(raw["synthesised_saved"])
        savings["synthesised, the same edges"] = number(lmul["synthesised_saved"])
        holding = [name for name, value in savings.items() if value >= claimed - _MARGIN]
        listed = ", ".join(f"{name} {100 * value:.0f} %" for name, value in savings.items())
        verdict = "holds" if len(holding) == len(savings) else f"holds only for: {', '.join(holding)}"
        if not holding:
            verdict = "fails"
        found.append(
            f"{f}: printed, L-Mul saves {100 * claimed:.0f} % of the gates ({exact['printed']} to 157)."
            f" Found: {listed}. The claim {verdict}."
        )
    return found


_NOTE = (
    "Printed: arXiv 2410.00907, in gates of its recipe (exclusive or 4, half adder 5, full adder 11). 'recipe"
    " recounted' adds up the parts that the recipe names: for L-Mul the printed 157 comes out, for e5m2 188 and not 296"
    " (185 with one gate for the sign, which is what a reviewer of the paper counted), for e4m3 177 and not 325."
    " 'textbook array' has as many adders as an array of M + 1 rows needs. 'synthesised' counts our units' generic"
    " gates in that unit, with zero, range and saturation, which the estimates leave out; 'raw' is L-Mul without these,"
    " and its saving is against exact under flush, which is not the same job. Gates of such a count are neither area"
    " nor energy. A claim holds where every saving found is at most"
    f" {100 * _MARGIN:.0f} points below the printed one, and fails where none is."
)
