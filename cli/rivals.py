"""Option `--rival` of `lmul report`."""

import re
from collections.abc import Sequence
from pathlib import Path

from lmul.golden.formats import Format, format_named
from lmul.golden.methods import MULTIPLIER_KINDS
from lmul.synth.rivals.files import INCLUDE_FOLDER, read_file_list
from lmul.synth.rivals.source import Rival, Source, read_rival

RIVAL = "NAME=FILE[,FILE...]:TOP[#(PARAMETER=value,...)][(x,y,p[,port=value...])][@FORMAT[:RESULT]]"
"""Syntax of the option. A FILE can be a file list, LIST.f, or a folder for included files, +incdir+FOLDER."""

_SHAPE = re.compile(
    r"([A-Za-z][\w.+-]*)=([^()#@]+):([A-Za-z_]\w*)(?:#\(([^()]*)\))?(?:\(([^()]*)\))?(?:@(\w+)(?::(\w+))?)?"
)
_NUMBER = re.compile(r"(\d+)|0x([0-9a-f]+)|0b([01]+)|\d*'s?(?:d(\d+)|h([0-9a-f]+)|b([01]+))", re.IGNORECASE)


def rivals_of(texts: Sequence[str], formats: Sequence[Format]) -> list[Rival]:
    """Read the rivals that the options name.

    Parameters
    ----------
    texts : sequence of str
        Values of the options, in the syntax `RIVAL`.
    formats : sequence of Format
        Formats of the report. If it is one, rivals need not name theirs.

    Raises
    ------
    ValueError, YosysError, OSError
        See `read_rival`; or an option does not have the syntax, or two rivals have one name.
    """
    sources = [rival_source(text, formats) for text in texts]
    names = [source.name for source, _, _ in sources]
    for name in names:
        if name in MULTIPLIER_KINDS:
            raise ValueError(f"rival must not have the name of a method of ours, not {name!r}")
        if names.count(name) > 1:
            raise ValueError(f"rivals must have different names, not twice {name!r}")
    return [read_rival(*source) for source in sources]


def without_folders(text: str) -> str:
    """Remove the folders of files from an option's value. A value without the syntax is returned unchanged."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        return text
    names = ",".join(
        ("" if not file.startswith(INCLUDE_FOLDER) else INCLUDE_FOLDER) + Path(file.removeprefix(INCLUDE_FOLDER)).name
        for file in match[2].split(",")
    )
    return text[: match.start(2)] + names + text[match.end(2) :]


def rival_source(text: str, formats: Sequence[Format]) -> tuple[Source, Format, Format]:
    """Parse one option's value; return the source, the operands' format and the product's."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise ValueError(f"rival must be {RIVAL}, not {text!r}")
    name, files, top, parameters, arguments, format_name, result_name = match.groups()
    if format_name is None and len(formats) != 1:
        raise ValueError(f"rival must name its format, as in {text}@e4m3, where the report has not just one --format")
    ports: list[str] = []
    constants: list[tuple[str, int]] = []
    for argument in _listed(arguments):
        if "=" in argument:
            constants.append(_assigned("port", argument))
        else:
            ports.append(argument)
    named = [*ports, *(port for port, _ in constants)]
    for port in named:
        if named.count(port) > 1:
            raise ValueError(f"rival must name each port once, not twice {port}")
    if len(ports) not in (0, 3):
        raise ValueError(f"rival must name three ports, x, y and p, or none, not {', '.join(ports)}")
    if not all(files.split(",")):
        raise ValueError(f"rival must name files between commas, not {files!r}")
    entries = [entry for file in files.split(",") for entry in _entries(file)]
    include = tuple(Path(entry.removeprefix(INCLUDE_FOLDER)) for entry in entries if entry.startswith(INCLUDE_FOLDER))
    paths = tuple(Path(entry) for entry in entries if not entry.startswith(INCLUDE_FOLDER))
    if not paths:
        raise ValueError(f"rival must name a file of Verilog, not {files!r} alone")
    values = tuple(_assigned("parameter", each) for each in _listed(parameters))
    f = formats[0] if format_name is None else format_named(format_name)
    source = Source(name, paths, top, tuple(ports), tuple(constants), values, include)
    return source, f, f if result_name is None else format_named(result_name)


def _entries(file: str) -> list[str]:
    """Return a file or folder as it is, and the entries of a file list."""
    return read_file_list(Path(file)) if file.endswith(".f") else [file]


def _listed(text: str | None) -> list[str]:
    return [each.strip() for each in (text or "").split(",") if each.strip()]


def _assigned(what: str, text: str) -> tuple[str, int]:
    """Parse NAME=VALUE; the value is decimal, 0x1F, 0b11, or as in Verilog, 5'h1F."""
    name, _, value = (part.strip() for part in text.partition("="))
    match = _NUMBER.fullmatch(value.replace("_", ""))
    if match is None or not re.fullmatch(r"[A-Za-z_]\w*", name):
        raise ValueError(f"rival must have a number for its {what} {name}, not {value!r}")
    digits, base = next((d, base) for d, base in zip(match.groups(), (10, 16, 2) * 2, strict=True) if d)
    return name, int(digits, base)
