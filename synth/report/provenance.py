"""Provenance of the numbers of a report: command, tools, libraries and flow."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from lmul.reporting.report import Report, made_of
from lmul.reporting.topic import Topic
from lmul.synth.mapping.flow import yosys_version
from lmul.synth.report.setting import Setting
from lmul.synth.technology.technology import Technology
from lmul.tools.failure import Failure


def measured_report(
    topics: Sequence[Topic[Setting]],
    setting: Setting,
    technologies: Sequence[Technology],
    command: str,
    told: Mapping[str, str],
    failures: Sequence[Failure] = (),
    **rest: Any,
) -> Report:
    """Make a report from measured topics, and state in it where its numbers come from.

    Parameters
    ----------
    topics, setting
        See `reporting.report.made_of`.
    technologies : sequence of Technology
        Technologies that netlists were mapped to.
    command : str
        Command line that repeats the report.
    told : mapping of str to str
        More lines of provenance, by key.
    failures : sequence of Failure
        Jobs that failed.
    rest
        Other fields of `Report`: name, title, notes and the like.
    """
    tools = tool_versions()
    flows = (f"## The flow, {each.name}\n\n{_flow(each)}" for each in technologies)
    return made_of(
        topics,
        setting,
        failures,
        source={**provenance(command, tools, technologies), **told},
        head=provenance_json(command, tools, technologies),
        **{**rest, "appendix": [*rest.get("appendix", ()), *flows]},
    )


def library_of(technology: Technology) -> str:
    """Name the library of a technology, in words."""
    if technology.is_generic:
        return "none (generic static CMOS gates)"
    return f"{technology.name}, sha256 {technology.sha256}"


def tool_versions() -> dict[str, str]:
    """Look up the versions of the tools that make the numbers."""
    return {**{tool: version(tool) for tool in ("lmul", "amaranth", "pyosys")}, "yosys": yosys_version()}


def provenance(command: str, tools: Mapping[str, str], technologies: Sequence[Technology]) -> dict[str, str]:
    """Write command, tools and libraries, one line each."""
    return {
        "command": command,
        "tools": ", ".join(f"{name} {number}" for name, number in tools.items()),
        "library": "; ".join(library_of(technology) for technology in technologies),
    }


def provenance_json(command: str, tools: Mapping[str, str], technologies: Sequence[Technology]) -> dict[str, Any]:
    """Return the same for the JSON file; with several technologies, `libraries` is a list."""
    found = [_library(technology) for technology in technologies]
    each = found[0] if len(found) == 1 else {"libraries": found}
    return {"command": command, "tools": dict(tools), **each}


def _library(technology: Technology) -> dict[str, Any]:
    return {
        "library": None if technology.is_generic else {"name": technology.name, "sha256": technology.sha256},
        "nand2_area": technology.nand2_area,
        "flow": technology.flow("UNIT"),
    }


def _flow(technology: Technology) -> str:
    return "\n".join(["```", *technology.flow("UNIT"), "```"])
