"""Row of processing elements."""

from collections.abc import Sequence
from typing import Any

from amaranth.hdl import Cat, Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from lmul.hdl.array.element import OutputStationary, WeightStationary
from lmul.hdl.hierarchy import Part, place


class Row(wiring.Component):
    """Row of processing elements side by side.

    Horizontal ports enter at the first element and end at the last. Vertical ports and those of a column have a field
    for each element, the first in the lowest bits. Ports have the names of the elements' ports.

    Parameters
    ----------
    element : OutputStationary or WeightStationary
        Component in each place.
    columns : int
        Number of elements.
    """

    enable: Signal

    clocked = True

    def __init__(self, element: OutputStationary | WeightStationary, columns: int) -> None:
        self.element, self.columns = element, columns
        ports: dict[str, Any] = {"enable": In(1)}
        for name in element.horizontal:
            ports[name] = In(len(getattr(element, name)))
        for into, out in element.vertical:
            width = columns * len(getattr(element, into))
            ports |= {into: In(width), out: Out(width)}
        for name in element.columns:
            ports[name] = In(columns * len(getattr(element, name)))
        for name in element.columns_out:
            ports[name] = Out(columns * len(getattr(element, name)))
        super().__init__(ports)

    @property
    def name(self) -> str:
        """Return the name of the module."""
        return "row"

    @property
    def parts(self) -> Sequence[Part]:
        """List the element."""
        return [self.element]

    @property
    def description(self) -> list[str]:
        """Return the comment lines above the module."""
        return [f"{self.name}: a row of {self.columns} processing elements."]

    def elaborate(self, platform: object) -> Module:
        m = Module()
        element = self.element
        passing = {name: getattr(self, name) for name in element.horizontal}
        outs: dict[str, list[Signal]] = {
            out: [] for out in (*(out for _, out in element.vertical), *element.columns_out)
        }
        for j in range(self.columns):
            signals = {"enable": self.enable, **passing}
            for name in element.horizontal:
                passing[name] = Signal(len(getattr(element, name)), name=f"{name}_{j + 1}")
                signals[f"{name}_out"] = passing[name]
            for into, _ in element.vertical:
                width = len(getattr(element, into))
                signals[into] = getattr(self, into).word_select(j, width)
            for out, fields in outs.items():
                signals[out] = Signal(len(getattr(element, out)), name=f"{out}_{j}")
                fields.append(signals[out])
            for name in element.columns:
                signals[name] = getattr(self, name).word_select(j, len(getattr(element, name)))
            place(m, f"pe_{j}", element, **signals)
        m.d.comb += [getattr(self, out).eq(Cat(fields)) for out, fields in outs.items()]
        return m
