"""Topic: area, delay and energy of units before wires and placed, and what L-Mul saves by each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from lmul.golden.formats import BF16, E4M3, Format
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.hdl.arith.exact_products import Form
from lmul.reporting.sections import Record, Section
from lmul.reporting.topic import Picture, Topic
from lmul.synth.layout.files import purposes
from lmul.synth.layout.job import REPEATS, LayoutJob, placed
from lmul.synth.layout.picture import Drawn, placement_picture
from lmul.synth.layout.placement import FEW
from lmul.synth.layout.wiring import Wiring
from lmul.synth.measure.catalog import core, dot_parameters
from lmul.synth.measure.contenders import Use
from lmul.synth.measure.pieces import Piece
from lmul.synth.measure.session import Measured, Plan
from lmul.synth.opensta.run import MISSING
from lmul.synth.report.layout.entrants import USES, Placing, entrants
from lmul.synth.report.layout.tables import (
    TITLES,
    figures_section,
    largest_section,
    routed_section,
    savings_section,
)
from lmul.synth.report.setting import Setting
from lmul.tools.cache import keeping

TITLE = "Placed: what wires change"

NOTES = [
    "Netlists are those of the other reports: mapped for area, nothing resized or buffered after placement. Placed by"
    " coloquinte 0.4.1 in rows of sites, the first operand's pins on the left edge, the second's on the right, outputs"
    f" below. Figures are means of {REPEATS} placements of the same netlist in other orders of cells and nets; behind"
    " +- is their standard deviation.",
    f"The length of a net is half of the perimeter around its pins; of more than {FEW} that of their spanning tree. So"
    " is a clock's: there is no clock tree. A um has the same capacitance and resistance everywhere.",
    "Delay is OpenSTA's, with an inverter before each input and four inverters' load on each output, from the SPEF of"
    " these wires. Energy is of the toggles of the other reports; each net's wire is added to the pins that it drives.",
    "It is a placement, not a layout: no routing, no power grid, no design rules, no sign-off.",
]


def told(placings: Mapping[str, Placing]) -> dict[str, str]:
    """Write how units were placed, for the provenance of a report; by the names of libraries."""
    placing = next(iter(placings.values()))
    wires = {name: each.setup.wire for name, each in placings.items()}
    each = (f"{wire.capacitance:.3g} fF and {wire.resistance:.3g} ohm a um in {name}" for name, wire in wires.items())
    return {
        "placement": "coloquinte 0.4.1",
        "timing": f"OpenSTA {placing.sta}"
        if placing.sta
        else f"an estimate: ABC's, times what nets hold with wires over without, either side of OpenSTA's. {MISSING}",
        "wires": "; ".join(each),
        "utilisation": str(placing.setup.utilisation),
    }


@dataclass(frozen=True)
class Layouts(Topic[Setting]):
    """Topic: what placement and wires change, in the last technology of the report.

    Parameters
    ----------
    placing : Placing
        How units are placed.
    uses : sequence of Use
        Multipliers, dot products, multiply-accumulates.
    largest : bool
        Place the largest units, of e4m3, too.
    """

    placing: Placing
    uses: Sequence[Use] = tuple(USES)
    largest: bool = True

    def _formats(self, setting: Setting, use: Use) -> list[Format]:
        return setting.chosen(USES[use]) if use in self.uses else []

    def _largest(self, setting: Setting) -> list[LayoutJob]:
        return self.placing.largest if self.largest and E4M3 in setting.formats else []

    def plan(self, setting: Setting) -> Plan:
        """List the jobs that place all units."""
        found = [each for use in USES for each in entrants(use, self._formats(setting, use))]
        jobs = dict.fromkeys(job for each in found for job in self.placing.jobs(each))
        routing = self.placing.routing(self._formats(setting, Use.MULTIPLIER))
        return [(setting.main, [*jobs, *self._largest(setting), *routing])]

    def sections(self, setting: Setting) -> list[Section]:
        """Make tables of savings and of figures for each use, and one of the largest units."""
        known = setting.main, self.placing
        tables = [
            partial(make, *known, use, self._formats(setting, use))
            for make in (savings_section, figures_section)
            for use in self.uses
            if self._formats(setting, use)
        ]
        if self._formats(setting, Use.MULTIPLIER):
            tables.append(partial(routed_section, *known, self._formats(setting, Use.MULTIPLIER)))
        if largest := self._largest(setting):
            tables.append(partial(largest_section, setting.main, largest))
        return self.tables(tables)

    def pictures(self, setting: Setting) -> dict[str, Picture]:
        """Draw L-Mul beside exact, as multipliers of bf16 and as dot products of e4m3, where these are placed."""
        found = {}
        if BF16 in self._formats(setting, Use.MULTIPLIER):
            units = {"L-Mul bf16": (Parameters(BF16, Method.LMUL), Form.ARRAY)}
            units["exact bf16, a tree"] = (Parameters(BF16, Method.EXACT), Form.TREE)
            title = "L-Mul beside exact, bf16, at one scale: cells by what they are for"
            found["bf16"] = Picture(title, partial(self._picture, setting.main, units))
        if E4M3 in self._formats(setting, Use.DOT):
            kinds = {"L-Mul e4m3, 16 lanes": Method.LMUL, "exact e4m3, rounded, 16 lanes": Method.ROUNDED}
            cores = {name: (core(dot_parameters(E4M3, method)), Form.ARRAY) for name, method in kinds.items()}
            title = "Dot products of L-Mul and of exact e4m3 at one scale: cells by what they are for"
            found["dot"] = Picture(title, partial(self._picture, setting.main, cores))
        return found

    def _picture(self, measured: Measured, units: Mapping[str, tuple[Parameters | Piece, Form]], kind: str) -> bytes:
        setup, drawn = self.placing.setup, {}
        with keeping(measured.kept):
            for name, (unit, form) in units.items():
                netlist = LayoutJob(unit, setup, None, form).netlist(measured.technology)
                wiring = Wiring(netlist.module)
                drawn[name] = Drawn(placed(wiring, setup), purposes(unit, wiring))
        return placement_picture(drawn, kind)

    def data(self, setting: Setting) -> dict[str, Any]:
        """Return what a um of wire has and how delays were found, for programs."""
        wire = self.placing.setup.wire
        timing = "estimated without OpenSTA"
        if self.placing.sta:
            timing = f"by OpenSTA {self.placing.sta} from their SPEF"
        return {"wire": {"ff_um": wire.capacitance, "ohm_um": wire.resistance}, "timing": timing}

    def findings(self, setting: Setting) -> list[str]:
        """Say how far savings move, and what wires take of the energy."""
        records, rows = (
            [
                row
                for use in self.uses
                for row in make(setting.main, self.placing, use, self._formats(setting, use)).records
            ]
            for make in (savings_section, figures_section)
        )
        if not records or not rows:
            return []
        moved = {
            name: [(float(row[f"{key}_placed"] or 0) - float(row[f"{key}_before"] or 0), row) for row in records]
            for key, name in TITLES.items()
            if all(row[f"{key}_placed"] is not None for row in records)
        }
        ends = [
            f"{name} {_points(low[0])} ({_row(low[1])}) to {_points(high[0])} ({_row(high[1])})"
            for name, each in moved.items()
            for low, high in [(min(each, key=lambda pair: pair[0]), max(each, key=lambda pair: pair[0]))]
        ]
        shares = [float(row["share"] or 0) for row in rows]
        return [
            f"From before wires to placed, savings move by, in percentage points: {'; '.join(ends)}.",
            f"Wires take {100 * min(shares):.1f} to {100 * max(shares):.1f} % of the energy of a cycle.",
        ]


def _points(change: float) -> str:
    return f"{100 * change:+.1f}"


def _row(row: Record) -> str:
    return f"{row['method']} {row['format']}{'' if row['use'] == Use.MULTIPLIER.value else ' ' + str(row['use'])}"
