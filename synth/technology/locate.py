"""Cell libraries by name, in the folders where the usual installers put them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class _Place:
    """Location of a library: `pattern` in a folder for each variant of a PDK; the first that exists counts."""

    variants: tuple[str, ...]
    pattern: str
    how: str


def _ciel(family: str) -> str:
    return (
        f"pip install ciel, ciel ls-remote --pdk-family {family}, ciel enable --pdk-family {family} VERSION,"
        " and PDK_ROOT=~/.ciel unless it is elsewhere"
    )


def _qflow(name: str) -> _Place:
    return _Place((name,), f"{name}_stdcells.lib", f"Debian: apt-get install qflow-tech-{name}")


_PDKS = {
    "sky130": _Place(("sky130A", "sky130B"), "libs.ref/sky130_fd_sc_hd/lib/*__tt_025C_1v80.lib*", _ciel("sky130")),
    "gf180": _Place(
        ("gf180mcuD", "gf180mcuC"), "libs.ref/gf180mcu_fd_sc_mcu7t5v0/lib/*__tt_025C_5v00.lib*", _ciel("gf180mcu")
    ),
    "ihp-sg13g2": _Place(("ihp-sg13g2",), "libs.ref/sg13g2_stdcell/lib/*_typ_1p20V_25C.lib*", _ciel("ihp-sg13g2")),
}
_QFLOW = {name: _qflow(name) for name in ("osu018", "osu035")}
_QFLOW_FOLDERS = ("/usr/share/qflow/tech", "/usr/local/share/qflow/tech")

LIBRARIES = (*_PDKS, *_QFLOW)
"""Names that `find_library` knows."""


def find_library(name: str, environment: Mapping[str, str]) -> tuple[Path, ...]:
    """Find the liberty files for paths or for one of the names `LIBRARIES`, at the typical corner.

    Several files are one library: `A.lib+B.lib`, or a folder with them and no other .lib, .lib.gz or .liberty.

    PDKs are in PDK_ROOT as the installers ciel and volare leave them: PDK_ROOT/sky130A, or, if no version is enabled,
    PDK_ROOT/ciel/sky130/versions/VERSION/sky130A. The default of PDK_ROOT is theirs: ~/.ciel or ~/.volare. The OSU
    libraries are where Debian's qflow packages put them.

    Parameters
    ----------
    name : str
        A name means the library; a file of that name needs `./` before it.
    environment : mapping of str to str
        Environment; PDK_ROOT and HOME are read.

    Raises
    ------
    ValueError
        The library of that name is not there; or it is neither a name nor the path of a file; or a folder has none.
    """
    if not name:
        raise ValueError("liberty must be a file, a folder or a name, not ''")
    if name in _PDKS:
        return (_found(name, _PDKS[name], _roots(environment)),)
    if name in _QFLOW:
        return (_found(name, _QFLOW[name], [Path(folder) for folder in _QFLOW_FOLDERS]),)
    path = Path(name)
    if path.is_dir():
        return _inside(path)
    if "+" in name and not path.exists():
        return tuple(file for part in name.split("+") for file in find_library(part, environment))
    if re.fullmatch(r"[\w-]+", name) and not path.exists():  # more likely a name than a path
        raise ValueError(f"liberty must be a file or one of {', '.join(LIBRARIES)}, not {name!r}")
    return (path,)


def lef_beside(files: Sequence[Path]) -> tuple[Path, ...]:
    """Find LEF of the technology and of the cells beside a liberty file, as PDKs have it; nothing where there is none.

    Beside libs.ref/NAME/lib/ that is techlef/*__nom.tlef or lef/*_tech.lef, and lef/NAME.lef.
    """
    folder = files[0].absolute().parents[1]
    technologies = [*sorted(folder.glob("techlef/*__nom.tlef")), *sorted(folder.glob("lef/*_tech.lef"))]
    cells = folder / "lef" / f"{folder.name}.lef"
    return (technologies[0], cells) if technologies and cells.is_file() else ()


def _inside(folder: Path) -> tuple[Path, ...]:
    names = sorted(each for each in folder.iterdir() if re.search(r"\.lib(erty)?(\.gz)?$", each.name))
    files = tuple(each for each in names if each.is_file())
    if not files:
        raise ValueError(f"liberty must be a file, or a folder with .lib or .lib.gz files, not {str(folder)!r}")
    return files


def _roots(environment: Mapping[str, str]) -> list[Path]:
    if root := environment.get("PDK_ROOT"):
        return [Path(root)]
    home = Path(environment.get("HOME", "/"))
    return [home / ".ciel", home / ".volare"]


def _found(name: str, place: _Place, roots: list[Path]) -> Path:
    for root in roots:
        for variant in place.variants:
            for folder in (root / variant, *_versions(root, variant)):
                if files := sorted(folder.glob(place.pattern)):
                    return files[0]
    variants, looked = (" or ".join(map(str, each)) for each in (place.variants, roots))
    raise ValueError(
        f"liberty {name} must be installed: there is no {variants}/{place.pattern} in {looked} ({place.how})"
    )


def _versions(root: Path, variant: str) -> Iterator[Path]:
    """Yield a variant's folders in all installed versions: the installer's current version first, then the newest."""
    for installer in ("ciel", "volare"):
        folders = list(root.glob(f"{installer}/*/versions/*/{variant}"))
        yield from sorted(folders, key=lambda folder: (_is_current(folder), folder.stat().st_mtime), reverse=True)


def _is_current(folder: Path) -> bool:
    current = folder.parents[2] / "current"
    return current.is_file() and current.read_text().strip() == folder.parent.name
