"""Savings of every method over exact multiplication, figure by figure: the report's main tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from lmul.golden.formats import Format
from lmul.golden.methods import Method
from lmul.reporting.sections import Record, Section, Show, area, decimals, plain, saving
from lmul.reporting.topic import Picture, Topic
from lmul.synth.measure.contenders import Contender, Use, contender, contenders
from lmul.synth.measure.figures import FIGURES, baseline, figure_jobs, figures, savings
from lmul.synth.measure.session import Measured, Plan
from lmul.synth.report.energy_notes import bounds_notes
from lmul.synth.report.full.energy_picture import energy_picture
from lmul.synth.report.full.rivals import rival_jobs, savings_records
from lmul.synth.report.noise import NOISE_PERCENT
from lmul.synth.report.setting import Setting, in_technology
from lmul.synth.rivals.source import Rival

_NOTES = {
    Use.MULTIPLIER: "The unit alone, combinational, policy flush: codes in, a code out, new operands each cycle.",
    Use.MAC_FIXED: "Registers for both operands, multiply, add to an accumulator that never rounds (K up to 1024)."
    " Formats whose accumulator is wider than 128 bits have no row.",
    Use.MAC_FP32: "The same with an fp32 accumulator that rounds after each product, as most hardware has it.",
    Use.DOT: "A product's share of 16 lanes (fp32: 4) that add into one anchored accumulator (W 12, fp32: 24); the"
    " words of y stay in registers and are part of it.",
}

_ELSEWHERE = (
    "A row 'rival NAME' is a multiplier from elsewhere beside that same best exact unit of ours, under flush; where it"
    " costs more, 'saved' is negative. One that computes something else does another job: see the table of rivals."
)


def savings_section(measured: Measured, use: Use, formats: Sequence[Format], rivals: Sequence[Rival] = ()) -> Section:
    """Make the table of one use in one technology: every method in every format, then that format's rivals."""
    records: list[Record] = []
    for f in formats:
        records += [_record(measured, each) for each in contenders([f], [use])]
        records += _elsewhere(measured, use, f, rivals)
    notes = [
        _NOTES[use],
        "'saved' is 1 - ours / the baseline's. The baseline is exact, of the same format and policy through the same"
        " flow, and the best there is for each figure: in several forms of the product, and where products are added"
        " with the whole product or with one rounded first. Exact rows name it."
        f" Areas that differ by less than {NOISE_PERCENT} % do not differ.",
        "ps is ABC's, of the netlist mapped for area; nothing was optimised for speed here.",
        *([_ELSEWHERE] if rivals else []),
        *bounds_notes(measured),
    ]
    return Section(
        f"savings_{use.name.lower()}",
        f"{use.value[0].upper()}{use.value[1:]}: every method against exact",
        records,
        {
            "format": ("format", plain),
            "method": ("method", plain),
            "area": ("NAND2 eq.", area),
            "area_saved": ("saved", saving),
            "delay": ("ps", decimals(0)),
            "delay_saved": ("saved", saving),
            "settled": ("fJ", decimals(1)),
            "settled_saved": ("saved", saving),
            "glitches": ("fJ with glitches", decimals(1)),
            "glitches_saved": ("saved", saving),
            "verdict_forms": ("the baseline", plain),
        },
        ("format",),
        notes,
        ["verdict_forms"],
    )


def summary_section(each: Sequence[Measured], formats: Sequence[Format], uses: Sequence[Use]) -> Section:
    """Make the summary: L-Mul against exact in all technologies, one row a use and format."""
    records: list[Record] = []
    columns: dict[str, tuple[str, Show]] = {"use": ("", plain), "format": ("format", plain)}
    for one in contenders(formats, uses, (Method.LMUL,)):
        record: Record = {"use": one.use.value, "format": one.format.name}
        for measured in each:
            saved = savings(measured, one)
            name = _key(measured.technology.name)
            for figure in ("area", "settled", "glitches"):
                record[f"{figure}_{name}"] = saved[figure]
                columns[f"{figure}_{name}"] = (f"{_TITLES[figure]} {_short(measured)}", saving)
        records.append(record)
    return Section(
        "summary",
        "What L-Mul saves",
        records,
        columns,
        ("use",),
        [
            "1 - L-Mul's / exact's, for area and for energy a product (without glitches, and with unit delays). It says"
            " nothing of accuracy: see the Pareto front, and the exact units of equal accuracy.",
        ],
    )


_TITLES = {"area": "area,", "settled": "energy,", "glitches": "with glitches,"}


def _record(measured: Measured, each: Contender) -> Record:
    own, saved = figures(measured, each), savings(measured, each)
    record: Record = {"format": each.format.name, "method": each.method.name}
    for key in FIGURES:
        record |= {key: own[key], f"{key}_saved": saved[key]}
    best = baseline(measured, each).items() if each.method == Method.EXACT else ()
    record["verdict_forms"] = ", ".join(f"{key}: {one.method} {one.form}" for key, one in best if one) or None
    return record


def _elsewhere(measured: Measured, use: Use, f: Format, rivals: Sequence[Rival]) -> list[Record]:
    """Return the rows of a format's rivals."""
    exact = contender(use, f, Method.EXACT)
    best = {} if exact is None else baseline(measured, exact)
    values = {key: one.value if (one := best.get(key)) else None for key in FIGURES}
    return savings_records(measured, [each for each in rivals if each.format == each.result == f], values)


def _key(name: str) -> str:
    return name.split(".", maxsplit=1)[0].replace("-", "_")


def _short(measured: Measured) -> str:
    return measured.technology.name.split("_")[0].split(".")[0]


@dataclass(frozen=True)
class Savings(Topic[Setting]):
    """Topic: savings of every method over exact, in every technology, with multipliers from elsewhere."""

    uses: Sequence[Use] = tuple(Use)
    rivals: Sequence[Rival] = ()

    def plan(self, setting: Setting) -> Plan:
        """List the jobs for figures of all contenders and rivals, in every technology."""
        found = list(contenders(setting.formats, self.uses))
        return [(measured, [*figure_jobs(found), *rival_jobs(self.rivals)]) for measured in setting.each]

    def sections(self, setting: Setting) -> list[Section]:
        """Make the summary, and a table for each technology and use."""
        tables = [
            partial(self._table, each, use, setting.formats) for each in reversed(setting.each) for use in self.uses
        ]
        return self.tables([partial(summary_section, setting.each, setting.formats, self.uses), *tables])

    def _table(self, measured: Measured, use: Use, formats: Sequence[Format]) -> Section:
        rivals = self.rivals if use is Use.MULTIPLIER else ()
        return in_technology(savings_section(measured, use, formats, rivals), measured)

    def pictures(self, setting: Setting) -> dict[str, Picture]:
        """Draw energy by part."""
        draw = partial(energy_picture, setting.main, setting.formats, self.uses)
        return {"energy": Picture("Energy a product, by where it goes", draw)}
