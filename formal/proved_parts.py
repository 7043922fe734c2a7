# amaranth: UnusedElaboratable=no
"""Parts of dot products and arrays that `lmul prove lanes` proves, each with its proof."""

from dataclasses import dataclass

from lmul.formal.arrays.whole import prove_array
from lmul.formal.part_proof import PartProof
from lmul.formal.sums.dot_unit import prove_unit
from lmul.formal.sums.element import prove_element
from lmul.formal.sums.floating_step import prove_step
from lmul.formal.sums.lane import prove_converter, prove_lane
from lmul.formal.sums.rounder import prove_rounder
from lmul.golden.accumulators import DotParameters
from lmul.golden.formats import Format
from lmul.golden.logarithms import LogFormat
from lmul.hdl.array.axi import AxiStreamArray
from lmul.hdl.array.systolic import SUMS, Dataflow, SystolicArray
from lmul.hdl.dot.converter import LogConverter
from lmul.hdl.dot.dot_product import DotProduct
from lmul.hdl.dot.integers import SignMagnitude
from lmul.hdl.style import Style

UNIT_LANES = 2
"""Products a beat of dot-product units."""

WAITING = 4
"""Rows of partial sums of weight-stationary arrays."""


@dataclass(frozen=True)
class _InAStyle:
    """Part that its parameters and a style of description make.

    Attributes
    ----------
    dot : DotParameters
        Formats, method and accumulator.
    style : Style
        Style of the description.
    """

    dot: DotParameters
    style: Style


@dataclass(frozen=True)
class ProvedLane(_InAStyle):
    """Lane to prove."""

    def prove(self) -> PartProof:
        """Prove it."""
        return prove_lane(self.dot, self.style)


@dataclass(frozen=True)
class ProvedStep(_InAStyle):
    """Step of a floating-point accumulator to prove; the style is that of its product."""

    def prove(self) -> PartProof:
        """Prove it."""
        return prove_step(self.dot, self.style)


@dataclass(frozen=True)
class ProvedRounder:
    """Rounder to prove; one description serves both styles.

    Attributes
    ----------
    dot : DotParameters
        Accumulator and output format.
    """

    dot: DotParameters

    def prove(self) -> PartProof:
        """Prove it."""
        return prove_rounder(self.dot)


@dataclass(frozen=True)
class ProvedConverter:
    """Converter to prove; one description serves both styles.

    Attributes
    ----------
    layout : LogFormat or Format
        Format of the words; of integers, their own.
    """

    layout: LogFormat | Format

    def prove(self) -> PartProof:
        """Prove it."""
        f = self.layout
        return prove_converter(LogConverter(f) if isinstance(f, LogFormat) else SignMagnitude(f))


@dataclass(frozen=True)
class ProvedElement:
    """Processing element to prove.

    Attributes
    ----------
    dot : DotParameters
        Formats, method and accumulator.
    dataflow : Dataflow
        What stays in the element.
    lanes : int
        Products a step.
    style : Style
        Style of the description.
    """

    dot: DotParameters
    dataflow: Dataflow
    lanes: int
    style: Style

    def prove(self) -> PartProof:
        """Prove it."""
        return prove_element(self.dot, self.dataflow, self.lanes, self.style)


@dataclass(frozen=True)
class ProvedUnit(_InAStyle):
    """Dot-product unit to prove around its lanes."""

    def prove(self) -> PartProof:
        """Prove it."""
        return prove_unit(DotProduct(self.dot, UNIT_LANES, self.style))


@dataclass(frozen=True)
class ProvedArray:
    """Array with AXI4-Stream ports to prove: how it is joined of its parts.

    Attributes
    ----------
    dot : DotParameters
        Formats, method and accumulator.
    dataflow : Dataflow
        What stays in the elements.
    rows, columns, lanes : int
        Its size, and products a step of an element.
    style : Style
        Style of the description.
    """

    dot: DotParameters
    dataflow: Dataflow
    rows: int
    columns: int
    lanes: int
    style: Style

    def prove(self) -> PartProof:
        """Prove it."""
        sums = WAITING if self.dataflow is Dataflow.WEIGHT_STATIONARY else SUMS
        array = SystolicArray(self.dot, self.rows, self.columns, self.lanes, self.dataflow, sums, self.style)
        return prove_array(AxiStreamArray(array))


ProvedPart = ProvedArray | ProvedUnit | ProvedLane | ProvedStep | ProvedRounder | ProvedConverter | ProvedElement
