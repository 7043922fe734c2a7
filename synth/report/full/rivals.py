"""Table of multipliers from elsewhere: what they compute, their cost, and savings over them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lmul.reporting.sections import Record, Section, Show, area, decimals, error, plain, saving
from lmul.reporting.topic import Topic
from lmul.synth.measure.figures import FIGURES, saved
from lmul.synth.measure.session import Job, Measured, Plan
from lmul.synth.report.setting import Setting, in_technology
from lmul.synth.rivals.check import CLASSES, Deviation
from lmul.synth.rivals.jobs import Compared, MeasuredUnit, Outcome
from lmul.synth.rivals.source import Rival

_COLUMNS: dict[str, tuple[str, Show]] = {
    "format": ("format", plain),
    "rival": ("rival", plain),
    "computes": ("computes", plain),
    "differing": ("differing pairs", decimals(0)),
    "error": ("mean error", error),
    "nand2": ("NAND2 eq.", area),
    "area_um2": ("um2", area),
    "delay_ps": ("ps", decimals(0)),
    "depth": ("depth", decimals(0)),
    "fj": ("fJ", decimals(0)),
    "fj_glitches": ("fJ, glitches", decimals(0)),
}
for _name in ("lmul", "exact"):
    _COLUMNS |= {
        f"{_name}_nand2": (f"our {_name}", area),
        f"{_name}_saved": ("area saved", saving),
        f"{_name}_delay_saved": ("delay", saving),
        f"{_name}_fj_saved": ("energy", saving),
        f"{_name}_fj_glitches_saved": ("glitches", saving),
    }


def rival_jobs(rivals: Iterable[Rival]) -> list[Job]:
    """List the jobs that check and measure rivals."""
    return [Compared(rival) for rival in rivals]


def rival_section(measured: Measured, rivals: Sequence[Rival]) -> Section:
    """Make the table; its notes say where each rival deviates from the golden model."""
    records = [_record(rival, measured[Compared(rival)]) for rival in rivals]
    notes = []
    for rival in rivals:
        deviation = measured[Compared(rival)].deviation
        notes.append(f"{rival.name}: {deviation.sentence}.{_example(rival, deviation)}")
    notes.append(
        "A rival goes through the flow of our units: read, written as one module, mapped. First every product of its"
        " netlist (of formats above 8 bits a million random ones and all pairs of edge codes) is compared with the"
        " golden model's; 'computes' is the method and the policy of which it misses the fewest. 'saved' is 1 - ours /"
        " rival, with our unit of that policy (exact has no raw form: flush stands in). A rival that differs does"
        " another job than our unit, and a saving over one that handles more, subnormal numbers for instance, is no"
        " saving of the method. Energies are of products of Gaussian numbers, the same for all, without glitches and"
        " with those of unit delays."
    )
    return Section(
        "rivals",
        "Multipliers from elsewhere, through the same flow",
        records,
        _COLUMNS,
        notes=notes,
        outcomes=["computes"],
    )


def savings_records(measured: Measured, rivals: Sequence[Rival], exact: Mapping[str, float | None]) -> list[Record]:
    """Return rivals as rows of the table of multipliers (`savings.savings_section`), below those of their format.

    Parameters
    ----------
    measured : Measured
        Session with the outcomes of `rival_jobs`.
    rivals : sequence of Rival
        Rivals of one format.
    exact : mapping of str to float or None
        Value of our best exact unit by figure; 'saved' is over it, as in all rows of that table.
    """
    records: list[Record] = []
    for rival in rivals:
        outcome: Outcome = measured[Compared(rival)]
        own, found = _figures(outcome.rival), outcome.deviation
        record: Record = {"format": rival.format.name, "method": f"rival {rival.name}"}
        for key, name in FIGURES.items():
            record |= {key: own[name], f"{key}_saved": saved(own[name], exact[key])}
        but = f" but for {found.total:,} of {found.pairs:,} pairs" if found.total else ""
        records.append({**record, "verdict_forms": f"computes {found.name}{but}"})
    return records


def _record(rival: Rival, outcome: Outcome) -> Record:
    deviation, cost = outcome.deviation, outcome.rival.cost
    return {
        "format": rival.format_name,
        "rival": rival.name,
        "computes": deviation.name,
        "differing": deviation.total,
        "pairs": deviation.pairs,
        **{f"differing, {name}": deviation.differing.get(name, 0) for name in CLASSES},
        "error": deviation.mean_error,
        "nand2": cost.nand2,
        "area_um2": cost.area_um2,
        "delay_ps": cost.delay_ps,
        "depth": cost.depth,
        "fj": outcome.rival.energies.settled.fj_per_cycle,
        "fj_glitches": outcome.rival.energies.glitches.fj_per_cycle,
        **_against("lmul", outcome.lmul, outcome.rival),
        **_against("exact", outcome.exact, outcome.rival),
    }


def _against(name: str, ours: MeasuredUnit, rival: MeasuredUnit) -> Record:
    """Compare one of our units with a rival; savings are 1 - ours / rival."""
    mine, other = _figures(ours), _figures(rival)
    shares = {key: saved(mine[key], other[key]) for key in mine}
    return {
        f"{name}_nand2": mine["nand2"],
        f"{name}_saved": shares["nand2"],
        f"{name}_delay_saved": shares["delay_ps"],
        f"{name}_fj_saved": shares["fj"],
        f"{name}_fj_glitches_saved": shares["fj_glitches"],
    }


def _figures(unit: MeasuredUnit) -> dict[str, float | None]:
    return {
        "nand2": unit.cost.nand2,
        "delay_ps": unit.cost.delay_ps,
        "fj": unit.energies.settled.fj_per_cycle,
        "fj_glitches": unit.energies.glitches.fj_per_cycle,
    }


def _example(rival: Rival, deviation: Deviation) -> str:
    example = deviation.example
    if example is None:
        return ""
    f, z = rival.format, rival.result
    x, y, given, expected = (
        f"0x{code:0{-(-of.width // 4)}X}"
        for of, code in ((f, example.x), (f, example.y), (z, example.given), (z, example.expected))
    )
    return f" For instance {x} times {y} is {given}, not {expected}."


@dataclass(frozen=True)
class Rivals(Topic[Setting]):
    """Topic: multipliers from elsewhere; no table without any.

    Parameters
    ----------
    rivals : tuple of Rival
        Rivals from `cli.rivals.rivals_of`.
    """

    rivals: tuple[Rival, ...]

    def plan(self, setting: Setting) -> Plan:
        """List the jobs for all rivals in every technology."""
        return [(measured, rival_jobs(self.rivals)) for measured in setting.each]

    def sections(self, setting: Setting) -> list[Section]:
        """Make the tables, one a technology."""
        each = reversed(setting.each) if self.rivals else ()
        return [in_technology(rival_section(measured, self.rivals), measured) for measured in each]
