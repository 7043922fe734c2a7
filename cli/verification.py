# amaranth: UnusedElaboratable=no
"""Topic that simulates the Verilog of a report's multipliers."""

import hashlib
from dataclasses import dataclass
from typing import Any

from lmul.golden.parameters import Parameters
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.style import Style
from lmul.reporting.sections import Section
from lmul.reporting.topic import Topic
from lmul.sim.multiplier import verify_all
from lmul.sim.verilator import SimulationError
from lmul.synth.measure.session import Plan
from lmul.synth.report.multipliers.comparison import units
from lmul.synth.report.multipliers.units import verilog_files, verilog_jobs
from lmul.synth.report.setting import Setting
from lmul.synth.technology.technology import Technology
from lmul.tools.files import scratch_folder

NOT_VERIFIED = "the units were not simulated"


@dataclass(frozen=True)
class Verified:
    """Job: comparison of all products of multipliers' Verilog with the golden model's.

    Parameters
    ----------
    units : tuple of Parameters
        Parameters of the multipliers.
    verilog : tuple of str
        SHA-256 of the Verilog text of each, which is what counts as verified.
    simulator : str
        Name and version of the simulator.
    """

    units: tuple[Parameters, ...]
    verilog: tuple[str, ...]
    simulator: str

    ends_all = True  # numbers of units that do not compute what they should are worth nothing
    code_packages = ("lmul.golden", "lmul.hdl", "lmul.sim")  # benches are found by their names

    @property
    def effort(self) -> float:
        """Estimate how long it takes, in the unit of `Job.effort`."""
        return 3000

    def run(self, technology: Technology) -> dict[str, int]:
        """Simulate them, and count the products of each; the technology plays no part.

        Raises
        ------
        SimulationError
            A product differs, or what was simulated is not that Verilog.
        """
        with scratch_folder() as folder:
            checked = verify_all([Multiplier(p, style=Style.GATES) for p in self.units], folder)
            texts = [(folder / "verilog" / f"{p.name}.v").read_bytes() for p in self.units]
        for unit, text, expected in zip(checked, texts, self.verilog, strict=True):
            if unit.mismatches:
                raise SimulationError(
                    f"{unit.name}: {unit.mismatches} of {unit.products} products differ from the golden model's"
                )
            if hashlib.sha256(text).hexdigest() != expected:
                raise SimulationError(f"{unit.name}: the Verilog that was simulated is not that of the report")
        return {unit.name: unit.products for unit in checked}


@dataclass(frozen=True)
class Verification(Topic[Setting]):
    """Topic: simulation of the multipliers of a report.

    Parameters
    ----------
    simulator : str
        Name and version, from `sim.verilator.simulator`.
    """

    simulator: str

    def plan(self, setting: Setting) -> Plan:
        """List the Verilog files and, once they are known, the one simulation."""
        files = verilog_jobs(setting.formats)
        known = all(job in setting.each[0] for job in files)
        return [(setting.each[0], [*files, *([self._job(setting)] if known else [])])]

    def sections(self, setting: Setting) -> list[Section]:
        """Make no table."""
        return []

    def data(self, setting: Setting) -> dict[str, Any]:
        """Return the number of products compared, by unit; none differs."""
        return {"products_verified": setting.each[0][self._job(setting)]}

    def sentence(self, setting: Setting) -> str:
        """Say how many products were compared."""
        products = sum(setting.each[0][self._job(setting)].values())
        return f"{products:,} products of the Verilog equal the golden model's, 0 differ"

    def _job(self, setting: Setting) -> Verified:
        compared = tuple(units(setting.formats))
        files = verilog_files(setting.each[0], setting.formats)
        digests = tuple(hashlib.sha256(files[f"{p.name}.v"].encode()).hexdigest() for p in compared)
        return Verified(compared, digests, self.simulator)
