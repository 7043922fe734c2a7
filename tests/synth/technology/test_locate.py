"""Libraries found by name, in folders laid out as the installers leave them."""

import os
from pathlib import Path

import pytest

from lmul.synth.mapping.open_liberty import open_liberty
from lmul.synth.technology import locate
from lmul.synth.technology.locate import find_library

_SKY130 = "sky130A/libs.ref/sky130_fd_sc_hd/lib/sky130_fd_sc_hd__tt_025C_1v80.lib"
_IHP = "ihp-sg13g2/libs.ref/sg13g2_stdcell/lib/sg13g2_stdcell_typ_1p20V_25C.lib"
_GF180 = "gf180mcuC/libs.ref/gf180mcu_fd_sc_mcu7t5v0/lib/gf180mcu_fd_sc_mcu7t5v0__tt_025C_5v00.lib"


def _placed(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_path_is_what_it_is() -> None:
    assert find_library("some/where.lib", {}) == (Path("some/where.lib"),)
    assert find_library("./sky130", {}) == (Path("sky130"),)


def test_several_files_are_one_library(tmp_path: Path) -> None:
    a, b = _placed(tmp_path / "a.lib"), _placed(tmp_path / "b.lib.gz")
    _placed(tmp_path / "readme.txt")
    assert find_library(f"{a}+{b}", {}) == find_library(str(tmp_path), {}) == (a, b)
    both = _placed(tmp_path / "a+b.lib")
    assert find_library(str(both), {}) == (both,)


def test_a_folder_without_libraries_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match=rf"^liberty must be a file, or a folder with \.lib or \.lib\.gz files, not '{tmp_path}'$"
    ):
        find_library(str(tmp_path), {})


@pytest.mark.parametrize("name", ["", "+a.lib", "a.lib+"])
def test_no_name_is_not_this_folder(name: str) -> None:
    with pytest.raises(ValueError, match=r"^liberty must be a file, a folder or a name, not ''$"):
        find_library(name, {})


@pytest.mark.parametrize(("name", "place"), [("sky130", _SKY130), ("gf180", _GF180), ("ihp-sg13g2", _IHP)])
def test_an_enabled_pdk(name: str, place: str, tmp_path: Path) -> None:
    path = _placed(tmp_path / place)
    for other in ("tt_025C_3v30", "ss_100C_1v60", "fast_1p32V_m40C"):  # other corners, and another variant
        _placed(path.with_name(f"{path.name.split('__')[0]}__{other}.lib"))
    assert find_library(name, {"PDK_ROOT": str(tmp_path), "HOME": "/nowhere"}) == (path,)


@pytest.mark.parametrize("installer", ["ciel", "volare"])
def test_without_pdk_root_the_installers_own_folder_counts(installer: str, tmp_path: Path) -> None:
    path = _placed(tmp_path / f".{installer}" / _SKY130)
    assert find_library("sky130", {"HOME": str(tmp_path)}) == (path,)


def test_of_several_versions_the_current_one_counts_and_else_the_newest(tmp_path: Path) -> None:
    family = tmp_path / "ciel" / "sky130"
    paths = {version: _placed(family / "versions" / version / _SKY130) for version in ("aaa", "bbb", "ccc")}
    for age, version in enumerate(("bbb", "aaa", "ccc")):
        os.utime(family / "versions" / version / "sky130A", (1e9 - age, 1e9 - age))
    environment = {"PDK_ROOT": str(tmp_path)}
    assert find_library("sky130", environment) == (paths["bbb"],)
    (family / "current").write_text("ccc\n")
    assert find_library("sky130", environment) == (paths["ccc"],)
    path = _placed(tmp_path / _SKY130)
    assert path != paths["ccc"]
    assert find_library("sky130", environment) == (path,)


def test_a_missing_pdk_is_one_line_that_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(
        ValueError,
        match=r"^liberty gf180 must be installed: there is no gf180mcuD or gf180mcuC/libs\.ref/gf180mcu_fd_sc_mcu7t5v0"
        rf"/lib/\*__tt_025C_5v00\.lib\* in {tmp_path} \(pip install ciel, ciel ls-remote --pdk-family gf180mcu, .*\)$",
    ):
        find_library("gf180", {"PDK_ROOT": str(tmp_path)})


def test_the_osu_libraries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locate, "_QFLOW_FOLDERS", (str(tmp_path / "none"), str(tmp_path)))
    with pytest.raises(
        ValueError,
        match=r"^liberty osu035 must be installed: there is no osu035/osu035_stdcells\.lib in .*/none or .*"
        r" \(Debian: apt-get install qflow-tech-osu035\)$",
    ):
        find_library("osu035", {})
    path = _placed(tmp_path / "osu035" / "osu035_stdcells.lib")
    assert find_library("osu035", {}) == (path,)


def test_an_unknown_name() -> None:
    with pytest.raises(
        ValueError, match=r"^liberty must be a file or one of sky130, gf180, ihp-sg13g2, osu018, osu035, not 'sky13'$"
    ):
        find_library("sky13", {})


@pytest.mark.parametrize("name", ["osu018", "osu035"])
def test_debians_files_can_be_used(name: str) -> None:
    try:
        paths = find_library(name, {})
    except ValueError as error:
        pytest.skip(str(error))
    technology = open_liberty(*paths)
    assert technology.nand2_area == {"osu018": 24, "osu035": 96}[name]
    assert technology.map_registers
