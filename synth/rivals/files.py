"""Files of a rival: the named ones and what they include from their own or named folders. Nothing else is read.

Tools get copies in one folder; the copies' includes name copies.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from lmul.tools.files import check_regular

INCLUDE_FOLDER = "+incdir+"
"""What stands before a folder for included files, here as in file lists."""

_TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|[A-Za-z_][\w$]*|(?<=[\w)\]])``(?=\w)|`\\`"|`"
    |(?P<text>"(?:\\.|[^"\\\n])*")
    |(?P<escaped>\\\S+)
    |(?P<include>`include\b)(?:[ \t]*(?P<name>"[^"\\\n]*"))?
    |(?P<directive>`\w*)
    |(?P<call>\$[\w$]*)(?P<end>\s*[\]:])?""",
    re.DOTALL | re.VERBOSE,
)
"""Tokens of SystemVerilog that read files, before macro expansion, and tokens that could hide them."""

_CALLS = """
    signed unsigned clog2 bits size high low left right increment dimensions unpacked_dimensions typename cast
    isunbounded countones countbits onehot onehot0 isunknown itor rtoi bitstoreal realtobits bitstoshortreal
    shortrealtobits ceil floor pow sqrt hypot ln log10 exp sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh
    atanh display displayb displayh displayo write writeb writeh writeo strobe monitor error warning info fatal finish
    stop exit time stime realtime sampled past rose fell stable changed past_gclk rose_gclk fell_gclk stable_gclk
    changed_gclk future_gclk global_clock anyconst anyseq allconst allseq initstate random urandom urandom_range
    asserton assertoff assertkill assertcontrol printtimescale timeformat root unit setup hold setuphold recovery
    removal recrem skew timeskew fullskew width period nochange
"""
"""System functions and tasks, timing checks among them, that read no file."""


def read_file_list(path: Path) -> list[str]:
    """Read a file list, one entry a line: a file, another list (`-f LIST`), or `+incdir+FOLDER[+FOLDER...]`.

    Files and folders are looked for from the list's own folder. Comments begin with `//` or `#`.

    Returns
    -------
    list of str
        Files, and `+incdir+FOLDER` for each folder, with the list's folder before them.

    Raises
    ------
    ValueError
        The list is no regular file, names itself, or has an entry of another kind.
    OSError
        It cannot be read.
    """

    def entries(path: Path, above: tuple[Path, ...]) -> Iterator[str]:
        check_regular(path)
        if path.resolve() in above:
            raise ValueError(f"file list {path} must not name itself")
        text = path.read_text(errors="replace")
        if "\0" in text:
            raise ValueError(f"file list {path} must be text")
        for number, line in enumerate(text.splitlines(), 1):
            words = re.sub(r"(?:^|\s)(?://|#).*", "", line).split()
            option = words[0] if words else ""
            if option in ("-f", "-F") and len(words) == 2:
                yield from entries(path.parent / words[1], (*above, path.resolve()))
            elif option.startswith(INCLUDE_FOLDER):
                for word in words:
                    yield from (f"{INCLUDE_FOLDER}{path.parent / each}" for each in word.split("+")[2:] if each)
            elif option[:1] in ("-", "+"):
                what = f"file list {path}, line {number},"
                raise ValueError(f"{what} must name files, -f or {INCLUDE_FOLDER}, not {line.strip()!r}")
            else:
                yield from (str(path.parent / word) for word in words)

    return list(entries(path, ()))


def copy_files(
    what: str, files: Sequence[Path], folder: Path, include: Sequence[Path] = ()
) -> tuple[list[str], dict[str, str]]:
    """Copy a rival's files; return the copies of the named ones, in order, and the user's name of each copy.

    Parameters
    ----------
    what : str
        Start of error messages.
    files : sequence of Path
        Files that the user named.
    folder : Path
        Folder for the copies.
    include : sequence of Path
        Folders in which included files are looked for, besides those of the files.

    Raises
    ------
    ValueError
        One is no regular file, includes something from elsewhere or itself without end, or calls what might read a
        data file.
    OSError
        One cannot be read.
    """
    roots = [*(path.absolute().parent for path in files), *(path.absolute() for path in include)]
    copies: dict[Path, str] = {}
    names: dict[str, str] = {}
    unguarded: set[Path] = set()  # files that are being read, and have no condition that could end a circle

    def copied(path: Path) -> str:
        real = path.resolve()
        if real in unguarded:
            raise ValueError(f"{what}: {path.name} must not include itself without an `ifndef around it")
        if real in copies:
            return copies[real]
        try:
            check_regular(path)
        except ValueError as error:
            raise ValueError(f"{what}: {error}") from None
        copies[real] = copy = f"{len(copies)}_{re.sub(r'[^A-Za-z0-9_.]', '_', path.name)}"
        names[copy] = path.name
        text = path.read_bytes().decode("latin-1")  # any bytes, and back
        if "`if" not in text:
            unguarded.add(real)
        for start, stop in reversed(_includes(f"{what}: {path.name}", text)):  # the last first: places stay
            found = _found(f"{what}: {path.name}", text[start:stop], (path.absolute().parent, *roots))
            # What is nowhere may be meant for another tool; the dot keeps Yosys from its own folders.
            text = text[:start] + (f"./{text[start:stop]}" if found is None else copied(found)) + text[stop:]
        (folder / copy).write_bytes(text.encode("latin-1"))
        unguarded.discard(real)
        return copy

    return list(dict.fromkeys(map(copied, files))), names


def _includes(where: str, text: str) -> list[tuple[int, int]]:
    """Find the positions of the included files' names. Raise ValueError for text that could read other files."""
    found = []
    for token in _TOKEN.finditer(text):
        call, escaped = token["call"], token["escaped"]
        if token["name"]:
            found.append((token.start("name") + 1, token.end("name") - 1))
        elif token["include"]:
            raise ValueError(f'{where} must name what it includes in quotes, as in `include "file.vh"')
        elif call and call[1:] not in _CALLS.split() and not (call == "$" and token["end"]):
            raise ValueError(f"{where} must not use {call}: nothing is read but Verilog")
        elif token["text"] in ('"DPI"', '"DPI-C"'):
            raise ValueError(f"{where} must not use {token['text']}: nothing is read but Verilog")
        elif token["directive"] == "`" or (escaped and set(escaped[1:]) & set('"/`')):
            shown = escaped or text[token.start() :].partition("\n")[0][:20]
            raise ValueError(f"{where} must not have {shown}, which can hide what it reads")
    return found


def _found(where: str, name: str, folders: Sequence[Path]) -> Path | None:
    """Find an included file; return None if there is none."""
    inside = not Path(name).is_absolute()
    for folder in folders if inside else ():
        path = folder / name
        if path.exists():
            # Beside the file that includes it, if that is one of those that are named, or below.
            if any(path.resolve().is_relative_to(root.resolve()) for root in folders[1:]):
                return path
            inside = False
            break
    if not inside or ".." in Path(name).parts:
        raise ValueError(f"{where} must include files of its own folder or of an {INCLUDE_FOLDER}, not {name}")
    return None
