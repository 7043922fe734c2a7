"""Report and its files: Markdown to read, CSV and JSON for programs, and pictures."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from lmul.reporting.drawing import KINDS
from lmul.reporting.sections import Record, Section, Show, as_shown, named_rows, plain, section_markdown
from lmul.reporting.topic import Picture, Setting, Topic
from lmul.tools.failure import FAILED, FailedJobError, Failure, as_text

Argument = TypeVar("Argument")
Part = TypeVar("Part")


@dataclass(frozen=True)
class Report:
    """Tables and pictures, and their provenance. It holds no folder and no date: same input, same bytes.

    Parameters
    ----------
    name : str
        Stem of its files.
    title : str
        Heading.
    source : mapping of str to str
        Provenance of the numbers, one line each: command, tools, library.
    head : mapping
        Provenance for programs, by key of the JSON file.
    sections : sequence of Section
        Tables; each has its own key.
    pictures : mapping of str to Picture
        Pictures, by the suffix of their files after `name`; an empty suffix for the one without.
    notes : sequence of str
        Notes to read before the numbers.
    findings : sequence of str
        Conclusions from the numbers, a sentence each.
    appendix : sequence of str
        Paragraphs of Markdown at the end, such as the flow.
    lines : sequence of Record or None
        Rows of the CSV file; None gives a line for each number of the tables.
    data : mapping
        Data that only programs need, by key of the JSON file.
    digits : int or None
        Significant digits of numbers in CSV and JSON; None keeps all.
    shown : sequence of str or None
        Keys of the tables that a terminal shows; None shows all.
    failures : sequence of Failure
        Jobs that failed; the last table lists them.
    """

    name: str
    title: str
    source: Mapping[str, str]
    head: Mapping[str, Any]
    sections: Sequence[Section]
    pictures: Mapping[str, Picture]
    notes: Sequence[str] = ()
    findings: Sequence[str] = ()
    appendix: Sequence[str] = ()
    lines: Sequence[Record] | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    digits: int | None = None
    shown: Sequence[str] | None = None
    failures: Sequence[Failure] = ()

    def section(self, key: str) -> Section:
        """Find a table by its key."""
        return next(section for section in self.sections if section.key == key)

    def files(self) -> dict[str, str | bytes]:
        """Return the contents of all files, by name."""
        pictures = {key: unless_failed(_drawn, picture) or {} for key, picture in self.pictures.items()}
        return {
            f"{self.name}.md": self._markdown([key for key, files in pictures.items() if files]),
            f"{self.name}.csv": self._csv(),
            f"{self.name}.json": self._json(),
            **{f"{self._stem(key)}.{kind}": each for key, files in pictures.items() for kind, each in files.items()},
        }

    def _stem(self, key: str) -> str:
        return f"{self.name}_{key}" if key else self.name

    def _markdown(self, pictures: Sequence[str]) -> str:
        parts = [
            f"# {self.title}",
            _bullets([f"{what}: {text}" for what, text in self.source.items()]),
            *(f"![{self.pictures[key].title}]({self._stem(key)}.png)" for key in pictures),
            _bullets(self.notes),
            *(["## What follows", _bullets(self.findings)] if self.findings else []),
            *(part for section in self.sections for part in section_markdown(section)),
            *self.appendix,
        ]
        return "\n\n".join(part for part in parts if part) + "\n"

    def _csv(self) -> str:
        lines = self.lines if self.lines is not None else _one_a_number(self.sections)
        text = io.StringIO()
        writer = csv.DictWriter(text, list(lines[0]) if lines else [], lineterminator="\n")
        writer.writeheader()
        writer.writerows(self._shortened(lines))
        return text.getvalue()

    def _json(self) -> str:
        told = {"notes": list(self.notes), "findings": list(self.findings)}
        outcomes = {section.key: list(section.outcomes) for section in self.sections if section.outcomes}
        tables = {section.key: section.records for section in self.sections}
        content = {**self.head, **told, **self.data, **tables, "outcomes": outcomes}
        return _json_by_line(self._shortened(content))

    def _shortened(self, value: Any) -> Any:
        if self.digits is not None and isinstance(value, float):
            return float(f"{value:.{self.digits}g}")
        if isinstance(value, Mapping):
            return {key: self._shortened(each) for key, each in value.items()}
        return [self._shortened(each) for each in value] if isinstance(value, list | tuple) else value


def made_of(
    topics: Sequence[Topic[Setting]], setting: Setting, failures: Sequence[Failure] = (), **rest: Any
) -> Report:
    """Make a report from topics whose jobs are done.

    Parameters
    ----------
    topics : sequence of Topic
        Topics in the order of the report; keys of their sections and data differ.
    setting
        Setting that the topics take.
    failures : sequence of Failure
        Jobs that failed. Their rows say so; what cannot be told without them is left out, and a table lists them.
    rest
        Other fields of the report.
    """
    sections = [as_shown(section) for topic in topics for section in _sections(topic, setting)]
    sections += [failures_section(failures)] if failures else []
    keys = [section.key for section in sections]
    assert len(keys) == len(set(keys)), keys
    pictures = {name: each for topic in topics for name, each in (unless_failed(topic.pictures, setting) or {}).items()}
    findings = [sentence for topic in topics for sentence in unless_failed(topic.findings, setting) or []]
    data = {key: each for topic in topics for key, each in (unless_failed(topic.data, setting) or {}).items()}
    found = {"sections": sections, "pictures": pictures, "findings": findings, "data": as_text(data)}
    return Report(**found, failures=failures, **{**rest, "lines": as_text(rest.get("lines"))})


def unless_failed(part: Callable[[Argument], Part], argument: Argument) -> Part | None:
    """Make a part of a report; return None where it depends on a failed job."""
    try:
        return part(argument)
    except FailedJobError:
        return None


def _drawn(picture: Picture) -> dict[str, bytes]:
    return {kind: picture.draw(kind) for kind in KINDS}


def _sections(topic: Topic[Setting], setting: Setting) -> list[Section]:
    try:
        return topic.sections(setting)
    except FailedJobError as failed:
        return [topic.left_out([str(failed)])]


def failures_section(failures: Sequence[Failure]) -> Section:
    """Make the table of jobs that failed."""
    records: list[Record] = [{"job": each.job, "in": each.context, "reason": each.reason} for each in failures]
    columns: dict[str, tuple[str, Show]] = {key: (key, plain) for key in ("job", "in", "reason")}
    return Section(FAILED, "What failed", records, columns, (), outcomes=["reason"])


def _bullets(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _one_a_number(sections: Sequence[Section]) -> list[Record]:
    return [
        {"table": section.key, "row": name, "column": key, "value": value}
        for section in sections
        for name, record in named_rows(section.records, section.outcomes)
        for key, value in record.items()
        if isinstance(value, int | float)
    ]


def _json_by_line(content: Mapping[str, Any]) -> str:
    """Write JSON with one line for each element of a list, and for each entry of a mapping of mappings."""
    parts = []
    for key, value in content.items():
        if isinstance(value, list) and value:
            lines = ",\n".join(json.dumps(each) for each in value)
            text = f"[\n{lines}\n]"
        elif isinstance(value, Mapping) and value and all(isinstance(each, Mapping) for each in value.values()):
            lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(each)}" for name, each in value.items())
            text = f"{{\n{lines}\n}}"
        else:
            text = json.dumps(value)
        parts.append(f"{json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(parts) + "\n}\n"
