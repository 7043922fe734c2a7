"""The table of rivals: what they compute, what they cost, and what our units save over them."""

from collections.abc import Iterable, Sequence

from lmul.golden.formats import Format
from lmul.synth.flow import Cost
from lmul.synth.measurement import Job, Measured
from lmul.synth.rival import CLASSES, Deviation
from lmul.synth.rival_job import Compared, Outcome
from lmul.synth.rival_source import Rival
from lmul.synth.sections import Record, Section, area, decimals, error, plain, saving

_COLUMNS = {
    "format": ("format", plain),
    "rival": ("rival", plain),
    "computes": ("computes", plain),
    "differing": ("differing pairs", decimals(0)),
    "error": ("mean error", error),
    "nand2": ("NAND2 eq.", area),
    "area_um2": ("um2", area),
    "delay_ps": ("ps", decimals(0)),
    "depth": ("depth", decimals(0)),
    "lmul_nand2": ("our lmul", area),
    "lmul_saved": ("saved", saving),
    "lmul_delay_saved": ("delay saved", saving),
    "exact_nand2": ("our exact", area),
    "exact_saved": ("saved", saving),
    "exact_delay_saved": ("delay saved", saving),
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
        " saving of the method."
    )
    return Section("rivals", "Multipliers from elsewhere, through the same flow", records, _COLUMNS, ("format",), notes)


def _record(rival: Rival, outcome: Outcome) -> Record:
    deviation, cost = outcome.deviation, outcome.cost
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
        **_against("lmul", outcome.lmul, cost),
        **_against("exact", outcome.exact, cost),
    }


def _against(name: str, ours: Cost, rival: Cost) -> Record:
    """One of our units beside a rival; what it saves is 1 - ours / rival."""
    delay_saved = None
    if ours.delay_ps is not None and rival.delay_ps:
        delay_saved = 1 - ours.delay_ps / rival.delay_ps
    return {
        f"{name}_nand2": ours.nand2,
        f"{name}_saved": 1 - ours.nand2 / rival.nand2 if rival.nand2 else None,
        f"{name}_delay_saved": delay_saved,
    }


def _example(f: Format, deviation: Deviation) -> str:
    example = deviation.example
    if example is None:
        return ""
    digits = -(-f.width // 4)
    x, y, given, expected = (f"0x{code:0{digits}X}" for code in (example.x, example.y, example.given, example.expected))
    return f" For instance {x} times {y} is {given}, not {expected}."
