"""The table of rivals: what they compute, what they cost, and what our units save over them."""

from collections.abc import Iterable, Sequence

from lmul.golden.formats import Format
from lmul.synth.measurement import Job, Measured
from lmul.synth.rival import CLASSES, Deviation
from lmul.synth.rival_job import Compared, Outcome, Unit
from lmul.synth.rival_source import Rival
from lmul.synth.sections import Record, Section, Show, area, decimals, error, plain, saving

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
    """What is found out about rivals."""
    return [Compared(rival) for rival in rivals]


def rival_section(measured: Measured, rivals: Sequence[Rival]) -> Section:
    """The table; its notes say of every rival where it deviates."""
    records = [_record(rival, measured[Compared(rival)]) for rival in rivals]
    notes = []
    for rival in rivals:
        deviation = measured[Compared(rival)].deviation
        notes.append(f"{rival.name}: {deviation.sentence}.{_example(rival.format, deviation)}")
    notes.append(
        "A rival goes through the flow of our units: read, written as one module, mapped. First every product of its"
        " netlist (of formats above 8 bits a million random ones and all pairs of edge codes) is compared with the"
        " golden model's; 'computes' is the method and the policy of which it misses the fewest. 'saved' is 1 - ours /"
        " rival, with our unit of that policy (exact has no raw form: flush stands in). A rival that differs does"
        " another job than our unit, and a saving over one that handles more, subnormal numbers for instance, is no"
        " saving of the method. Energies are of products of Gaussian numbers, the same for all, without glitches and"
        " with those of unit delays."
    )
    return Section("rivals", "Multipliers from elsewhere, through the same flow", records, _COLUMNS, notes=notes)


def savings_records(measured: Measured, rivals: Sequence[Rival]) -> list[Record]:
    """Rivals as rows of the table of multipliers (`savings.savings_section`), to stand below those of their format.

    Its column 'saved' is over our exact unit, and stays empty; what L-Mul saves over the rival is said in words.
    """
    records: list[Record] = []
    for rival in rivals:
        own = _record(rival, measured[Compared(rival)])
        figures = {"area": "nand2", "delay": "delay_ps", "settled": "fj", "glitches": "fj_glitches"}
        saved = f"lmul saves {saving(own['lmul_saved'])} of its area, {saving(own['lmul_fj_saved'])} of its energy"
        records.append(
            {
                "format": rival.format.name,
                "method": f"rival {rival.name}",
                **{key: own[name] for key, name in figures.items()},
                **{f"{key}_saved": None for key in figures},
                "verdict_forms": f"{own['computes']} but for {own['differing']:,} pairs; {saved}",
            }
        )
    return records


def _record(rival: Rival, outcome: Outcome) -> Record:
    deviation, cost = outcome.deviation, outcome.rival.cost
    return {
        "format": rival.format.name,
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


def _against(name: str, ours: Unit, rival: Unit) -> Record:
    """One of our units beside a rival; what it saves is 1 - ours / rival."""

    def saved(one: float | None, other: float | None) -> float | None:
        return None if one is None or not other else 1 - one / other

    pairs = [(unit.energies.settled.fj_per_cycle, unit.energies.glitches.fj_per_cycle) for unit in (ours, rival)]
    return {
        f"{name}_nand2": ours.cost.nand2,
        f"{name}_saved": saved(ours.cost.nand2, rival.cost.nand2),
        f"{name}_delay_saved": saved(ours.cost.delay_ps, rival.cost.delay_ps),
        f"{name}_fj_saved": saved(pairs[0][0], pairs[1][0]),
        f"{name}_fj_glitches_saved": saved(pairs[0][1], pairs[1][1]),
    }


def _example(f: Format, deviation: Deviation) -> str:
    example = deviation.example
    if example is None:
        return ""
    digits = -(-f.width // 4)
    x, y, given, expected = (f"0x{code:0{digits}X}" for code in (example.x, example.y, example.given, example.expected))
    return f" For instance {x} times {y} is {given}, not {expected}."
