"""Liberty files as users have them: compressed, oddly named, broken."""

import gzip
import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from lmul.synth.mapping import choose_registers, flow
from lmul.synth.mapping import open_liberty as liberty
from lmul.synth.mapping.flow import Mapped, synthesise
from lmul.synth.mapping.open_liberty import open_liberty
from lmul.synth.technology.technology import Technology
from lmul.tools.process import LimitError
from lmul.tools.yosys import YosysError

_NAND2 = "module nand2 (input a, b, output y); assign y = ~(a & b); endmodule\n"
_REGISTER = "module r (input clk, d, output reg q); always @(posedge clk) q <= d; endmodule\n"


def test_a_plain_file(tiny_text: str, tmp_path: Path) -> None:
    path = tmp_path / "tiny.lib"
    path.write_text(tiny_text)
    technology = open_liberty(path)
    assert (technology.name, technology.nand2_area) == ("tiny.lib", 3.0)
    assert technology.sha256 == hashlib.sha256(tiny_text.encode()).hexdigest()


def test_a_compressed_file_in_a_folder_with_spaces(tiny_text: str, tmp_path: Path) -> None:
    path = tmp_path / "my cells" / "tiny; 1.lib.gz"
    path.parent.mkdir()
    path.write_bytes(gzip.compress(tiny_text.encode()))
    technology = open_liberty(path)
    assert technology.name == "tiny; 1.lib.gz"
    assert technology.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert synthesise(_NAND2, "nand2", technology).area_um2 == 3.0


def test_two_files_of_one_name_are_two_libraries(tiny_text: str, tmp_path: Path) -> None:
    path = tmp_path / "tiny.lib"
    path.write_text(tiny_text)
    before = open_liberty(path)
    path.write_text(tiny_text.replace("cell(NAND2) { area : 3;", "cell(NAND2) { area : 4;"))
    assert (before.nand2_area, open_liberty(path).nand2_area) == (3.0, 4.0)


def test_a_library_without_flip_flop_serves_units_without_registers(gates_text: str, tmp_path: Path) -> None:
    path = tmp_path / "gates.lib"
    path.write_text(gates_text)
    technology = open_liberty(path)
    assert synthesise(_NAND2, "nand2", technology).nand2 == 1.0
    with pytest.raises(ValueError, match=r"^gates\.lib must have a flip-flop, which r needs$"):
        synthesise(_REGISTER, "r", technology)


_NO_LIBRARY = r", plain or gzip, which begins with `library \(NAME\) \{`, not with "
_STATEMENT = r"`NAME : VALUE;`, `NAME \(VALUES\);` or `NAME \(VALUES\) \{`"
_INVERTER = """library(l) { cell(I) { area : 1; pin(A) { direction : input; }
    pin(Y) { direction : output; function : "!A"; } } }
"""
_AND = """library(l) { cell(AND2) { area : 1; pin(A) { direction : input; } pin(B) { direction : input; }
    pin(Y) { direction : output; function : "A&B"; } } }
"""


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", " must be a liberty file, but is empty"),
        (b"/* hello */\n", " must be a liberty file, but is empty"),
        (b"hello, world\n", f" must be a liberty file{_NO_LIBRARY}'hello,'"),
        (b"\x00\xff\xfe", rf" must be a liberty file{_NO_LIBRARY}'\\x00\\xff\\xfe'"),
        (b"library(empty) { }\n", " must be a liberty file with cells, of which it has none"),
        (_INVERTER[:-5].encode(), r":1: cell must have a closing brace, not be open at the end"),
        (_INVERTER.encode() + b"}", f":3 must have {_STATEMENT}, not '}}'"),
        (_INVERTER.replace("area :", "area").encode(), f":1 must have {_STATEMENT}, not 'area 1; .*'"),
        (_INVERTER.encode(), " must have gates of two inputs, such as a NAND, beside its 1 inverters and buffers"),
        (_AND.encode(), " must have an inverter, which none of its 1 cells is"),
        (_INVERTER.replace("area : 1", "area : x").encode(), ":1: area must be a number, not 'x'"),
        (_INVERTER.replace("!A", "!B").encode(), r":1: function of I must be .*, not '!B' \(at 'B'\)"),
    ],
)
def test_what_is_no_library_is_one_line_that_names_the_file(content: bytes, fault: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.lib"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"^{re.escape(str(path))}{fault}$"):
        open_liberty(path)


def test_a_tool_that_fails_is_not_blamed_on_the_library(
    tiny_text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "tiny.lib"
    path.write_text(tiny_text)
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(YosysError, match=r"^Yosys stopped: exit status 1:$"):
        open_liberty(path)


def test_a_limit_is_not_blamed_on_the_library(tiny_text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is another flip-flop chosen because the trial of one took too long."""
    path = tmp_path / "tiny.lib"
    path.write_text(tiny_text)
    done: list[str] = []

    def limits(limited: str) -> Callable[[str, str, Technology], Mapped]:
        def map_module(text: str, top: str, technology: Technology) -> Mapped:
            done.append(top)
            if top == limited:
                raise LimitError("Yosys did not end")
            return flow.map_module(text, top, technology)

        return map_module

    for limited in ("nand2", "registers"):
        for module in (liberty, choose_registers):
            monkeypatch.setattr(module, "map_module", limits(limited))
        with pytest.raises(LimitError, match=r"^Yosys did not end$"):
            open_liberty(path)
        assert done[-1] == limited


def test_a_truncated_gzip_file_is_one_line(tiny_text: str, tmp_path: Path) -> None:
    path = tmp_path / "cut.lib.gz"
    path.write_bytes(gzip.compress(tiny_text.encode())[:100])
    with pytest.raises(ValueError, match=rf"^{re.escape(str(path))} must be a whole gzip file, but is damaged: .*$"):
        open_liberty(path)


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null"])
def test_a_device_is_not_read(path: str) -> None:
    with pytest.raises(ValueError, match=rf"^{path} must be a regular file, not a character device$"):
        open_liberty(Path(path))


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_what_never_ends_is_not_read_for_ever(
    pack: Callable[[bytes], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(liberty, "_LARGEST", 1 << 20)
    path = tmp_path / "large.lib"
    path.write_bytes(pack(b" " * ((1 << 20) + 1)))
    with pytest.raises(ValueError, match=r"^.*large\.lib must be a liberty file of at most 1 MiB, unpacked$"):
        open_liberty(path)


def test_cells_without_area_are_refused(tiny_text: str, tmp_path: Path) -> None:
    path = tmp_path / "flat.lib"
    path.write_text(re.sub(r"area : \d+;", "area : 0;", tiny_text))
    with pytest.raises(ValueError, match=rf"^{re.escape(str(path))} must give its cells an area$"):
        open_liberty(path)


def test_a_missing_file_is_an_oserror(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_liberty(tmp_path / "none.lib")


def test_cells_that_are_not_meant_as_logic_are_not_used(tiny_text: str, tmp_path: Path) -> None:
    # The smallest NAND of all is there for something else.
    trap = tiny_text[tiny_text.index("  cell(NAND2)") : tiny_text.index("  cell(NOR2)")]
    for name, used in (("pdk__lpflow_nand2_1", False), ("lpflow", True)):
        path = tmp_path / f"{name}.lib"
        path.write_text(tiny_text.replace(trap, trap + trap.replace("NAND2) { area : 3", f"{name}) {{ area : 1")))
        technology = open_liberty(path)
        assert (technology.nand2_area == 1.0) is used
        assert technology.map_registers


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("area : 3;", "area : 3\n"),
        ("library(tiny) {", "library(tiny)\n{"),
        ("\n", "\r\n"),
        ("related_pin : A;", "related_pin : \\\r\n A;"),
        ('"!(A*B)"', "!(A&B)"),
        ('"!(A*B)"', '"(A B)\'"'),
        ('clocked_on : "C"', "clocked_on : (C)"),
        ('voltage_unit : "1V"', 'voltage_unit : "1v"'),
        ("nom_voltage : 1.0;", ""),
        ("(1, ff)", '(1, "FF")'),
    ],
)
def test_spellings_that_other_readers_take(old: str, new: str, tiny_text: str, tmp_path: Path) -> None:
    path = tmp_path / "tiny.lib"
    path.write_text(tiny_text.replace(old, new), newline="")
    assert old in tiny_text
    technology = open_liberty(path)
    assert technology.nand2_area == 3.0
    assert synthesise(_REGISTER, "r", technology).cells == {"DFF": 1}


def test_units_have_one_meaning_in_any_case(tiny_text: str, tmp_path: Path) -> None:
    path = tmp_path / "tiny.lib"
    delays = []
    for unit in ("1ps", '"1PS"', '"1 ps"'):
        path.write_text(tiny_text.replace('"1ns"', unit))
        delays.append(synthesise(_NAND2, "nand2", open_liberty(path)).delay_ps)
    assert delays == [0.02, 0.02, 0.02]


def test_a_table_that_abc_cannot_read_is_named_with_its_line(tiny_text: str, tmp_path: Path) -> None:
    path = tmp_path / "tiny.lib"
    path.write_text(tiny_text.replace('values("0.02, 0.02", "0.02, 0.02");', 'values("0.02");', 1))
    with pytest.raises(ValueError, match=rf"^{path}:12: cell_rise must have 4 values, not 1$"):
        open_liberty(path)


def test_the_words_of_tools_are_kept(tiny_text: str, tmp_path: Path) -> None:
    path = tmp_path / "tiny.lib"
    path.write_text(tiny_text.replace("related_pin : A;", ""))  # an arc from nowhere
    with pytest.raises(
        ValueError, match=rf"^{path} must be a library that Yosys and ABC can map .*: Yosys stopped: ABC: .*Assertion "
    ):
        open_liberty(path)


def test_several_files_are_one_library(tiny_text: str, tmp_path: Path) -> None:
    start = tiny_text.index("  cell(NAND2)")
    head = tiny_text[: tiny_text.index("  cell(INV)")]
    texts = [f"{tiny_text[:start]}}}\n", f"{head}{tiny_text[start:]}"]
    paths = [tmp_path / name for name in ("tiny_INV.lib", "tiny_REST.lib.gz")]
    paths[0].write_text(texts[0])
    paths[1].write_bytes(gzip.compress(texts[1].encode()))
    technology = open_liberty(*paths)
    assert (technology.name, technology.nand2_area) == ("tiny", 3.0)
    assert technology.sha256 == hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
    assert technology.map_registers
    with pytest.raises(ValueError, match=r"REST\.lib\.gz must have an inverter, which none of its 5 cells is$"):
        open_liberty(paths[1])


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("nom_voltage : 1.0;", "", ":1: nom_voltage must be given by the library tiny, for energies"),
        (
            'clocked_on : "C"',
            'clocked_on : "!C"',
            " must have flip-flops that can be simulated: DFF must .*",
        ),
    ],
)
def test_what_energies_need_is_asked_for_before_the_work(
    old: str, new: str, fault: str, tiny_text: str, tmp_path: Path
) -> None:
    path = tmp_path / "tiny.lib"
    path.write_text(tiny_text.replace(old, new))
    assert open_liberty(path).map_registers
    with pytest.raises(ValueError, match=rf"^{path}{fault}$"):
        open_liberty(path, energies=True)
