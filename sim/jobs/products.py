"""Jobs and outcomes of the benches of multipliers, passed as files."""

import os
import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from cocotb.handle import HierarchyObject, ValueObjectBase
from numpy.typing import NDArray

from lmul.golden.codes import Codes
from lmul.golden.formats import Format
from lmul.golden.multiply import multiply
from lmul.golden.parameters import Parameters
from lmul.sim.verilog.unit_top import Group, lane_bits


@dataclass(frozen=True)
class Work:
    """Units that get the same operands.

    Attributes
    ----------
    group : Group
        Their names in the design.
    parameters : tuple of Parameters
        Parameters of each unit.
    x, y : Codes
        Operands, one-dimensional, of one length, each of its own width.
    """

    group: Group
    parameters: tuple[Parameters, ...]
    x: Codes
    y: Codes


@dataclass(frozen=True)
class Checked:
    """Result of the comparison of one unit with the golden model.

    Attributes
    ----------
    name : str
        The unit.
    products : int
        Products compared.
    mismatches : int
        Sums or products that differ in any bit.
    complaint : str
        First mismatch or broken stream rule; empty if there is none.
    codes : Codes
        All products, in the order of their operands.
    seconds : float
        Time that their simulation took.
    """

    name: str
    products: int
    mismatches: int
    complaint: str
    codes: Codes
    seconds: float

    @property
    def passed(self) -> bool:
        """Tell whether there is no complaint."""
        return not self.complaint


def compare(
    name: str, parameters: Parameters, x: Codes, y: Codes, products: NDArray[np.unsignedinteger], seconds: float
) -> Checked:
    """Compare a unit's products with the golden model's."""
    expected = multiply(parameters, x, y)
    wrong = np.flatnonzero(products != expected)
    complaint = ""
    if wrong.size:
        first = wrong[0]
        a, b = hexadecimal(parameters.format, x[first]), hexadecimal(parameters.y_format, y[first])
        got, want = (hexadecimal(parameters.result, codes[first]) for codes in (products, expected))
        complaint = f"x {a}, y {b}: expected {want}, got {got}"
    return Checked(name, len(x), int(wrong.size), complaint, products.astype(np.uint32), seconds)


def hexadecimal(f: Format, code: int | np.unsignedinteger) -> str:
    """Format a code with all hexadecimal digits of its format."""
    return f"0x{int(code):0{-(-f.width // 4)}x}"


def lane_type(width: int) -> np.dtype[np.unsignedinteger]:
    """Return the NumPy type of a lane that holds a code of `width` bits, little-endian."""
    return np.dtype(f"<u{lane_bits(width) // 8}")


def port(dut: HierarchyObject, name: str) -> ValueObjectBase[Any, Any]:
    """Return a signal of the top module, to write and to read."""
    handle = dut[name]
    if not isinstance(handle, ValueObjectBase):
        raise TypeError(f"{name} must be a signal, not {handle!r}")
    return handle


def write_job(folder: Path, work: Sequence[Work]) -> Path:
    """Write the job for a bench; return the path for LMUL_JOB."""
    job = folder / "job.pickle"
    job.write_bytes(pickle.dumps(list(work)))
    return job


def read_job() -> list[Work]:
    """Read the job of this process, a simulator."""
    work: list[Work] = pickle.loads(Path(os.environ["LMUL_JOB"]).read_bytes())
    return work


def write_outcome(outcome: Sequence[Checked]) -> None:
    """Write the outcome."""
    Path(os.environ["LMUL_JOB"]).with_name("outcome.pickle").write_bytes(pickle.dumps(list(outcome)))


def read_outcome(folder: Path) -> list[Checked]:
    """Read the outcome of the job in `folder`."""
    outcome: list[Checked] = pickle.loads((folder / "outcome.pickle").read_bytes())
    return outcome
