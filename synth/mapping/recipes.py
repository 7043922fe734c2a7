# amaranth: UnusedElaboratable=no
"""Recipes for Yosys and ABC that trade area for delay, the same for every contender.

A unit is read in several descriptions, since no tool can speed up its own carry chains much. Each goes through several
scripts with several targets. The best of all counts, at each area and delay.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lmul.golden.parameters import Parameters
from lmul.hdl.export.verilog import verilog
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.style import Style
from lmul.synth.technology.drive_and_load import surroundings
from lmul.synth.technology.technology import LOGIC_SCRIPT, Technology
from lmul.tools.files import scratch_folder
from lmul.tools.yosys import YosysError, run_yosys


class Description(StrEnum):
    """Style of the exported file that the synthesiser reads, and architecture of its operators."""

    GATES = "gates"
    RTL = "rtl"  # + and * as Yosys builds them: a tree of carry-save adders, Brent-Kung carries
    BOOTH = "rtl, Booth"  # the same, Booth's recoding and Kogge-Stone carries


_SIMPLE = "strash;ifraig;scorr;dc2"
_MAP = "dch;map,-B,0.9,-D,{target};topo"
_AMAP = "dch,-f;amap;topo"
SCRIPTS = {
    "amap": LOGIC_SCRIPT.removeprefix("+"),
    "map": f"{_SIMPLE};dch,-f;map,-B,0.9,-D,{{target}};topo",
    "if -g": f"{_SIMPLE};strash;if,-g;strash;{_MAP}",
    "if -g twice": f"{_SIMPLE};strash;if,-g,-K,6;strash;if,-g,-K,6;strash;{_MAP}",
    "if -g amap": f"{_SIMPLE};strash;if,-g;strash;{_AMAP}",
    "if -m amap": f"strash;ifraig;scorr;st;if,-K,6,-m,-g;st;{_AMAP}",
    "if -m": f"strash;ifraig;scorr;st;if,-K,6,-m,-g;st;{_MAP}",
    "syn2": f"strash;ifraig;scorr;&get,-n;&syn2;&put;{_MAP}",
}
"""ABC's commands up to mapped gates. The first is the flow of all other tables, for area; `if -g` balances the logic by
sums of products, `&syn2` restructures it; `map` covers it with gates for the target, in ps."""

_SIZING = ";buffer,-c;upsize,-D,{target};dnsize,-D,{target}"
SHARES = (0.0, 0.3, 0.45, 0.6, 0.8, 2.5)
"""Targets, as shares of the delay of the area flow's netlist: 0 is as fast as it goes, 2.5 leaves time to spare."""


Plan = Sequence[tuple[str, float | None]]
"""Scripts, each with a target in ps or without any."""


@dataclass(frozen=True)
class Point:
    """Netlist of a unit: area in um2, delay in ps, its target, and its recipe."""

    area_um2: float
    delay_ps: float
    target_ps: float | None
    description: str
    script: str

    @property
    def recipe(self) -> str:
        """Name the recipe: description and script, and whether gates were sized."""
        sized = "" if self.target_ps is None else ", sized"
        return f"{self.description}: {self.script}{sized}"


@dataclass(frozen=True)
class Sweep:
    """Job: all points of a unit in one description.

    Parameters
    ----------
    unit : Parameters
        The policy flush, one format.
    description : Description
        Text that is read.
    """

    unit: Parameters
    description: Description

    @property
    def effort(self) -> float:
        """Estimate the run time. An exact multiplier grows with the square of its mantissa."""
        bits = self.unit.format.mantissa_bits
        return 300 + 40 * bits ** (2 if self.unit.method.is_exact else 1)

    def run(self, technology: Technology) -> list[Point]:
        """Map for area, then by all scripts for all targets."""
        first = trials(self.unit, self.description, technology, [("amap", None)])[0]
        targets = [max(1.0, round(share * first.delay_ps)) for share in SHARES]
        plans = [[(script, target) for target in targets] for script in SCRIPTS]
        try:
            return [first, *trials(self.unit, self.description, technology, [each for plan in plans for each in plan])]
        except YosysError:  # ABC aborts in `map` on some small libraries: then without the scripts that it aborts in
            return [first, *(point for plan in plans for point in self._attempted(technology, plan))]

    def _attempted(self, technology: Technology, plan: Plan) -> list[Point]:
        try:
            return trials(self.unit, self.description, technology, plan)
        except YosysError:
            return []


def trials(unit: Parameters, description: Description, technology: Technology, plan: Plan) -> list[Point]:
    """Map a unit by scripts for targets in ps, or None; gates are sized only for a target.

    Raises
    ------
    ValueError
        As `surroundings`.
    YosysError
        A tool fails.
    """
    return mapped(unit, description, technology, plan)[0]


def mapped(
    unit: Parameters, description: Description, technology: Technology, plan: Plan
) -> tuple[list[Point], dict[str, Any]]:
    """Map as `trials` does; return also the last netlist, as the module's object in Yosys' JSON."""
    script = "+strash;backup" + "".join(f";restore;{_commands(*trial)};stime" for trial in plan)
    commands, verilog_text = front_end(unit, description)
    files = {"unit.v": verilog_text, "around.txt": surroundings(technology).constraints}
    with scratch_folder() as folder:
        for file, content in {**technology.files, **files}.items():
            (folder / file).write_bytes(content.encode() if isinstance(content, str) else content)
        mapping = f"abc -liberty cells.lib{technology.unused} -constr around.txt -script {script}"
        end = ["opt_clean -purge", *technology.read_cells, "write_json netlist.json"]
        log = run_yosys(["read_verilog unit.v", *commands, "libcache -scl -disable", mapping, *end], folder)
        modules: dict[str, Any] = json.loads((folder / "netlist.json").read_text())["modules"]
    found = re.findall(r"^ABC: .*\bArea = *([\d.]+) .*\bDelay = *([\d.]+) ps", log, re.MULTILINE)
    if len(found) != len(plan):
        raise YosysError(f"Yosys stopped: ABC printed {len(found)} delays of {len(plan)}")
    points = [
        Point(float(area), float(delay), target, description, name)
        for (area, delay), (name, target) in zip(found, plan, strict=True)
    ]
    return points, next(module for module in modules.values() if "top" in module["attributes"])


def _commands(script: str, target: float | None) -> str:
    text = SCRIPTS[script] + ("" if target is None else _SIZING)
    return text.format(target=f"{target or 1:.0f}")


def front_end(unit: Parameters, description: Description) -> tuple[list[str], str]:
    """Return the Yosys commands from a Verilog text to generic gates, and the text."""
    component = Multiplier(unit, style=Style.GATES if description is Description.GATES else Style.RTL)
    if description is not Description.BOOTH:
        return [f"synth -flatten -top {component.name}"], verilog(component)
    synth = f"synth -flatten -booth -top {component.name} -run"
    return [f"{synth} :fine", "techmap -map +/choices/kogge-stone.v", f"{synth} fine:"], verilog(component)


def envelope(points: list[Point]) -> list[Point]:
    """Keep the points that no other point beats in area and delay, from the smallest to the fastest."""
    kept: list[Point] = []
    for point in sorted(points, key=lambda point: (point.area_um2, point.delay_ps)):
        if not kept or point.delay_ps < kept[-1].delay_ps:
            kept.append(point)
    return kept
