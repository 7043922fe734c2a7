"""Topic of the plain report: what both styles of the same multipliers cost through the area flow."""

from collections.abc import Sequence
from dataclasses import dataclass

from lmul.golden.formats import Format
from lmul.golden.parameters import Parameters, Policy
from lmul.hdl.style import Style
from lmul.reporting.sections import Record, Section, area, decimals, plain, saving
from lmul.reporting.topic import Topic
from lmul.synth.measure.multipliers import UnitCost
from lmul.synth.measure.session import Plan
from lmul.synth.report.multipliers.comparison import units
from lmul.synth.report.setting import Setting


@dataclass(frozen=True)
class Styles(Topic[Setting]):
    """Topic: areas and delays of both styles, for the units of the report with the policy flush."""

    def plan(self, setting: Setting) -> Plan:
        """List the costs of both styles."""
        return [(setting.main, [UnitCost(p, style=style) for p in compared(setting.formats) for style in _STYLES])]

    def sections(self, setting: Setting) -> list[Section]:
        """Make the table of both styles."""
        keys = [(f"{style}_{figure}", f"{style} {title}") for figure, title in _TITLES.items() for style in _STYLES]
        shown = {"nand2_equivalents": area, "delay_ps": decimals(0), "depth": plain}
        columns = {key: (title, shown[key.partition("_")[2]]) for key, title in keys}
        return [
            Section(
                "styles",
                "Both styles of the same multipliers, by the area flow",
                [_record(setting, p) for p in compared(setting.formats)],
                {"unit": ("unit", plain), **columns, "rtl_larger": ("rtl larger", saving)},
                ("format",),
                [_NOTE],
            )
        ]


_STYLES = (Style.GATES, Style.RTL)
_TITLES = {"nand2_equivalents": "NAND2 eq.", "delay_ps": "ps", "depth": "depth"}
_NOTE = (
    "`lmul verilog` writes the style rtl unless `--style gates` is given: operators such as + and *, which the"
    " synthesiser builds as it likes, in place of gates and full adders. All other tables of areas and energies are of"
    " gates; tables of FPGAs and of delay targets, in `lmul report --full`, take the better style of each unit and name"
    " it."
)


def compared(formats: Sequence[Format]) -> list[Parameters]:
    """List the units that are compared."""
    return [p for p in units(formats) if p.policy is Policy.FLUSH]


def _record(setting: Setting, p: Parameters) -> Record:
    costs = {style: setting.main[UnitCost(p, style=style)] for style in _STYLES}
    record: Record = {"unit": p.name, "format": p.format.name}
    for style, cost in costs.items():
        record |= {
            f"{style}_nand2_equivalents": cost.nand2,
            f"{style}_delay_ps": cost.delay_ps,
            f"{style}_depth": cost.depth,
        }
    return {**record, "rtl_larger": costs[Style.RTL].nand2 / costs[Style.GATES].nand2 - 1}
