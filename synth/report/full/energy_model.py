"""Comparison of the technology-free energy model with a library's tables, on the same designs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from lmul.accuracy.dots.total import differ
from lmul.golden.accumulators import Accumulator
from lmul.golden.formats import BF16, E3M4, E4M3, E5M2, FP16, Format
from lmul.golden.methods import Method
from lmul.reporting.sections import Record, Section, Show, decimals, plain, significant
from lmul.reporting.topic import Picture, Topic
from lmul.synth.energy.energy import Energies
from lmul.synth.energy.gate_input_model import REGISTER_CLOCK
from lmul.synth.energy.operands import GAUSSIAN
from lmul.synth.measure.calibration import fit_jobs
from lmul.synth.measure.catalog import ALL_METHODS, EIGHT_BITS
from lmul.synth.measure.energy_jobs import Contender, EnergyJob
from lmul.synth.measure.pieces import Piece
from lmul.synth.measure.session import Measured, Plan
from lmul.synth.report.calibration import fit_section
from lmul.synth.report.energy_notes import described, mac, multiplier
from lmul.synth.report.full.agreement import KINDS, MODELS, agreement_of
from lmul.synth.report.full.energy_model_picture import model_picture
from lmul.synth.report.setting import Setting
from lmul.tools.failure import number

_FORMATS = (E4M3, E5M2, E3M4, BF16, FP16)


def model_jobs() -> list[EnergyJob]:
    """List the jobs of the section, needed in both technologies."""
    return [EnergyJob(each, GAUSSIAN) for group in _groups() for each in group]


def _groups() -> Iterator[list[Contender]]:
    """Yield groups of designs; savings are over the last of each group."""
    for f in _FORMATS:
        methods = [method for method in ALL_METHODS if not method.is_dot_only and differ(f, method)]
        yield [multiplier(f, method) for method in methods]
    for f in _FORMATS[:-1]:
        for accumulator in _accumulators(f):
            yield [mac(f, method, accumulator) for method in (Method.LMUL, Method.EXACT)]


def _accumulators(f: Format) -> list[Accumulator]:
    fixed = [Accumulator.FIXED] if f in EIGHT_BITS else []
    return [*fixed, Accumulator.ANCHORED, Accumulator.FP32]


def model_section(generic: Measured, liberty: Measured) -> Section:
    """Make the table, one row a design; ratios are after the best single factor over all rows."""
    records: list[Record] = []
    for place, group in enumerate(_groups()):
        for each in group:
            own: Energies = liberty[EnergyJob(each, GAUSSIAN)]
            free: Energies = generic[EnergyJob(each, GAUSSIAN)]
            records.append(
                {
                    **described(each),
                    "group": place,
                    "settled": own.settled.fj_per_cycle / 1000,
                    "settled_same": own.counted_settled.fj_per_cycle,
                    "settled_generic": free.settled.fj_per_cycle / 1000,
                    "glitches": own.glitches.fj_per_cycle / 1000,
                    "glitches_same": own.counted_glitches.fj_per_cycle,
                    "glitches_generic": free.glitches.fj_per_cycle / 1000,
                }
            )
    notes = []
    for kind, title in KINDS.items():
        for model, where in MODELS.items():
            agreement = agreement_of(records, kind, model)
            for record in records:
                record[f"{kind}_{model}_ratio"] = (
                    agreement.factor * number(record[f"{kind}_{model}"]) / number(record[kind])
                )
            notes.append(_sentence(records, kind, model, f"{where.capitalize()}, {title}"))
    shown: dict[str, tuple[str, Show]] = {}
    for kind, title in KINDS.items():
        shown[kind] = (f"pJ {title}", significant(3))
        shown |= {f"{kind}_{model}_ratio": (where, decimals(2)) for model, where in MODELS.items()}
    return Section(
        "model",
        f"Technology-free energy against {liberty.technology.name}",
        records,
        {"unit": ("unit", plain), "format": ("format", plain), "method": ("method", plain), **shown},
        ("unit", "format"),
        [_how_to_read(liberty.technology.name), *notes, _clock_note(liberty)],
    )


def _how_to_read(name: str) -> str:
    return (
        f"pJ are those of a cycle by the tables of {name}. 'same netlist' is the technology-free model on that very"
        " netlist: toggles, each weighted with the cell inputs that the net drives, over the library's energy; after"
        " one factor for all rows, so that 1 is the mean. 'generic gates' is the model as it stands without a library,"
        " on its own netlists. Gaussian operands. That the two agree does not make either right: both leave out"
        " wires, and both see the same toggles."
    )


def _sentence(records: Sequence[Record], kind: str, model: str, title: str) -> str:
    multipliers = [record for record in records if record["unit"] == "multiplier"]
    macs = [record for record in records if record["unit"] != "multiplier"]
    whole, *parts = (agreement_of(rows, kind, model) for rows in (records, multipliers, macs))
    text = f"{title}: correlation of logarithms {whole.correlation:.4f}, worst ratio {whole.worst:.2f}"
    for part, name in zip(parts, ("multipliers", "MACs"), strict=True):
        text += f"; {name} alone {part.correlation:.4f} and {part.worst:.2f}"
    return f"{text}. Savings against exact differ by up to {100 * _worst_saving(records, kind, model):.0f} points."


def _worst_saving(records: Sequence[Record], kind: str, model: str) -> float:
    """Compute the largest difference between a saving by the model and by the library."""
    worst = 0.0
    exact = {record["group"]: record for record in records}  # the last of each group
    for record in records:
        reference = exact[record["group"]]
        own, free = (number(record[key]) / number(reference[key]) for key in (kind, f"{kind}_{model}"))
        worst = max(worst, abs(own - free))
    return worst


def _clock_note(liberty: Measured) -> str:
    """Write the note on a register's clock: its cost by the library's tables, in gate inputs."""
    macs = [liberty[job] for job in model_jobs() if isinstance(job.contender, Piece)]

    def ratio(part: str) -> float:
        own = sum(float(getattr(found.settled, part)) for found in macs)
        return own / sum(float(getattr(found.counted_settled, part)) for found in macs)

    share = sum(found.settled.clock for found in macs) / sum(found.settled.fj_per_cycle for found in macs)
    return (
        f"Registers: for the clock of each the model counts {2 * REGISTER_CLOCK} gate inputs a cycle, from a textbook"
        f" circuit's transistors. By the tables of {liberty.technology.name} it costs as much as"
        f" {2 * REGISTER_CLOCK * ratio('clock') / ratio('combinational'):.1f} gate inputs do among gates, and is"
        f" {100 * share:.0f} % of a MAC's energy without glitches: so the model may see MACs too dear against"
        " multipliers, and their savings too small."
    )


@dataclass(frozen=True)
class Models(Topic[Setting]):
    """Topic: the technology-free energy model, its fit, and its agreement with a library's tables."""

    def plan(self, setting: Setting) -> Plan:
        """List the jobs for the fit everywhere, and for the designs in generic gates and the main technology."""
        fits: Plan = [(measured, fit_jobs()) for measured in setting.each]
        both = [] if setting.is_generic else [setting.each[0], setting.main]
        return [*fits, *((measured, model_jobs()) for measured in both)]

    def sections(self, setting: Setting) -> list[Section]:
        """Make the tables of the comparison and of the fit."""
        compared = [] if setting.is_generic else [partial(model_section, setting.each[0], setting.main)]
        return self.tables([*compared, partial(fit_section, setting.each)])

    def pictures(self, setting: Setting) -> dict[str, Picture]:
        """Draw the model's energies over the library's."""
        if setting.is_generic:
            return {}
        section, name = model_section(setting.each[0], setting.main), setting.main.technology.name
        return {"model": Picture("Technology-free energy against the library's", partial(model_picture, section, name))}
