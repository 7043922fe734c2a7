"""Routing by qrouter, if installed: what wires come to, as a check of their estimated lengths."""

import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lmul.hdl.arith.exact_products import Form
from lmul.synth.layout.def_text import def_text
from lmul.synth.layout.faults import Faults, faults
from lmul.synth.layout.job import LayoutJob, Setup, placed
from lmul.synth.layout.lef import DBU
from lmul.synth.layout.placement import Placement
from lmul.synth.layout.routed_def import routed_pieces
from lmul.synth.layout.wiring import Wiring
from lmul.synth.measure.energy_jobs import Contender
from lmul.synth.technology.technology import Technology
from lmul.tools.files import scratch_folder
from lmul.tools.process import LimitError, run_tool, tool_environment

MISSING = "qrouter is not installed: there is none on PATH. To have its figures here: apt-get install qrouter (Debian)."
"""Note of a report without qrouter."""

LAYERS = 6
"""Routing layers that it may use."""

_SECONDS = 120.0  # of a unit; it goes on trying


@dataclass(frozen=True)
class Routed:
    """Routed unit.

    Parameters
    ----------
    nets, failed : int
        Nets to route, and those that are left.
    um, estimate : float
        Length of all routed wires, and the estimate of the same nets.
    vias : int
        Vias of routed nets.
    faults : Faults
        Opens, shorts and the like.
    seconds : float
        Time that it took.
    trouble : str
        Why there is nothing else; empty if it went well.
    """

    nets: int
    failed: int
    um: float
    estimate: float
    vias: int
    faults: Faults
    seconds: float
    trouble: str = ""


@dataclass(frozen=True)
class RoutingJob:
    """Job: route the first placement of a unit; the parameters are those of `LayoutJob` and qrouter's version."""

    contender: Contender
    setup: Setup
    version: str
    form: Form = Form.ARRAY

    @property
    def effort(self) -> float:
        """Estimate how long it takes, in the unit of `Job.effort`."""
        return 500

    def run(self, technology: Technology) -> Routed:
        """Map, place, and route."""
        netlist = LayoutJob(self.contender, self.setup, None, self.form).netlist(technology)
        return routed(placed(Wiring(netlist.module), self.setup))


def qrouter_version() -> str | None:
    """Return the version of qrouter on PATH; None if there is none."""
    program = shutil.which("qrouter", path=tool_environment()["PATH"])
    return None if program is None else _version_of(program)


@cache
def _version_of(program: str) -> str | None:
    _, printed = run_tool([program, "-nog", "-v", "0", "-h"], Path(), tool_environment(), given="quit\n", seconds=20)
    version = re.search(r"version (\d[\w.]*)", printed)
    return version[1] if version else "unknown"


def routed(placement: Placement) -> Routed:
    """Route a placement. A crash is an outcome, too: it says so in `trouble`."""
    lef, nets = placement.lef, placement.wiring.wires
    start = time.monotonic()
    with scratch_folder() as folder:
        names = [f"{place}.lef" for place in range(len(lef.texts))]
        for name, text in zip(names, lef.texts, strict=True):
            (folder / name).write_text(text)
        (folder / "unit.def").write_text(def_text(placement, "unit"))
        layers = min(LAYERS, len(lef.layers))
        script = [*(f"read_lef {name}" for name in names), f"layers {layers}", "read_def unit.def", "stage1", "stage2"]
        script += ["write_def routed.def", 'puts "failing [failing summary]"', "quit"]
        (folder / "script.tcl").write_text("\n".join(script) + "\n")
        command = ["qrouter", "-nog", "-s", "script.tcl"]
        try:
            status, printed = run_tool(command, folder, tool_environment(), given="quit\n", seconds=_SECONDS)
        except LimitError as error:
            return _nothing(len(nets), time.monotonic() - start, str(error))
        seconds = time.monotonic() - start
        failing = re.search(r"^failing (\d+) \d+", printed, re.MULTILINE)
        written = folder / "routed.def"
        if status or not failing or not written.exists():
            reason = f"it ended with status {status}" if status else "it wrote no routes"
            return _nothing(len(nets), seconds, reason)
        text = written.read_text()
    found = dict(routes(text))
    known = {net.name: placement.length(net) for net in nets}
    estimate = sum(known[name] for name in found)
    um, vias = (sum(each) for each in zip(*found.values(), strict=True)) if found else (0.0, 0)
    return Routed(len(nets), int(failing[1]), um, estimate, int(vias), faults(placement, text), seconds)


def _nothing(nets: int, seconds: float, trouble: str) -> Routed:
    return Routed(nets, nets, 0.0, 0.0, 0, Faults(0, 0, 0, 0), seconds, trouble)


def routes(text: str) -> Iterator[tuple[str, tuple[float, int]]]:
    """Yield name, length in um and vias of each routed net of a DEF."""
    for name, pieces in routed_pieces(text):
        yield name, (sum(piece.length for piece in pieces) / DBU, sum(bool(piece.via) for piece in pieces))


def routing_line(placement: Placement, version: str | None) -> str:
    """Route a placement, and say in a line what came of it."""
    if version is None:
        return MISSING
    found = routed(placement)
    if found.trouble:
        return f"qrouter {version} did not route it: {found.trouble}"
    ratio = f", {found.um / found.estimate:.3f} times the estimate" if found.estimate else ""
    seen = found.faults
    return (
        f"qrouter {version}: {found.nets} nets, {found.failed} failed, {found.um:.0f} um{ratio}, {found.vias} vias,"
        f" {found.seconds:.1f} s; counted, no sign-off: {seen.opens} opens, {seen.shorts} shorts, {seen.spacing} too"
        f" near, {seen.width} too narrow"
    )
