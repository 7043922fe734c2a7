"""Liberty files: opened, unpacked, and tried out on the two cells that everything needs."""

import gzip
import zlib
from pathlib import Path

from lmul.hdl.yosys import YosysError
from lmul.synth.flow import synthesise
from lmul.synth.technology import Technology, liberty_technology

_NAND2 = "module nand2 (input a, b, output y); assign y = ~(a & b); endmodule\n"
_REGISTER = "module register (input clk, d, output reg q); always @(posedge clk) q <= d; endmodule\n"
_GZIP = b"\x1f\x8b"


def open_liberty(path: Path) -> Technology:
    """The cells of a liberty file, which may be compressed with gzip.

    What its 2-input NAND measures is found by mapping one with the flow of all units, so that nothing depends on
    how a library names its cells. A library without a flip-flop serves for units without registers.

    Raises
    ------
    OSError
        The file cannot be read.
    ValueError
        It is not a liberty file, or one in which no NAND can be built or has no area.
    """
    source = path.read_bytes()
    text = _unpacked(path, source)
    draft = liberty_technology(path.name, source, text, registers=False, nand2_area=1.0)
    try:
        nand2 = synthesise(_NAND2, "nand2", draft).area_um2
    except (YosysError, ValueError):
        # ABC crashes on most such files, and needs a buffer for timing: the message has to be ours.
        raise ValueError(f"{path} must be a liberty file with inverters, buffers and NAND or NOR gates") from None
    if not nand2:
        raise ValueError(f"{path} must give its cells an area")
    registers = _has_register(liberty_technology(path.name, source, text, registers=True, nand2_area=nand2))
    return liberty_technology(path.name, source, text, registers, nand2)


def _has_register(technology: Technology) -> bool:
    try:
        synthesise(_REGISTER, "register", technology)
    except (YosysError, ValueError):
        return False
    return True


def _unpacked(path: Path, source: bytes) -> bytes:
    if not source.startswith(_GZIP):
        return source
    try:
        return gzip.decompress(source)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path} must be a liberty file, plain or gzip: {error}") from None
