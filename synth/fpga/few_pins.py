"""Place and route with few pins, for families whose nextpnr wants each pin's place: Gowin and Nexus."""

import json
from pathlib import Path

from lmul.hdl.export.verilog import Port

OSCILLATOR = "OSCA #(.HF_CLK_DIV(\"1\")) oscillator (.HFOUTEN(1'b1), .HFSDSCEN(1'b0), .HFCLKOUT(clk));"
"""Oscillator of Nexus, whose nextpnr 0.11.1 finds no way from a pin to the net of a clock."""


def few_pins(ports: list[Port], top: str, clock: str = "") -> str:
    """Write a module with a register at every port of a combinational unit, and the pins clk, d and q.

    The registers of the inputs are one long shift register, from d. Those of the outputs shift, too, to q, and each
    takes its output in by an exclusive-or, one more gate before it.

    Parameters
    ----------
    ports : list of Port
        Ports of the unit.
    top : str
        Name of the unit's module.
    clock : str
        Instance that drives clk, which then is no pin.
    """
    inputs = [port for port in ports if port.direction == "input"]
    outputs = [port for port in ports if port.direction == "output"]
    wide, long = (sum(port.width for port in side) for side in (inputs, outputs))
    connections, place = [], 0
    for port in inputs:
        connections.append(f".{port.name}(into[{place + port.width - 1}:{place}])")
        place += port.width
    joined = ", ".join(f"{port.name}_w" for port in outputs)
    wires = [f"  wire [{port.width - 1}:0] {port.name}_w;" for port in outputs]
    connections += [f".{port.name}({port.name}_w)" for port in outputs]
    return "\n".join(
        [
            f"module wrapper ({'' if clock else 'input clk, '}input d, output reg q);",
            *([f"  wire clk; {clock}"] if clock else []),
            f"  reg [{wide - 1}:0] into; reg [{long - 1}:0] out;",
            *wires,
            f"  {top} unit ({', '.join(connections)});",
            "  always @(posedge clk) begin",
            f"    into <= {{into[{wide - 2}:0], d}}; out <= {{{joined}}} ^ {{out[{long - 2}:0], 1'b0}};",
            f"    q <= out[{long - 1}];",
            "  end",
            "endmodule",
            "",
        ]
    )


def open_carries(netlist: Path) -> None:
    """Leave the carry input of each first CCU2 open where it is a constant 0, as Nexus' nextpnr wants it.

    synth_nexus connects it to a VLO since Yosys 0.30 (Yosys' issue 4081), and nextpnr refuses that.
    """
    design = json.loads(netlist.read_text())
    for module in design["modules"].values():
        cells = module["cells"].values()
        low = {cell["connections"]["Z"][0] for cell in cells if cell["type"] == "VLO"}
        for cell in cells:
            if cell["type"] == "CCU2" and cell["connections"].get("CIN", [None])[0] in low:
                del cell["connections"]["CIN"], cell["port_directions"]["CIN"]
    netlist.write_text(json.dumps(design))
