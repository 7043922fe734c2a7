"""The files of a study of accuracy: Markdown, CSV, JSON and the pictures; and its tables on a terminal."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from lmul.reporting.sections import Record, Section
from lmul.reporting.tables import markdown_table


@dataclass(frozen=True)
class Study:
    """What a study found. It knows no folder and no date: same input, same bytes.

    Parameters
    ----------
    name : str
        Of its files.
    title : str
        Its heading.
    command : str
        What repeats it.
    data : dict
        Everything measured, for programs to read.
    lines : list of dict
        The same, a number of columns for each line.
    sections : list of Section
        The tables.
    shown : collection of str
        Keys of the sections that the terminal shows.
    findings : list of str
        What follows, a sentence each, derived from the data.
    notes : list of str
        How to read it.
    draw : callable
        Of `png` or `svg`: the picture.
    """

    name: str
    title: str
    command: str
    data: Mapping[str, Any]
    lines: Sequence[Record]
    sections: Sequence[Section]
    shown: Sequence[str]
    draw: Callable[[str], bytes]
    findings: Sequence[str] = ()
    notes: Sequence[str] = field(default=())

    @property
    def tools(self) -> dict[str, str]:
        """Versions of what makes the numbers."""
        return {tool: version(tool) for tool in ("lmul", "numpy")}

    def files(self) -> dict[str, str | bytes]:
        """The contents of all files, by name."""
        content = {
            "command": self.command,
            "tools": self.tools,
            "findings": list(self.findings),
            "notes": list(self.notes),
            **self.data,
        }
        return {
            f"{self.name}.md": self._markdown(),
            f"{self.name}.csv": self._csv(),
            f"{self.name}.json": _json(content) + "\n",
            f"{self.name}.png": self.draw("png"),
            f"{self.name}.svg": self.draw("svg"),
        }

    @property
    def _provenance(self) -> list[str]:
        tools = ", ".join(f"{name} {number}" for name, number in self.tools.items())
        return [f"command: {self.command}", f"tools: {tools}"]

    def _markdown(self) -> str:
        parts = [f"# {self.title}", "\n".join(f"- {line}" for line in self._provenance)]
        parts += [f"![{self.title}]({self.name}.png)", "\n".join(f"- {note}" for note in self.notes)]
        if self.findings:
            parts += ["## What follows", "\n".join(f"- {finding}" for finding in self.findings)]
        for section in self.sections:
            parts += [f"## {section.title}", *section.notes, markdown_table(section.table)]
        return "\n\n".join(part for part in parts if part) + "\n"

    def _csv(self) -> str:
        text = io.StringIO()
        text.writelines(f"# {line}\n" for line in self._provenance)
        writer = csv.DictWriter(text, list(self.lines[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(_shortened(self.lines))
        return text.getvalue()


def _shortened(value: Any) -> Any:
    """With six digits of each number, which is more than samples give."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, Mapping):
        return {key: _shortened(each) for key, each in value.items()}
    return [_shortened(each) for each in value] if isinstance(value, list | tuple) else value


def _json(content: Mapping[str, Any]) -> str:
    """A line for each element of a list of records, and of a mapping of records."""
    parts = []
    for key, value in content.items():
        if isinstance(value, list):
            lines = ",\n".join(json.dumps(_shortened(each)) for each in value)
            parts.append(f"{json.dumps(key)}: [\n{lines}\n]")
        elif isinstance(value, Mapping) and all(isinstance(each, Mapping) for each in value.values()):
            lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(_shortened(each))}" for name, each in value.items())
            parts.append(f"{json.dumps(key)}: {{\n{lines}\n}}")
        else:
            parts.append(f"{json.dumps(key)}: {json.dumps(_shortened(value))}")
    return "{\n" + ",\n".join(parts) + "\n}\n"
