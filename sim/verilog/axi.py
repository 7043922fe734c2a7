"""Adapter around an AXI4-Stream array that has the ports of the array, for a player."""

from lmul.hdl.array.axi import AxiStreamArray
from lmul.hdl.describe.array import streams


def packed(unit: AxiStreamArray, name: str, module: str = "", keep: bool = False) -> str:
    """Write a module around the unit that has the ports of the array.

    Parameters
    ----------
    name : str
        Name of the module.
    module : str, optional
        Module to instantiate instead of the unit's.
    keep : bool
        There are inputs a_keep and b_keep, for tkeep; and a sum of c that is not extended to whole bytes as it should
        be, or not kept, comes out inverted. Otherwise all bytes are kept, and only those bits are read that say
        something.
    """
    fields = streams(unit.array)
    ports = ["input clk", "input rst"]
    connections = [".aclk(clk)", ".aresetn(~rst)"]
    body = ""
    for stream, prefix in (("a", "s_axis_a"), ("b", "s_axis_b"), ("c", "m_axis_c")):
        into, out = ("input", "output") if stream != "c" else ("output", "input")
        ports += [f"{into} {stream}_valid", f"{out} {stream}_ready"]
        ports += [f"{into} [{field.width - 1}:0] {field.port}" for field in fields[stream]]
        tdata, tkeep, *others = unit.layout[stream]
        elements, *rest = fields[stream]
        connections += [f".{prefix}_t{side}({stream}_{side})" for side in ("valid", "ready")]
        connections += [f".{to.port}({field.port})" for to, field in zip(others, rest, strict=True)]
        own, size, count = elements.element, tdata.element, elements.count
        if stream == "c":
            body += f"  wire [{tdata.width - 1}:0] tdata;\n  wire [{tkeep.width - 1}:0] tkeep;\n"
            body += "  (* unused *) wire unused; assign unused = &{1'b0, tdata, tkeep};\n"
            for i in range(count):
                code, top = f"tdata[{i * size} +: {own}]", f"tdata[{i * size + own - 1}]"
                if keep:
                    above = f"{{{size - own}{{{top}}}}}" if tdata.extension == "sign" else "0"
                    wrong = f" | tdata[{i * size + own} +: {size - own}] != {above}" if size > own else ""
                    code += f" ^ {{{own}{{~&tkeep[{i * size // 8} +: {size // 8}]{wrong}}}}}"
                body += f"  assign c[{i * own} +: {own}] = {code};\n"
            connections += [f".{tdata.port}(tdata)", f".{tkeep.port}(tkeep)"]
        else:
            pad = f"{size - own}'b0, " if size > own else ""
            data = ", ".join(f"{pad}{elements.port}[{i * own} +: {own}]" for i in reversed(range(count)))
            kept = f"{stream}_keep" if keep else f"{{{tkeep.width}{{1'b1}}}}"
            ports += [f"input [{tkeep.width - 1}:0] {kept}"] if keep else []
            connections += [f".{tdata.port}({{{data}}})", f".{tkeep.port}({kept})"]
    for flag in ("reserved", "saturated", "framing"):
        ports.append(f"output {flag}")
        connections.append(f".{flag}({flag})")
    inner = ",\n    ".join(connections)
    inner = f"{module or unit.name} unit (\n    {inner}\n  );"
    return f"module {name} (\n  {', '.join(ports)}\n);\n{body}  {inner}\nendmodule\n"
