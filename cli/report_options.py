"""Options of `lmul report`, and their values."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from lmul.cli.accuracy import cache_option
from lmul.cli.npy import type_option
from lmul.cli.options import floating_formats, number_word
from lmul.cli.paths import PATH
from lmul.cli.rivals import RIVAL, without_folders
from lmul.golden.formats import Format
from lmul.synth.layout.library_lef import PDK
from lmul.synth.report.multipliers.comparison import FORMAT_NAMES
from lmul.synth.technology.locate import LIBRARIES

REPORT_OPTIONS: list[Callable[..., Any]] = [
    click.option(
        "--liberty",
        "liberties",
        multiple=True,
        metavar="FILE|NAME",
        help="A cell library (.lib, .lib.gz; several files of one as A.lib+B.lib, or a folder), or one that is"
        f" installed: {', '.join(LIBRARIES)} (in PDK_ROOT, or Debian's). Gives um2 and ps. Without one, generic gates"
        " count transistors. Repeatable with --full, which looks at some topics in the last one alone.",
    ),
    click.option(
        "--format",
        "format_names",
        multiple=True,
        metavar="NAME",
        help=f"Repeatable. Without it: {', '.join(FORMAT_NAMES)}.",
    ),
    click.option(
        "-o",
        "--output",
        type=PATH,
        default=Path("report"),
        show_default=True,
        metavar="DIR",
        help="Gets report.md, .csv, .json, .png and .svg, all or none, and the folder verilog.",
    ),
    click.option(
        "--verify/--no-verify",
        default=None,
        show_default="verify",
        help="Simulate the Verilog against the golden model first; a difference ends the report. Not with --full or"
        " --arrays, which do not simulate it.",
    ),
    click.option(
        "--full",
        is_flag=True,
        help="Everything, in all technologies: full.md and the rest; with two libraries and two cores 40 minutes the"
        " first time, then seconds; with --lef longer.",
    ),
    click.option("--arrays", is_flag=True, help="Lanes, elements and arrays instead: arrays.md and the rest."),
    click.option(
        "--all", "everything", is_flag=True, help="With --arrays: every method with every accumulator; hours."
    ),
    click.option(
        "--rival",
        "rival_texts",
        multiple=True,
        metavar=RIVAL,
        help="A combinational multiplier of yours in Verilog or SystemVerilog: checked, and put through the same flow."
        " FILE can be a file list, LIST.f, or +incdir+FOLDER. Other inputs and parameters get values, as in 3, 0x1F or"
        " 5'h1F; assertions and what it prints are left out, data files are not read. @FORMAT where --format is not"
        " given once; :RESULT where the product has another. Repeatable.",
    ),
    click.option(
        "--strict", is_flag=True, help="Exit code 1 if a rival's products are not all those of one of our functions."
    ),
    click.option("--x", "x_file", type=PATH, metavar="X.npy", help="With --full: numbers to measure on."),
    click.option("--y", "y_file", type=PATH, metavar="Y.npy", help="The other operand's."),
    type_option("x"),
    type_option("y"),
    click.option(
        "--model",
        type=PATH,
        metavar="DIR",
        help="With --full: measure on the tensors of a transformer, too; as `make model` leaves it.",
    ),
    click.option(
        "--compare",
        type=PATH,
        metavar="OLD.json",
        help="Show which numbers of an earlier report of the same kind have changed.",
    ),
    click.option(
        "--lef",
        "lefs",
        multiple=True,
        metavar=f"FILE|DIR|{PDK}",
        help="With --full: place units too, as `lmul layout study` does. LEF of a technology, then of its cells, then"
        f" of the next; a library gets those with its cells. `{PDK}`: those beside it in its PDK. Repeatable.",
    ),
    *(
        click.option(
            option,
            name,
            type=float,
            multiple=True,
            metavar=letter,
            help=f"{what} of a um of wire. Without it: LEF's. Once, or once for each --liberty.",
        )
        for option, name, letter, what in (
            ("--wire-cap", "wire_caps", "C", "fF"),
            ("--wire-res", "wire_resistances", "R", "Ohm"),
        )
    ),
    cache_option,
]


@dataclass(frozen=True)
class Chosen:
    """Values of the options; `verify` is None where the option is left out."""

    liberties: tuple[str, ...]
    format_names: tuple[str, ...]
    output: Path
    verify: bool | None
    full: bool
    arrays: bool
    everything: bool
    rival_texts: tuple[str, ...]
    strict: bool
    x_file: Path | None
    y_file: Path | None
    x_type: str | None
    y_type: str | None
    model: Path | None
    compare: Path | None
    lefs: tuple[str, ...]
    wire_caps: tuple[float, ...]
    wire_resistances: tuple[float, ...]
    cache: bool

    def check(self) -> None:
        """Refuse options that do not go together.

        Raises
        ------
        ValueError
            An option excludes another that is given, or needs one that is missing.
        """
        for name, given, needed, other in (
            ("--all", self.everything, self.arrays, "without --arrays"),
            ("--arrays", self.arrays, not self.full, "with --full"),
            ("--verify", self.verify is True, not self.kind, f"with {self.kind}"),
            ("--no-verify", self.verify is False, not self.kind, f"with {self.kind}"),
            ("--rival", bool(self.rival_texts), not self.arrays, "with --arrays"),
            ("--strict", self.strict, bool(self.rival_texts), "without --rival"),
            ("--x", self.x_file is not None, self.full, "without --full"),
            ("--x-type", self.x_type is not None, self.x_file is not None, "without --x"),
            ("--y-type", self.y_type is not None, self.y_file is not None, "without --y"),
            ("--model", self.model is not None, self.full, "without --full"),
            ("--lef", bool(self.lefs), self.full, "without --full"),
            ("--lef", bool(self.lefs), bool(self.liberties), "without --liberty"),
            ("--wire-cap", bool(self.wire_caps), bool(self.lefs), "without --lef"),
            ("--wire-res", bool(self.wire_resistances), bool(self.lefs), "without --lef"),
        ):
            if given and not needed:
                raise ValueError(f"{name} must be left out {other}")
        if (self.x_file is None) != (self.y_file is None):
            raise ValueError("--x and --y must be given together")
        if len(self.liberties) > 1 and not self.full:
            raise ValueError(f"--liberty must be given once without --full, not {len(self.liberties)} times")
        for name, values in (("--wire-cap", self.wire_caps), ("--wire-res", self.wire_resistances)):
            if len(values) not in (0, 1, len(self.liberties)):
                raise ValueError(f"{name} must be given once, or once for each --liberty, not {len(values)} times")

    @property
    def kind(self) -> str:
        """Return the option that chooses the kind of report; empty for multipliers."""
        return "--full" if self.full else "--arrays" if self.arrays else ""

    @property
    def wires(self) -> list[tuple[float | None, float | None]]:
        """Return capacitance and resistance of a um of wire in each library; None where LEF's count."""
        count = len(self.liberties)
        each = (self.wire_caps, self.wire_resistances)
        capacitances, resistances = (values * (count // len(values)) if values else (None,) * count for values in each)
        return list(zip(capacitances, resistances, strict=True))

    @property
    def formats(self) -> list[Format]:
        """Return the formats to report on, each once."""
        return floating_formats(self.format_names or FORMAT_NAMES)

    def command(self, libraries: Sequence[Sequence[Path]]) -> str:
        """Write the command line that repeats the report, with files without their folders."""
        words = ["lmul", "report", *([self.kind] if self.kind else [])]
        words += ["--all"] if self.everything else []
        for files in libraries:
            words += ["--liberty", "+".join(path.name for path in files)]
        for name in self.format_names:
            words += ["--format", name]
        for text in self.rival_texts:
            words += ["--rival", without_folders(text)]
        for option, file in (("--x", self.x_file), ("--y", self.y_file), ("--model", self.model)):
            words += [] if file is None else [option, file.name]
        for option, kind in (("--x-type", self.x_type), ("--y-type", self.y_type)):
            words += [] if kind is None else [option, kind]
        for name in self.lefs:
            words += ["--lef", Path(name).name]
        for option, values in (("--wire-cap", self.wire_caps), ("--wire-res", self.wire_resistances)):
            words += [word for value in values for word in (option, number_word(value))]
        return shlex.join([*words, "--no-verify"] if self.verify is False else words)
