"""Faults of routed wires: what a look at rectangles finds, by LEF's simple rules. It is no sign-off."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lmul.synth.layout.def_text import edge_layer
from lmul.synth.layout.lef import Box, Lef
from lmul.synth.layout.placement import Placement
from lmul.synth.layout.routed_def import Piece, routed_pieces, via_boxes


@dataclass(frozen=True)
class Faults:
    """Faults of routed wires.

    Parameters
    ----------
    opens : int
        Pins that the wires of their net do not reach from most of its other pins; nets without wires do not count.
    shorts : int
        Pairs of nets that touch, layer by layer: a wire or via of one, and of the other that or a pin.
    spacing : int
        Pairs of nets that are nearer than the layer's least distance and do not touch, layer by layer.
    width : int
        Nets with a wire or via narrower than the layer's least width, layer by layer.
    """

    opens: int
    shorts: int
    spacing: int
    width: int


@dataclass(frozen=True)
class Shape:
    """Box on a layer: its net, the wire, via or pin that it is part of, and whether that is a pin."""

    net: str
    part: int
    is_pin: bool
    layer: str
    box: Box


def faults(placement: Placement, text: str) -> Faults:
    """Count the faults of a routed DEF of a placement.

    Wires are looked at with each other and with pins, cells' insides without pins not; notches of one net not.
    """
    lef, shapes = placement.lef, [*_wires(placement.lef, text)]
    routed = {shape.net for shape in shapes}
    count = shapes[-1].part + 1 if shapes else 0
    shapes += _pins(placement, count)
    joined = _Joined(1 + max((shape.part for shape in shapes), default=0))
    shorts: set[tuple[str, ...]] = set()
    near: set[tuple[str, ...]] = set()
    for one, other, distance in _close(lef, shapes):
        pair = (*sorted((one.net, other.net)), one.layer)
        if one.net == other.net:
            if not distance:
                joined.join(one.part, other.part)
        elif not (one.is_pin and other.is_pin):
            (near if distance else shorts).add(pair)
    narrow = {
        (shape.net, shape.layer)
        for shape in shapes
        if not shape.is_pin and shape.layer in lef.rules and _narrowness(shape.box) < lef.rules[shape.layer].width
    }
    pins = {(shape.net, shape.part) for shape in shapes if shape.is_pin and shape.net in routed}
    groups = Counter((net, joined.root(part)) for net, part in pins)
    most: dict[str, int] = defaultdict(int)
    for (net, _), size in groups.items():
        most[net] = max(most[net], size)
    return Faults(len(pins) - sum(most.values()), len(shorts), len(near - shorts), len(narrow))


def _wires(lef: Lef, text: str) -> Iterator[Shape]:
    """Yield the boxes of all wires and vias; a wire from one place to the next is a part, and so is a via."""
    widths, vias = {layer.name: layer.width for layer in lef.layers}, via_boxes(text)
    part = 0
    for net, pieces in (each for kind in ("NETS", "SPECIALNETS") for each in routed_pieces(text, kind)):
        for piece in pieces:
            for box in _segments(piece, widths):
                yield Shape(net, part, False, piece.layer, box)
                part += 1
            if piece.via:
                x, y = piece.points[-1]
                for layer, (x0, y0, x1, y1) in vias.get(piece.via, []):
                    yield Shape(net, part, False, layer, (x + x0, y + y0, x + x1, y + y1))
                part += 1


def _segments(piece: Piece, widths: dict[str, int]) -> Iterator[Box]:
    half = (widths.get(piece.layer, 0) if piece.width is None else piece.width) // 2
    for (a, b), (x, y) in zip(piece.points, piece.points[1:], strict=False):
        across = half if a == x or piece.width is None else 0
        along = half if b == y or piece.width is None else 0
        yield min(a, x) - across, min(b, y) - along, max(a, x) + across, max(b, y) + along


def _pins(placement: Placement, part: int) -> Iterator[Shape]:
    """Yield the boxes of ports and of cells' pins; those on no net, such as supplies, have nets of their own."""
    nets = placement.wiring.nets.values()
    for net in nets:
        for port in net.ports:
            (x, y), layer = placement.floor.pins[port], edge_layer(placement, port)
            half = layer.width // 2
            yield Shape(net.name, part, True, layer.name, (x - half, y - half, x + half, y + half))
            part += 1
    names = {pin: net.name for net in nets for pin in net.pins}
    for cell, kind in enumerate(placement.wiring.cells):
        for pin in placement.lef.macros[kind].pins:
            for layer_name, box in placement.boxes(cell, pin):
                yield Shape(names.get((cell, pin), f"pin {pin}"), part, True, layer_name, box)
            part += 1


def _close(lef: Lef, shapes: Sequence[Shape]) -> Iterator[tuple[Shape, Shape, int]]:
    """Yield pairs on one layer that touch or are nearer than its rule, some twice, and the square of their distance."""
    layers: dict[tuple[str, int], list[Shape]] = defaultdict(list)
    reach = {layer: rule.spacing for layer, rule in lef.rules.items()}
    for shape in shapes:
        for band in range(shape.box[1] // lef.height, (shape.box[3] + reach.get(shape.layer, 0)) // lef.height + 1):
            layers[shape.layer, band].append(shape)
    for (layer, _), each in layers.items():
        least = reach.get(layer, 0)
        before: list[Shape] = []
        for shape in sorted(each, key=lambda shape: shape.box[0]):
            before = [other for other in before if other.box[2] + least >= shape.box[0]]
            for other in before:
                distance = _distance(shape.box, other.box)
                if distance == 0 or distance < least * least:
                    yield other, shape, distance
            before.append(shape)


def _distance(one: Box, other: Box) -> int:
    across, up = (max(one[axis] - other[axis + 2], other[axis] - one[axis + 2], 0) for axis in (0, 1))
    return across * across + up * up


def _narrowness(box: Box) -> int:
    return min(box[2] - box[0], box[3] - box[1])


class _Joined:
    """Parts that touch, in groups."""

    def __init__(self, count: int) -> None:
        self._above = list(range(count))

    def root(self, part: int) -> int:
        """Return the part that stands for a group."""
        while self._above[part] != part:
            self._above[part] = part = self._above[self._above[part]]
        return part

    def join(self, one: int, other: int) -> None:
        """Make one group of two."""
        self._above[self.root(one)] = self.root(other)
