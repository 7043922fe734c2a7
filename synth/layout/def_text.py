"""DEF of a placed netlist."""

from collections.abc import Iterator

from lmul.synth.layout.lef import DBU, Layer
from lmul.synth.layout.placement import Placement
from lmul.synth.layout.wiring import Net


def def_text(placement: Placement, top: str) -> str:
    """Write DEF 5.8 with rows, tracks, cells, pins on the edge and nets, without wires.

    qrouter reads it too: TRACKS have one line a layer and direction, and names of nets stand alone on their lines.
    """
    return "\n".join(
        [*_head(placement, top), *_components(placement), *_pins(placement), *_nets(placement), "END DESIGN", ""]
    )


def _head(placement: Placement, top: str) -> Iterator[str]:
    floor, lef = placement.floor, placement.lef
    yield from ("VERSION 5.8 ;", 'DIVIDERCHAR "/" ;', 'BUSBITCHARS "[]" ;', f"DESIGN {top} ;")
    yield from (f"UNITS DISTANCE MICRONS {DBU} ;", f"DIEAREA ( 0 0 ) ( {floor.width} {floor.height} ) ;")
    for row in range(floor.rows):
        way = "N" if row % 2 == 0 else "FS"
        yield f"ROW row{row} {lef.site} 0 {row * lef.height} {way} DO {floor.sites} BY 1 STEP {lef.step} 0 ;"
    for layer in lef.layers:
        if layer.pitch:
            length = floor.width if layer.vertical else floor.height
            count = max((length - layer.offset) // layer.pitch + 1, 1)
            axis = "X" if layer.vertical else "Y"
            yield f"TRACKS {axis} {layer.offset} DO {count} STEP {layer.pitch} LAYER {layer.name} ;"


def _components(placement: Placement) -> Iterator[str]:
    yield f"COMPONENTS {len(placement.places)} ;"
    for number, (cell, place) in enumerate(zip(placement.wiring.cells, placement.places, strict=True)):
        yield f"- u{number} {cell} + PLACED ( {place.x} {place.y} ) {place.way} ;"
    yield "END COMPONENTS"


def _pins(placement: Placement) -> Iterator[str]:
    wiring, pins = placement.wiring, placement.floor.pins
    nets = {port: net.name for net in wiring.nets.values() for port in net.ports}
    ways = {name: direction.upper() for name, (direction, _) in wiring.ports.items()}
    joined = [port for port in pins if port in nets]
    yield f"PINS {len(joined)} ;"
    for port in joined:
        layer = edge_layer(placement, port)
        half = layer.width // 2
        yield f"- {port} + NET {nets[port]} + DIRECTION {ways[port.split('[')[0]]} + USE SIGNAL"
        yield f"  + LAYER {layer.name} ( -{half} -{half} ) ( {half} {half} )"
        yield f"  + PLACED ( {pins[port][0]} {pins[port][1]} ) N ;"
    yield "END PINS"


def edge_layer(placement: Placement, port: str) -> Layer:
    """Return the layer of a port's pin, whose wires run away from the edge."""
    vertical, horizontal = placement.lef.wires
    return horizontal if placement.floor.pins[port][0] in (0, placement.floor.width) else vertical


def _nets(placement: Placement) -> Iterator[str]:
    nets = placement.wiring.wires
    yield f"NETS {len(nets)} ;"
    for net in nets:
        yield f"- {net.name}"
        yield from (f"  {each}" for each in _joined(net))
        yield "  ;"
    yield "END NETS"


def _joined(net: Net) -> Iterator[str]:
    yield from (f"( PIN {port} )" for port in net.ports)
    yield from (f"( u{cell} {pin} )" for cell, pin in net.pins)
