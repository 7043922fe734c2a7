"""Reading of liberty files, plain or gzip, with a trial mapping of a NAND and a flip-flop."""

import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Mapping, Sequence
from itertools import takewhile
from pathlib import Path

from lmul.synth.energy.circuit import Circuit
from lmul.synth.mapping.choose_registers import Choice, choose_registers
from lmul.synth.mapping.flow import map_module, synthesise
from lmul.synth.technology.drive_and_load import is_inverter, surroundings
from lmul.synth.technology.liberty_cells import Cell, cells_of, read_library
from lmul.synth.technology.liberty_merge import merged
from lmul.synth.technology.liberty_syntax import Group, check_tables, read_groups
from lmul.synth.technology.liberty_units import voltage_of
from lmul.synth.technology.technology import GENERIC, Technology, liberty_technology, not_for_logic
from lmul.tools.files import check_regular
from lmul.tools.process import LimitError, ToolError

_NAND2 = "module nand2 (input a, b, output y); assign y = ~(a & b); endmodule\n"
_GZIP = b"\x1f\x8b"
_LARGEST = 1 << 30  # ten times the largest library seen


def open_liberty(*paths: Path, energies: bool = False) -> Technology:
    """Open liberty files, each of which may be compressed with gzip, as one technology.

    All cells are read, so that what is wrong with one is said now. The area of the 2-input NAND is found by mapping one
    with the common flow, so that names of cells do not matter. A library without a flip-flop serves for units without
    registers.

    Parameters
    ----------
    paths : Path
        Files; of several, units and templates must agree, and each has cells of its own.
    energies : bool
        Refuse a library that energies and delays cannot be computed with.

    Raises
    ------
    OSError
        A file cannot be read.
    ValueError
        A file is not a liberty file, or a cell cannot be understood, or no NAND can be built, or the NAND has no area.
    """
    sources = [_read(path) for path in paths]
    library = merged([_parsed(path, source) for path, source in zip(paths, sources, strict=True)])
    name, shown = _name([path.name for path in paths]), " + ".join(map(str, paths))
    sha256 = hashlib.sha256(b"".join(sources)).hexdigest()
    cells = {name: cell for name, cell in cells_of(library).items() if name not in not_for_logic(library)}
    for cell in cells.values():
        if not cell.excluded:
            cell.check()
    if energies:
        voltage_of(library)
    draft = liberty_technology(name, sha256, library, registers=False, nand2_area=1.0)
    nand2 = _nand2_area(shown, draft, library, cells)
    chosen = choose_registers(lambda dear: liberty_technology(name, sha256, library, True, nand2, dear), cells)
    technology = liberty_technology(name, sha256, library, chosen is not None, nand2, chosen.dear if chosen else ())
    if energies:
        surroundings(technology)
        if chosen:
            _check_registers(shown, chosen, technology)
    return technology


def functions_of(*paths: Path) -> Technology:
    """Read liberty files for the functions of their cells, without a trial mapping; other data may be missing.

    Raises
    ------
    OSError, ValueError
        As `open_liberty`, but for what only mapping needs.
    """
    sources = [_read(path) for path in paths]
    library = merged([_parsed(path, source) for path, source in zip(paths, sources, strict=True)])
    sha256 = hashlib.sha256(b"".join(sources)).hexdigest()
    return liberty_technology(_name([path.name for path in paths]), sha256, library, registers=False, nand2_area=1.0)


def _name(names: Sequence[str]) -> str:
    """Name a library: by its file, or by what the names of its files begin with, or by all of them."""
    common = "".join(each[0] for each in takewhile(lambda each: len(set(each)) == 1, zip(*names, strict=False)))
    common = common.rstrip("_-.")
    return names[0] if len(names) == 1 else common if len(common) > 2 else "+".join(names)


def _read(path: Path) -> bytes:
    with check_regular(path).open("rb") as file:
        return _up_to_largest(path, file)


def _unpacked(path: Path, source: bytes) -> bytes:
    if not source.startswith(_GZIP):
        return source
    try:
        with gzip.open(io.BytesIO(source)) as file:
            return _up_to_largest(path, file)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path} must be a whole gzip file, but is damaged: {error}") from None


def _up_to_largest(path: Path, file: io.BufferedReader | gzip.GzipFile) -> bytes:
    content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise ValueError(f"{path} must be a liberty file of at most {_LARGEST >> 20} MiB, unpacked")
    return content


def _parsed(path: Path, source: bytes) -> Group:
    text = _unpacked(path, source)
    bare = re.sub(rb'"[^"]*"|/\*.*?\*/|//[^\n]*', b"", text, flags=re.DOTALL)
    if not bare.strip():
        raise ValueError(f"{path} must be a liberty file, but is empty")
    if not re.match(rb"\s*library\s*\(", bare):
        start = repr(bare.split(maxsplit=1)[0][:12])[1:]
        raise ValueError(
            f"{path} must be a liberty file, plain or gzip, which begins with `library (NAME) {{`, not with {start}"
        )
    library = read_groups(text.decode(errors="replace"), str(path))
    if not any(library.all("cell")):
        raise ValueError(f"{path} must be a liberty file with cells, of which it has none")
    return library


def _nand2_area(shown: str, draft: Technology, library: Group, cells: Mapping[str, Cell]) -> float:
    try:
        area = map_module(_NAND2, "nand2", draft).cost.area_um2
    except LimitError:  # it says nothing of the library
        raise
    except (ToolError, ValueError) as error:
        synthesise(_NAND2, "nand2", GENERIC)  # which fails too where the library is not to blame
        check_tables(library)
        raise ValueError(f"{shown} must {_needed(cells, error)}") from None
    if not area:
        raise ValueError(f"{shown} must give its cells an area")
    return area


def _check_registers(shown: str, chosen: Choice, technology: Technology) -> None:
    try:
        Circuit(chosen.mapped.module, read_library(technology))
    except ValueError as error:
        raise ValueError(f"{shown} must have flip-flops that can be simulated: {error}") from None


def _needed(cells: Mapping[str, Cell], error: Exception) -> str:
    """Say what a library must have, for which no NAND can be mapped to its cells."""
    gates = [cell for cell in cells.values() if not cell.excluded and not cell.state and _inputs(cell)]
    if not any(is_inverter(cell) for cell in gates):
        return f"have an inverter, which none of its {len(cells)} cells is"
    if all(_inputs(cell) < 2 for cell in gates):
        return f"have gates of two inputs, such as a NAND, beside its {len(gates)} inverters and buffers"
    return f"be a library that Yosys and ABC can map a 2-input NAND to: {error}"


def _inputs(cell: Cell) -> int:
    """Count the inputs of a cell that has a function."""
    pins = cell.pins.values()
    return sum(pin.direction == "input" for pin in pins) if any(pin.function for pin in pins) else 0
