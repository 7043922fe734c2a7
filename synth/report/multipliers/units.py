"""Topic of the plain report: the cost of multipliers beside the exact one of their format."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import Any

from lmul.golden.formats import Format
from lmul.golden.methods import MethodKind
from lmul.golden.parameters import Policy
from lmul.reporting.report import unless_failed
from lmul.reporting.sections import Record, Section, area, decimals, plain, saving, significant_percent
from lmul.reporting.topic import Picture, Topic
from lmul.synth.measure.multipliers import VerilogFiles
from lmul.synth.measure.session import Measured, Plan
from lmul.synth.report.multipliers.comparison import Comparison, Row, compare, comparison_jobs, units
from lmul.synth.report.multipliers.notes import PARTS
from lmul.synth.report.multipliers.picture import picture
from lmul.synth.report.setting import Setting
from lmul.tools.failure import FAILED


@dataclass(frozen=True)
class Units(Topic[Setting]):
    """Topic: areas, delays and errors of L-Mul, corrected and exact multipliers, and the cost of each part."""

    def plan(self, setting: Setting) -> Plan:
        """List the jobs for costs and errors, and for the Verilog files."""
        compared = units(setting.formats)
        return [(setting.main, comparison_jobs(compared)), (setting.each[0], verilog_jobs(setting.formats))]

    def sections(self, setting: Setting) -> list[Section]:
        """Make the tables of units and of their parts."""
        found = _compared(setting)
        return [units_section(found), parts_section(found)]

    def pictures(self, setting: Setting) -> dict[str, Picture]:
        """Draw areas as shares of the exact unit's."""
        title = "Area of the units under the policy flush, as a share of the exact unit's"
        return {"": Picture(title, partial(picture, _compared(setting)))}

    def data(self, setting: Setting) -> dict[str, Any]:
        """Return cells by kind, and the cost of bare sums."""
        found = _compared(setting)
        return {
            "cells_by_kind": {row.parameters.name: row.cost.cells for row in found.rows},
            "bare_sums": {f.name: vars(cost) for f, cost in found.sums.items()},
        }


def verilog_jobs(formats: Sequence[Format]) -> list[VerilogFiles]:
    """List the jobs that write the Verilog of a comparison's units."""
    return [VerilogFiles(p, version("lmul")) for p in units(formats)]


def verilog_files(measured: Measured, formats: Sequence[Format]) -> dict[str, str]:
    """Look up the Verilog files and manifests of a comparison's units, by name."""
    return {name: text for job in verilog_jobs(formats) for name, text in measured[job].items()}


def cells_by_kind(setting: Setting) -> str:
    """List the cells of every unit, as Markdown."""
    return "\n".join(f"- `{row.parameters.name}`: {kinds(row)}" for row in _compared(setting).rows)


def csv_lines(setting: Setting) -> list[Record]:
    """List the rows of the CSV file: those of the table, with cells by kind."""
    return [{**_record(row), "cells_by_kind": kinds(row)} for row in _compared(setting).rows]


def kinds(row: Row) -> str:
    """Write a unit's cells by kind, such as `INV:3 NAND2:5`."""
    counts = unless_failed(_counts, row.cost.cells)
    return FAILED if counts is None else counts


def _counts(cells: Mapping[str, int]) -> str:
    return " ".join(f"{kind}:{count}" for kind, count in cells.items())


def units_section(found: Comparison) -> Section:
    """Make the table of units, one row each."""
    return Section(
        "units",
        "Multipliers",
        [_record(row) for row in found.rows],
        {
            "unit": ("unit", plain),
            "cells": ("cells", plain),
            "nand2_equivalents": ("NAND2 eq.", area),
            "transistors": ("transistors", plain),
            "area_um2": ("um2", area),
            "delay_ps": ("ps", decimals(0)),
            "depth": ("depth", plain),
            "area_saved": ("area saved", saving),
            "mean_relative_error": ("mean error", significant_percent(3)),
            "paper_gates": ("paper's gates", plain),
        },
        ("format",),
        outcomes=["area_saved_against"],
    )


def parts_of(found: Comparison, f: Format) -> dict[str, float]:
    """Compute what each part of the units of a format costs, in NAND2 equivalents: differences of whole units."""
    lmul = found.row(f, MethodKind.LMUL, Policy.FLUSH).cost.nand2
    raw = found.row(f, MethodKind.LMUL, Policy.RAW).cost.nand2
    bare = found.sums[f].nand2
    exact = found.row(f, MethodKind.EXACT, Policy.FLUSH).cost.nand2
    return {
        "bare sum": bare,
        "+ offset, sign": raw - bare,
        "+ zero, range": lmul - raw,
        "= lmul flush": lmul,
        "table over lmul": found.row(f, MethodKind.CORRECTED, Policy.FLUSH).cost.nand2 - lmul,
        "exact over lmul": exact - lmul,
        "ftz over lmul": found.row(f, MethodKind.LMUL, Policy.FTZ).cost.nand2 - lmul,
        "ieee over lmul": found.row(f, MethodKind.LMUL, Policy.IEEE).cost.nand2 - lmul,
        "ieee over exact": found.row(f, MethodKind.EXACT, Policy.IEEE).cost.nand2 - exact,
    }


def parts_section(found: Comparison) -> Section:
    """Make the table of parts, one row a format."""
    records: list[Record] = [{"format": f.name, **parts_of(found, f)} for f in found.sums]
    titles = [key for key in records[0] if key != "format"]
    return Section(
        "parts_in_nand2_equivalents",
        "What each part buys, in NAND2 equivalents",
        records,
        {"format": ("format", plain), **{title: (title, area) for title in titles}},
        (),
        [PARTS],
    )


def _compared(setting: Setting) -> Comparison:
    return compare(setting.main, units(setting.formats))


def _record(row: Row) -> Record:
    """Return the numbers of a row, unrounded; None where one does not exist."""
    p, cost = row.parameters, row.cost
    return {
        "unit": p.name,
        "format": p.format.name,
        "method": p.method.kind.value,
        "table_bits": p.method.table_bits,
        "policy": p.policy.value,
        "overflow": p.overflow,
        "cells": cost.cell_count,
        "nand2_equivalents": cost.nand2,
        "transistors": cost.transistors,
        "depth": cost.depth,
        "area_um2": cost.area_um2,
        "delay_ps": cost.delay_ps,
        "area_saved": row.saving,
        "area_saved_against": row.exact_name,
        "mean_relative_error": row.error,
        "paper_gates": row.paper_gates,
    }
