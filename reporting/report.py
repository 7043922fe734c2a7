"""Report and its files: Markdown to read, CSV and JSON for programs, and pictures."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lmul.reporting.drawing import KINDS
from lmul.reporting.sections import Record, Section, named_rows, section_markdown
from lmul.reporting.topic import Picture, Setting, Topic


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

    def section(self, key: str) -> Section:
        """Find a table by its key."""
        return next(section for section in self.sections if section.key == key)

    def files(self) -> dict[str, str | bytes]:
        """Return the contents of all files, by name."""
        pictures = {
            f"{self._stem(key)}.{kind}": picture.draw(kind) for key, picture in self.pictures.items() for kind in KINDS
        }
        return {
            f"{self.name}.md": self._markdown(),
            f"{self.name}.csv": self._csv(),
            f"{self.name}.json": self._json(),
            **pictures,
        }

    def _stem(self, key: str) -> str:
        return f"{self.name}_{key}" if key else self.name

    def _markdown(self) -> str:
        parts = [
            f"# {self.title}",
            _bullets([f"{what}: {text}" for what, text in self.source.items()]),
            *(f"![{picture.title}]({self._stem(key)}.png)" for key, picture in self.pictures.items()),
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


def made_of(topics: Sequence[Topic[Setting]], setting: Setting, **rest: Any) -> Report:
    """Make a report from topics whose jobs are done.

    Parameters
    ----------
    topics : sequence of Topic
        Topics in the order of the report; keys of their sections and data differ.
    setting
        Setting that the topics take.
    rest
        Other fields of the report.
    """
    sections = [section for topic in topics for section in topic.sections(setting)]
    keys = [section.key for section in sections]
    assert len(keys) == len(set(keys)), keys
    pictures = {name: each for topic in topics for name, each in topic.pictures(setting).items()}
    findings = [sentence for topic in topics for sentence in topic.findings(setting)]
    data = {key: each for topic in topics for key, each in topic.data(setting).items()}
    return Report(sections=sections, pictures=pictures, findings=findings, data=data, **rest)


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
