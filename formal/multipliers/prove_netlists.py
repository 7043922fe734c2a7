# amaranth: UnusedElaboratable=no
"""Equivalence proofs of the netlists that the report measures and the exported Verilog."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

from lmul.formal.multipliers.netlist_equivalence import SECONDS, Equality, ProductDifference, compared
from lmul.golden.parameters import Parameters
from lmul.hdl.export.verilog import export
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.style import Style
from lmul.synth.mapping.flow import Cost, map_module
from lmul.synth.technology.technology import Technology
from lmul.tools.files import scratch_folder


@dataclass(frozen=True)
class NetlistProof:
    """Result of the proof of a netlist.

    Parameters
    ----------
    name : str
        Name of the unit.
    cost : Cost
        Cost of the netlist, as in the report.
    equality : Equality
        Result for netlist and exported Verilog.
    control : ProductDifference or None
        Difference for the netlist with a wrong cell. None makes the proof void.
    seconds : float
        Time for export, mapping, reading back and proofs, with the control.
    """

    name: str
    cost: Cost
    equality: Equality
    control: ProductDifference | None
    seconds: float

    @property
    def outcome(self) -> str:
        """Return proved, refuted, simulated, or void if the control was not refuted."""
        if self.equality.holds is False:
            return "refuted"
        if self.control is None:
            return "void"
        return "proved" if self.equality.holds else "simulated"


def prove_netlist(
    parameters: Parameters, technology: Technology, modules: Mapping[str, str], seconds: float = SECONDS
) -> NetlistProof:
    """Export a combinational unit, map it as the report does, and prove the netlist equal to the export.

    Parameters
    ----------
    parameters : Parameters
        Parameters of the unit.
    technology : Technology
        Technology that it is mapped to.
    modules : mapping of str to str
        Modules of its cells, from `cell_modules`.
    seconds : float
        Time limit of the solver for each bit of the product.

    Raises
    ------
    ValueError, YosysError
        As `map_module`; or the file has no function for a cell.
    """
    start = time.monotonic()
    with scratch_folder() as folder:
        verilog = export(Multiplier(parameters, style=Style.GATES), folder).verilog.read_text()
    mapped = map_module(verilog, parameters.name, technology)
    cells = "".join(modules[cell] for cell in mapped.cost.cells if cell in modules)
    equality = compared(verilog, mapped.netlist, cells, parameters, seconds)
    control = _control(verilog, mapped.netlist, modules, cells, parameters, seconds)
    return NetlistProof(parameters.name, mapped.cost, equality, control, time.monotonic() - start)


def _control(
    verilog: str, netlist: str, modules: Mapping[str, str], cells: str, parameters: Parameters, seconds: float
) -> ProductDifference | None:
    """Refute the netlist with one cell wrong; return the operands that show it, or None.

    The outputs of a cell in the middle are inverted. No output may depend on a cell, so up to three are tried.
    """
    instances = [match for match in re.finditer(r"^  (\S+) \S+ \($", netlist, re.MULTILINE) if match[1] in modules]
    for share in (1 / 2, 1 / 4, 3 / 4):
        cell = instances[int(share * len(instances))]
        changed = f"{netlist[: cell.start(1)]}wrong_cell{netlist[cell.end(1) :]}"
        wrong = wrong_cell(modules[cell[1]], cell[1])
        equality = compared(verilog, changed, cells + wrong, parameters, seconds)
        if equality.difference:
            return equality.difference
    return None


def wrong_cell(module: str, name: str) -> str:
    """Write the module `wrong_cell`: a cell with its outputs inverted."""
    text = re.sub(rf"^module {re.escape(name)}\b", "module wrong_cell", module, count=1)
    for output in re.findall(r"^  output (\w+);$", module, re.MULTILINE):
        text = re.sub(rf"^  assign {output} = (.*);$", rf"  assign {output} = ~(\1);", text, flags=re.MULTILINE)
    return text
