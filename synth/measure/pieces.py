# amaranth: UnusedElaboratable=no
"""Modules that a report of arrays measures one by one, each through the flow of all units."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from lmul.golden.accumulators import DEPTH, DotParameters
from lmul.hdl.arith.exact_products import Form
from lmul.hdl.arith.stored_operand import Stored
from lmul.hdl.array.element import OutputStationary, WeightStationary
from lmul.hdl.array.rounder import Rounder
from lmul.hdl.array.skew import Skew
from lmul.hdl.array.systolic import Dataflow, SystolicArray
from lmul.hdl.dot.converter import converter
from lmul.hdl.dot.products import product_parts
from lmul.hdl.export.verilog import verilog
from lmul.hdl.hierarchy import Part
from lmul.hdl.style import Style
from lmul.synth.mapping.flow import Mapped, map_module
from lmul.synth.measure.cores import Bit, DotCore, DotCores, ElementCore, Loader, Product, Words
from lmul.synth.technology.technology import Technology
from lmul.tools.cache import remembered
from lmul.tools.files import scratch_folder
from lmul.tools.session import NoContext
from lmul.tools.yosys import run_yosys

SUMS = 1
"""Rows of partial sums that measured weight-stationary arrays keep: more would be a memory, not logic."""


class PieceKind(StrEnum):
    """Kind of a piece."""

    BIT = "bit"  # a register of one bit
    WORDS = "words"  # a stored word in registers
    PRODUCT = "product"  # the multiplier of a lane: a code times a stored word
    TERM = "term"  # a lane; with a floating-point accumulator, multiplication and addition
    DOT_CORE = "dot core"
    DOT_CORES = "dot cores"  # four of them, whose sums are added
    ELEMENT_CORE = "element core"
    OS = "os"  # an output-stationary element
    WS = "ws"  # a weight-stationary element
    LOADER = "loader"
    CONVERTER = "converter"  # of x, to log codes, normalised ones, or sign and magnitude
    ROUNDER = "rounder"
    OS_ARRAY = "os array"
    WS_ARRAY = "ws array"
    SKEW = "skew"


_BUILD: dict[PieceKind, Callable[["Piece"], Any]] = {
    PieceKind.BIT: lambda piece: Bit(),
    PieceKind.WORDS: lambda piece: Words(piece.width),
    PieceKind.PRODUCT: lambda piece: Product(piece.known),
    PieceKind.TERM: lambda piece: product_parts(piece.known, style=Style.GATES)[0],
    PieceKind.DOT_CORE: lambda piece: DotCore(piece.known, piece.lanes, piece.form),
    PieceKind.DOT_CORES: lambda piece: DotCores(piece.known, piece.lanes, piece.form),
    PieceKind.ELEMENT_CORE: lambda piece: ElementCore(piece.known, piece.form),
    PieceKind.OS: lambda piece: OutputStationary(piece.known, style=Style.GATES),
    PieceKind.WS: lambda piece: WeightStationary(piece.known, style=Style.GATES),
    PieceKind.LOADER: lambda piece: Loader(piece.known),
    PieceKind.CONVERTER: lambda piece: converter_of_x(piece.known),
    PieceKind.ROUNDER: lambda piece: Rounder(piece.known),
    PieceKind.OS_ARRAY: lambda piece: SystolicArray(piece.known, piece.lanes, piece.lanes, style=Style.GATES),
    PieceKind.WS_ARRAY: lambda piece: SystolicArray(
        piece.known, piece.lanes, piece.lanes, dataflow=Dataflow.WEIGHT_STATIONARY, sums=SUMS, style=Style.GATES
    ),
    PieceKind.SKEW: lambda piece: Skew(piece.lanes, piece.width),
}


def converter_of_x(dot: DotParameters) -> Part:
    """Build the converter of x of a dot product that has one."""
    found = converter(dot, "x")
    assert found is not None
    return found


@dataclass(frozen=True)
class Piece:
    """Module to measure.

    Parameters
    ----------
    kind : Kind
        Kind of module.
    dot : DotParameters or None
        Formats, method and accumulator; None for a piece with registers only.
    lanes : int
        Lanes of a dot product, of all cores together, or the side of an array or of a skew.
    width : int
        Width of the registers in bits, where `dot` is None.
    form : Form
        Form of the exact products of a core.
    """

    kind: PieceKind
    dot: DotParameters | None = None
    lanes: int = 1
    width: int = 1
    form: Form = Form.ARRAY

    @property
    def known(self) -> DotParameters:
        """Return `dot`, which must not be None."""
        assert self.dot is not None
        return self.dot

    @property
    def unit(self) -> Part:
        """Build the component."""
        unit: Part = _BUILD[self.kind](self)
        return unit

    @property
    def effort(self) -> float:
        """Estimate how long it takes to measure, in the unit of `Job.effort`."""
        if self.dot is None:
            return 1
        p = self.dot.product
        lanes = self.lanes**2 if self.kind in (PieceKind.OS_ARRAY, PieceKind.WS_ARRAY) else self.lanes
        multiplier = p.result.mantissa_bits ** (2 if p.method.name == "exact" else 1)
        return lanes * (20 + multiplier + self.dot.width)


def part(kind: PieceKind, dot: DotParameters) -> Piece:
    """Return a part of a lane or an element, which is the same for every K."""
    return Piece(kind, replace(dot, depth=DEPTH))


def words_of(dot: DotParameters) -> Piece:
    """Return the register of one stored word."""
    return Piece(PieceKind.WORDS, width=Stored.of(dot).width)


@dataclass(frozen=True)
class Written:
    """Verilog text of a piece, the same for every technology."""

    piece: Piece

    @property
    def verilog(self) -> str:
        """Return the text; it is written once and remembered."""
        unit = self.piece.unit
        return remembered(self, NoContext(), str, lambda: prepared(verilog(unit), unit.name, self.piece.form))


def mapped(piece: Piece, technology: Technology) -> Mapped:
    """Write a piece as Verilog, and map it; both are done once and remembered.

    Raises
    ------
    ValueError, YosysError
        See `map_module`.
    """
    return map_module(Written(piece).verilog, piece.unit.name, technology)


def prepared(text: str, top: str, form: Form) -> str:
    """Run the passes that a form needs before the flow of all units, and return the Verilog text.

    Only `Form.OPERATOR_BOOTH` needs any: Booth recoding of the module `top`.

    Raises
    ------
    YosysError
        Yosys refuses the text.
    """
    if form is not Form.OPERATOR_BOOTH:
        return text
    with scratch_folder() as folder:
        (folder / "unit.v").write_text(text)
        run_yosys(
            [
                "read_verilog unit.v",
                f"hierarchy -check -top {top}",
                "proc",
                "booth",
                "techmap t:$fa",
                "write_verilog out.v",
            ],
            folder,
        )
        return (folder / "out.v").read_text()
