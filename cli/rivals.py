"""Option `--rival` of `lmul report`."""

import re
from collections.abc import Sequence
from pathlib import Path

from lmul.golden.formats import Format, format_named
from lmul.synth.rivals.source import Rival, Source, read_rival

RIVAL = "NAME=FILE[,FILE...]:TOP[(x,y,p[,port=value...])][@FORMAT]"
"""Syntax of the option."""

_SHAPE = re.compile(r"([A-Za-z][\w.+-]*)=(.+):([A-Za-z_]\w*)(?:\((.*)\))?(?:@(\w+))?")


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
    names = [source.name for source, _ in sources]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"rivals must have different names, not twice {name!r}")
    return [read_rival(source, f) for source, f in sources]


def without_folders(text: str) -> str:
    """Remove the folders of files from an option's value. A value without the syntax is returned unchanged."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        return text
    names = ",".join(Path(file).name for file in match[2].split(","))
    return text[: match.start(2)] + names + text[match.end(2) :]


def rival_source(text: str, formats: Sequence[Format]) -> tuple[Source, Format]:
    """Parse one option's value."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise ValueError(f"rival must be {RIVAL}, not {text!r}")
    name, files, top, arguments, format_name = match.groups()
    if format_name is None and len(formats) != 1:
        raise ValueError(f"rival must name its format, as in {text}@e4m3, where the report has not just one --format")
    ports: list[str] = []
    constants: list[tuple[str, int]] = []
    for argument in (each.strip() for each in (arguments or "").split(",") if each.strip()):
        port, equals, value = (part.strip() for part in argument.partition("="))
        if not equals:
            ports.append(port)
        elif value.isdecimal():
            constants.append((port, int(value)))
        else:
            raise ValueError(f"rival must have a number for its port {port}, not {value!r}")
    if len(ports) not in (0, 3):
        raise ValueError(f"rival must name three ports, x, y and p, or none, not {', '.join(ports)}")
    if not all(files.split(",")):
        raise ValueError(f"rival must name files between commas, not {files!r}")
    paths = tuple(Path(file) for file in files.split(","))
    f = formats[0] if format_name is None else format_named(format_name)
    return Source(name, paths, top, tuple(ports), tuple(constants)), f
