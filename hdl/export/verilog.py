# amaranth: UnusedElaboratable=no
"""Export of Amaranth components as Verilog-2005 with a manifest. No other module writes either."""

import gc
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

from amaranth.back.rtlil import convert
from amaranth.hdl import Elaboratable, Module, Signal
from amaranth.lib.wiring import In

from lmul.golden.parameters import SPEC_VERSION
from lmul.hdl.export.tidy import tidy
from lmul.hdl.hierarchy import Part, all_parts, flat_ports
from lmul.tools.files import scratch_folder, write_files
from lmul.tools.yosys import run_yosys

OWNERSHIP = "Generated files belong to whoever generates them."


class ExportableUnit(Part, Protocol):
    """Component that can be exported: a part with a manifest."""

    @property
    def manifest(self) -> dict[str, Any]:
        """Return kind, parameters and latency."""


@dataclass(frozen=True)
class Port:
    """Port of the exported module."""

    name: str
    direction: str
    width: int


class _Flat(Elaboratable):
    """Component with plain signals as ports."""

    def __init__(self, unit: Part) -> None:
        self._unit = unit
        self._links = []
        self.signals: list[Signal] = []
        self.ports = [Port("clk", "input", 1), Port("rst", "input", 1)] if unit.clocked else []
        for name, (flow, field) in flat_ports(unit).items():
            signal = Signal(len(field), name=name)
            into = flow is In
            self.signals.append(signal)
            self.ports.append(Port(name, "input" if into else "output", len(field)))
            self._links.append(field.eq(signal) if into else signal.eq(field))

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.unit = self._unit
        m.d.comb += self._links
        return m


@dataclass(frozen=True)
class Exported:
    """Files of an exported unit; `companions` are the files beside Verilog and manifest."""

    verilog: Path
    manifest: Path
    ports: list[Port]
    companions: Sequence[Path] = ()


def ports_of(unit: Part) -> list[Port]:
    """List the ports of the exported module."""
    return _Flat(unit).ports


def export(unit: ExportableUnit, folder: Path, companions: Mapping[str, str] | None = None) -> Exported:
    """Write `folder`/NAME.v, the module of the unit's name, and `folder`/NAME.json, its manifest.

    The same unit gives the same bytes in every folder and on every day.

    Parameters
    ----------
    unit : ExportableUnit
        Unit to export.
    folder : Path
        Output folder.
    companions : mapping of file name to text, optional
        More files to write, all or none. The manifest names them.

    Raises
    ------
    OSError
        The folder cannot be written; no file is left behind.
    """
    files = write_files(folder, contents(unit, companions))
    return Exported(files[0], files[1], ports_of(unit), files[2:])


def contents(unit: ExportableUnit, companions: Mapping[str, str] | None = None) -> dict[str, str]:
    """Write the texts of the files that `export` makes, by name: Verilog, manifest, companions."""
    text, ports = verilog(unit), ports_of(unit)
    beside = dict(companions or {})
    manifest = {
        "module": unit.name,
        **unit.manifest,
        "ports": [vars(port) for port in ports],
        **({"files": [f"{unit.name}.v", *beside]} if beside else {}),
        "spec_version": SPEC_VERSION,
        "tools": {tool: version(tool) for tool in ("lmul", "amaranth", "pyosys")},
        "verilog_sha256": hashlib.sha256(text.encode()).hexdigest(),
    }
    described = json.dumps(manifest, indent=2) + "\n"
    return {f"{unit.name}.v": text, f"{unit.name}.json": described, **beside}


_ONE_FILE = ["", "One file has all modules of the unit:", "verilator lint_off DECLFILENAME"]

_WRITE_VERILOG = [
    "read_rtlil unit.il",
    "proc",
    "opt_clean",
    "opt_dff",  # enables and resets as such, not as multiplexers in front of D, but those of a datapath stay
    "flatten -separator _",
    "rename -hide w:*port$*",  # of inner modules: a name of ours for the same wire is better
    "opt_expr -mux_undef",  # D is don't-care without an enable
    "opt_clean -purge",
    "delete t:$meminit_v2",  # initial contents of memories are don't-care
    "setattr -unset init w:*",  # reset initialises; ASIC flows know no initial values
    "write_verilog -noattr unit.v",
]


def verilog(unit: Part) -> str:
    """Write the module of a unit, and below it the modules of its parts, prefixed with the unit's name."""
    comments = [*unit.description, "", f"Written by lmul {version('lmul')}. {OWNERSHIP}"]
    parts = all_parts(unit)
    modules = [_commented([*comments, *(_ONE_FILE if parts else [])], _module(unit, unit.name))]
    modules += [_commented(part.description, _module(part, f"{unit.name}_{part.name}")) for part in parts]
    text = "\n".join(modules)
    if parts:
        names = "|".join(part.name for part in parts)
        text = re.sub(rf"^  ({names}) (?=\w+ \()", rf"  {unit.name}_\1 ", text, flags=re.MULTILINE)
    return text


def _commented(comments: Sequence[str], module: str) -> str:
    head = "\n".join(f"// {line}".rstrip() for line in comments)
    return f"{head}\n\n{module}"


def _module(part: Part, name: str) -> str:
    flat = _Flat(part)
    with scratch_folder() as folder:
        with _uncollected():
            rtl = convert(flat, name=name, ports=flat.signals, emit_src=False)
        # Yosys sorts by name. With numbers of one length that is the order of the description.
        rtl = re.sub(r"\$(\d+)\b", lambda number: f"${int(number[1]):07d}", rtl)
        (folder / "unit.il").write_text(rtl)
        run_yosys(_WRITE_VERILOG, folder)
        outputs = {
            inner.name: [port.name for port in _Flat(inner).ports if port.direction == "output"] for inner in part.parts
        }
        statements = _statements((folder / "unit.v").read_text(), flat.ports, outputs)
    declared = {port.name for port in flat.ports}
    registered = set(re.findall(r"^  reg (?:\[.*\] )?(\w+);", statements, re.MULTILINE)) & declared
    statements = re.sub(rf"^  (wire|reg) (\[.*\] )?({'|'.join(declared)});\n", "", statements, flags=re.MULTILINE)
    return f"module {name} (\n{_declarations(flat.ports, registered)}\n);\n{statements}endmodule\n"


@contextmanager
def _uncollected() -> Iterator[None]:
    """Turn garbage collection off meanwhile: a large unit has millions of objects, all in use to the end."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _declarations(ports: list[Port], registered: set[str]) -> str:
    def one(port: Port) -> str:
        bits = f"[{port.width - 1}:0] " if port.width > 1 else ""
        return f"  {port.direction:6} {'reg ' if port.name in registered else 'wire'} {bits}{port.name}"

    return ",\n".join(one(port) for port in ports)


def _statements(text: str, ports: Sequence[Port], outputs: Mapping[str, list[str]]) -> str:
    """Extract the statements between ports and `endmodule` from a file of one module by Yosys."""
    body = text.partition("\nmodule ")[2].partition(";\n")[2].rpartition("endmodule")[0]
    body = re.sub(r"^  (input|output) .*\n", "", body, flags=re.MULTILINE)
    widths = {port.name: port.width for port in ports}
    inputs = [port.name for port in ports if port.direction == "input"]

    def inner(match: re.Match[str]) -> str:
        return f"inner_{match[1]}" if match[1] in widths else match[1]  # a wire of a port's name is not the port

    return tidy(_plain(re.sub(r"\bunit_(?:datapath_)?(\w+)", inner, body)), widths, inputs, outputs)


def _plain(body: str) -> str:
    """Replace names that need a backslash, such as Amaranth's of inner ports, port$1234$0, by plain ones."""
    names: dict[str, str] = {}
    taken = set(re.findall(r"\w+", body))

    def one(match: re.Match[str]) -> str:
        if match[0] not in names:
            base = re.sub(r"\W", "_", re.sub(r"\$\d+\$\d+$", "", match[1]))
            number = len(names)
            while (name := f"{base}_{number}") in taken:
                number += 1
            taken.add(name)
            names[match[0]] = name
        return names[match[0]] + ("" if match[2] else " ")

    return re.sub(r"\\(\S+) (?=([\[,;)])?)", one, body)
