"""Layout of an array's ports: the fields of its streams."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lmul.golden.accumulators import DotParameters
from lmul.hdl.arith.stored_operand import anchor_width


class Dataflow(StrEnum):
    """Dataflow of an array: sums or weights stay in the processing elements."""

    OUTPUT_STATIONARY = "os"
    WEIGHT_STATIONARY = "ws"


@dataclass(frozen=True)
class Field:
    """Port of the exported module that is part of a stream's payload.

    Attributes
    ----------
    port : str
        Name of the port.
    element : int
        Bits of an element. Elements lie side by side without gaps, the first one lowest.
    shape : tuple of int
        Number of elements, in one or two dimensions, the last one fastest; () for a single value.
    order : str
        Meaning of element i, or (i, l), in beat n of a tile.
    content : str
        Type of an element: `code x`, `code y`, `word x` or `word y` of what is converted already, `sum`, `code` of the
        sum's format, `flag`, `exponent` or `scale`.
    used : int or None
        The low bits of an element that say something, where it is wider.
    extension : str or None
        Extension of the used bits to a wider element: `zero` or `sign`.
    """

    port: str
    element: int
    shape: tuple[int, ...]
    order: str
    content: str
    used: int | None = None
    extension: str | None = None

    @property
    def count(self) -> int:
        """Count the elements."""
        count = 1
        for number in self.shape:
            count *= number
        return count

    @property
    def width(self) -> int:
        """Return the bits of the port."""
        return self.count * self.element

    @property
    def offset(self) -> str:
        """Return a formula of the lowest bit of element i, or (i, l)."""
        index = "i" if len(self.shape) == 1 else f"(i * {self.shape[-1]} + l)"
        return f"{index} * {self.element}"

    @property
    def manifest(self) -> dict[str, Any]:
        """Describe the field for a manifest."""
        wider = {} if self.used is None else {"used_bits": self.used, "extension": self.extension}
        said: dict[str, Any] = {"port": self.port, "width": self.width, "content": self.content}
        if self.shape:
            said |= {"elements": list(self.shape), "element_bits": self.element, **wider, "element_offset": self.offset}
        return {**said, "order": self.order}


def integer_sums(dot: DotParameters) -> bool:
    """Tell whether sums leave as integers in two's complement, not as codes."""
    return (dot.output or dot.format) is None


def operands(dot: DotParameters, side: str, port: str, shape: tuple[int, ...], order: str) -> Field:
    """Describe a port of codes of `side`, x or y, or of converted words."""
    content = "word" if side in dot.converted else "code"
    return Field(port, dot.port_formats["xy".index(side)].width, shape, order, f"{content} {side}")


def fields(dot: DotParameters, rows: int, columns: int, lanes: int, dataflow: Dataflow) -> dict[str, list[Field]]:
    """List the payload fields of the streams a, b and c of an array, in the order of the ports."""
    steady = dataflow is Dataflow.OUTPUT_STATIONARY
    one = lanes == 1
    index, inner = ("i", ()) if one else ("(i, l)", (lanes,))
    if steady:
        k = "n" if one else f"n * {lanes} + l"
        left = f"element {index} is A[i, {k}]; a term beyond K, or a row beyond those of A, is code 0"
        right = f"element {index} is B[{k}, i]; a term beyond K, or a column beyond those of B, is code 0"
        a_last = b_last = "the last step of a tile"
        c_last = f"row {rows - 1}"
    else:
        k = "i" if one else f"i * {lanes} + l"
        row = f"{rows - 1} - n" if one else f"({rows - 1} - n) * {lanes} + l"
        left = f"element {index} is A[n, {k}], counted from the pass's first term on; a term beyond K is code 0"
        right = f"element {index} is B[{row}, i], counted likewise: the last row comes first"
        a_last, b_last, c_last = "the last row of A", f"beat {rows - 1}, the last of the weights", "the last row of A"
    a = [
        operands(dot, "x", "a", (rows, *inner), left),
        Field("a_last", 1, (), a_last, "flag"),
    ]
    if not steady:
        more = "these sums stay and the next pass adds to them, row n to row n; the same in all beats of a pass"
        a.append(Field("a_more", 1, (), more, "flag"))
    b = [
        operands(dot, "y", "b", (columns, *inner), right),
        Field("b_last", 1, (), b_last, "flag"),
    ]
    if dot.kind.has_anchor:
        anchor = "A, a biased exponent in two's complement; the same in all beats of a tile, in all its passes too"
        b.append(Field("anchor", anchor_width(dot), (), anchor, "exponent"))
    content = "sum" if integer_sums(dot) else "code"
    return {
        "a": a,
        "b": b,
        "c": [
            Field("c", dot.output_width, (columns,), "element i is C[n, i]", content),
            Field("c_last", 1, (), c_last, "flag"),
            Field("c_saturated", 1, (), "a sum of this beat has saturated", "flag"),
        ],
    }
