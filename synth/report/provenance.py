"""Where the numbers of a report come from: library, tools and flow."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from lmul.synth.mapping.flow import yosys_version
from lmul.synth.technology.technology import Technology


def library_of(technology: Technology) -> str:
    """The library of a technology, in words."""
    if technology.is_generic:
        return "none (generic static CMOS gates)"
    return f"{technology.name}, sha256 {technology.sha256}"


def tool_versions() -> dict[str, str]:
    """Versions of what makes the numbers."""
    return {**{tool: version(tool) for tool in ("lmul", "amaranth", "pyosys")}, "yosys": yosys_version()}


def provenance(command: str, tools: Mapping[str, str], technologies: Sequence[Technology]) -> dict[str, str]:
    """Command, tools and libraries, as one line each."""
    return {
        "command": command,
        "tools": ", ".join(f"{name} {number}" for name, number in tools.items()),
        "library": "; ".join(library_of(technology) for technology in technologies),
    }


def provenance_json(command: str, tools: Mapping[str, str], technologies: Sequence[Technology]) -> dict[str, Any]:
    """The same for programs; of several libraries a list."""
    found = [_library(technology) for technology in technologies]
    each = found[0] if len(found) == 1 else {"libraries": found}
    return {"command": command, "tools": dict(tools), **each}


def _library(technology: Technology) -> dict[str, Any]:
    return {
        "library": None if technology.is_generic else {"name": technology.name, "sha256": technology.sha256},
        "nand2_area": technology.nand2_area,
        "flow": technology.flow("UNIT"),
    }


def flow_markdown(technology: Technology) -> str:
    """The commands that every module goes through."""
    return "\n".join(["```", *technology.flow("UNIT"), "```"])
