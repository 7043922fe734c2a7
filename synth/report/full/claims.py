"""Table of the paper's claims about energy: as stated, recomputed from its source, and measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from lmul.golden.formats import Format
from lmul.hdl.arith.exact_products import Form
from lmul.reporting.sections import Record, Section, decimals, plain, saving
from lmul.reporting.topic import Topic
from lmul.synth.energy.energy import Energies
from lmul.synth.energy.operands import GAUSSIAN, Stream
from lmul.synth.measure.energy_jobs import AdderEnergy
from lmul.synth.measure.exact_baselines import best_of, figures, form_jobs
from lmul.synth.measure.session import Job, Measured, Plan
from lmul.synth.report.full.claim_designs import CLAIMED_FORMATS, DOT_CLAIM, PRODUCT_CLAIM, Claim, Scope, claims
from lmul.synth.report.full.gates import gates_jobs, gates_section
from lmul.synth.report.full.published import published_section
from lmul.synth.report.setting import Setting, in_technology
from lmul.tools.failure import number

MARGIN = 0.02
"""Margin by which a saving may miss a claim that holds: Horowitz's own figures give 78 % for the 80 % claimed."""

_KINDS = {"fj": "without glitches", "fj_glitches": "with glitches"}


def claims_jobs(formats: Sequence[Format] = CLAIMED_FORMATS, stream: Stream = GAUSSIAN) -> list[Job]:
    """List the jobs: energies of both designs of each row, exact ones in every form, and of additions."""
    found: list[Job] = []
    for claim in claims(formats):
        if claim.scope is Scope.ACCUMULATE:
            found.append(AdderEnergy(claim.format, stream))
        else:
            found += form_jobs([*claim.exact_designs, claim.lmul_design], stream)
    return found


def claims_section(
    measured: Measured, formats: Sequence[Format] = CLAIMED_FORMATS, stream: Stream = GAUSSIAN
) -> Section:
    """Make the table, with a verdict on each of the two claims."""
    found = [(claim, _record(measured, claim, stream)) for claim in claims(formats)]
    records = [record for _, record in found]
    return Section(
        "claims",
        "The paper's claims about energy: stated, recomputed from Horowitz, measured",
        records,
        {
            "scope": ("energy of", plain),
            "format": ("format", plain),
            "accumulator": ("sum", plain),
            "claimed": ("claimed", saving),
            "horowitz_exact": ("pJ exact", decimals(2)),
            "horowitz_lmul": ("pJ L-Mul", decimals(2)),
            "horowitz_saved": ("saved", saving),
            "fj_exact": ("fJ exact", decimals(0)),
            "fj_form": ("which", plain),
            "fj_lmul": ("fJ L-Mul", decimals(0)),
            "fj_saved": ("saved", saving),
            "fj_glitches_exact": ("fJ exact, glitches", decimals(0)),
            "fj_glitches_form": ("which", plain),
            "fj_glitches_lmul": ("fJ L-Mul, glitches", decimals(0)),
            "fj_glitches_saved": ("saved", saving),
            "verdict": ("verdict", plain),
        },
        ("scope",),
        [*_NOTES, *_verdicts(found)],
        ["fj_form", "fj_glitches_form", "verdict"],
    )


def _record(measured: Measured, claim: Claim, stream: Stream) -> Record:
    exact, ours = claim.horowitz
    record: Record = {
        "scope": claim.scope.value,
        "format": claim.format.name,
        "accumulator": "" if claim.accumulator is None else claim.accumulator.value,
        "claimed": claim.claimed,
        "horowitz_exact": exact,
        "horowitz_lmul": ours,
        "horowitz_saved": 1 - ours / exact,
        "horowitz_operations": f"{' + '.join(claim.exact)} -> {' + '.join(claim.ours)}",
    }
    if claim.scope is Scope.ACCUMULATE:
        energies: Energies = measured[AdderEnergy(claim.format, stream)]
        for name, each in zip(_KINDS, (energies.settled, energies.glitches), strict=True):
            record |= {f"{name}_exact": each.fj_per_cycle, f"{name}_lmul": each.fj_per_cycle, f"{name}_saved": 0.0}
            record[f"{name}_form"] = ""
        return {**record, "verdict": "the same for both"}
    own = vars(figures(measured, claim.lmul_design, Form.ARRAY, stream))
    baselines = claim.exact_designs
    best = best_of(measured, baselines, stream)
    savings = [1 - own[name] / best[name].value for name in _KINDS]
    for name, saved in zip(_KINDS, savings, strict=True):
        record |= {f"{name}_exact": best[name].value, f"{name}_lmul": own[name], f"{name}_saved": saved}
        words = [best[name].method.name] if len(baselines) > 1 else []
        words += [best[name].form.value] if any(len(baseline.forms) > 1 for baseline in baselines) else []
        record[f"{name}_form"] = ", ".join(words)
    return {**record, "verdict": verdict(claim.claimed or 0, *savings)}


def verdict(claimed: float, settled: float, glitches: float) -> str:
    """Return `holds` if both savings are at most `MARGIN` below the claim, `holds only ...` if one is, else `fails`."""
    savings = zip(_KINDS.values(), (settled, glitches), strict=True)
    holding = [kind for kind, saved in savings if saved >= claimed - MARGIN]
    if not holding:
        return "fails"
    return "holds" if len(holding) == len(_KINDS) else f"holds only {holding[0]}"


def _verdicts(found: Sequence[tuple[Claim, Record]]) -> list[str]:
    """Say which of the claims hold."""
    sentences = []
    for scope, claimed, what in (
        (Scope.PRODUCT, PRODUCT_CLAIM, "of the energy of elementwise products"),
        (Scope.MAC, DOT_CLAIM, "of the energy of dot products"),
    ):
        rows = [record for claim, record in found if claim.scope is scope]
        if rows:
            sentences.append(f"{100 * claimed:.0f} % {what}: {_outcome(rows, claimed)}")
    return sentences


def _outcome(rows: Sequence[Record], claimed: float) -> str:
    holding = [_named(row) for row in rows if row["verdict"] == "holds"]
    partly = [f"{_named(row)} ({row['verdict']})" for row in rows if str(row["verdict"]).startswith("holds only")]
    outcome = f"holds only for {', '.join([*holding, *partly])}" if holding or partly else "fails"
    if len(holding) == len(rows):
        outcome = "holds"
    savings = [number(row[f"{name}_saved"]) for row in rows for name in _KINDS]
    recomputed = [_named(row) for row in rows if number(row["horowitz_saved"]) >= claimed - MARGIN]
    return (
        f"{outcome}; measured {100 * min(savings):.0f} to {100 * max(savings):.0f} %, depending on format and sum."
        f" From Horowitz's own figures it follows for {', '.join(recomputed) or 'none'}."
    )


def _named(row: Record) -> str:
    return f"{row['format']} ({row['accumulator']} sum)" if row["accumulator"] else str(row["format"])


_NOTES = [
    "Claimed: arXiv 2410.00907, of floating-point tensors in general. Recomputed: M. Horowitz, ISSCC 2014, 45 nm: a"
    " product is his floating-point multiplication against an integer addition of the operands' width, a dot product's"
    " term has his floating-point addition besides. He has no bf16 and no 8-bit floating point: bf16 stands with fp16's"
    " multiplication, which is the larger of the two; e4m3 and e5m2 with the 8-bit integer one; a fixed sum with the"
    " 32-bit integer addition. His integer addition has no zero, no range and no sign.",
    "Measured: 'product' is the whole combinational multiplier under flush, 'accumulate' a floating-point adder, its"
    " register, fed with numbers of its own format; 'whole MAC' operands in registers, multiplier, adder, accumulator."
    " Both designs get the same numbers. 'which' names the exact one, for each figure the best there is: of a MAC the"
    " one that adds the full product ('exact') or one that adds it rounded first ('rounded', as a multiplier"
    " and an adder apart do), and above 4 mantissa bits of four forms of the product. Without glitches, and with those"
    " of unit delays, is a lower and an upper estimate; in the upper one ten percent are chance of mapping. A MAC of"
    " narrow operands adds products of few bits, and its adder is smaller than the one alone. A claim holds in a row"
    f" where both savings are at most {100 * MARGIN:.0f} points below it. Wires, leakage, the clock's tree, memories"
    " and the movement of operands are in none of these numbers: no saving of a chip or of a model follows from them.",
]


def _claims_table(measured: Measured, formats: Sequence[Format]) -> Section:
    return in_technology(claims_section(measured, formats), measured)


@dataclass(frozen=True)
class Claims(Topic[Setting]):
    """Topic: the paper's statements on energy and gates, and what others have published."""

    def plan(self, setting: Setting) -> Plan:
        """List the jobs for energies in every technology, and for gates once."""
        formats = setting.chosen(CLAIMED_FORMATS)
        energies = [(measured, claims_jobs(formats)) for measured in setting.each] if formats else []
        return [*energies, (setting.main, gates_jobs())]

    def sections(self, setting: Setting) -> list[Section]:
        """Make the tables of claims, one a technology, of gates, and of published figures."""
        formats = setting.chosen(CLAIMED_FORMATS)
        each = reversed(setting.each) if formats else ()
        found = [partial(_claims_table, measured, formats) for measured in each]
        return self.tables([*found, partial(gates_section, setting.main), published_section])
