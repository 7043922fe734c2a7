"""Reading of liberty files, plain or gzip, with a trial mapping of a NAND and a flip-flop."""

import gzip
import io
import re
import zlib
from pathlib import Path

from lmul.synth.mapping.flow import synthesise
from lmul.synth.technology.technology import GENERIC, Technology, liberty_technology
from lmul.tools.files import check_regular
from lmul.tools.yosys import YosysError

_NAND2 = "module nand2 (input a, b, output y); assign y = ~(a & b); endmodule\n"
_REGISTER = "module register (input clk, d, output reg q); always @(posedge clk) q <= d; endmodule\n"
_GZIP = b"\x1f\x8b"
_LARGEST = 1 << 30  # ten times the largest library seen


def open_liberty(path: Path) -> Technology:
    """Open a liberty file, which may be compressed with gzip, as a technology.

    The area of its 2-input NAND is found by mapping one with the common flow, so that names of cells do not matter. A
    library without a flip-flop serves for units without registers.

    Raises
    ------
    OSError
        The file cannot be read.
    ValueError
        The file is not a liberty file, or no NAND can be built with it, or the NAND has no area.
    """
    source = _read(path)
    text = _unpacked(path, source)
    draft = liberty_technology(path.name, source, text, registers=False, nand2_area=1.0)
    try:
        nand2 = synthesise(_NAND2, "nand2", draft).area_um2
    except (YosysError, ValueError):
        synthesise(_NAND2, "nand2", GENERIC)  # which fails too where the library is not to blame
        # ABC crashes on most such files: the message has to be ours.
        raise ValueError(f"{path} must be a liberty file{_fault(text)}") from None
    if not nand2:
        raise ValueError(f"{path} must give its cells an area")
    registers = _has_register(liberty_technology(path.name, source, text, registers=True, nand2_area=nand2))
    return liberty_technology(path.name, source, text, registers, nand2)


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


def _fault(text: bytes) -> str:
    """Explain why the flow cannot use a text, to continue `must be a liberty file`."""
    bare = re.sub(rb'"[^"]*"|/\*.*?\*/', b"", text, flags=re.DOTALL)
    if not bare.strip():
        return ", but is empty"
    if not re.match(rb"\s*library\s*\(", bare):
        start = repr(bare.split(maxsplit=1)[0][:12])[1:]
        return f", plain or gzip, which begins with `library (NAME) {{`, not with {start}"
    cells = len(re.findall(rb"\bcell\s*\(", bare))
    if not cells:
        return " with cells, of which it has none"
    if unclosed := bare.count(b"{") - bare.count(b"}"):
        return f", but is damaged: its braces do not match, {abs(unclosed)} are {'open' if unclosed > 0 else 'extra'}"
    return f" with inverters, buffers and NAND or NOR gates: its {cells} cells do not make a 2-input NAND"


def _has_register(technology: Technology) -> bool:
    try:
        synthesise(_REGISTER, "register", technology)
    except (YosysError, ValueError):
        return False
    return True
