"""`lmul convert`."""

import sys
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from lmul.cli.array_options import chosen_product, product_options
from lmul.cli.arrays_io import saved
from lmul.cli.npy import CODES, loaded, loaded_codes, type_option
from lmul.cli.paths import PATH
from lmul.golden.codes import Codes, decode, encode, reserved
from lmul.golden.formats import Format
from lmul.golden.log_codes import log_codes
from lmul.hdl.describe.converter import word_layout
from lmul.tools.files import check_writable, replaceable


@click.command()
@product_options
@click.option(
    "--operand",
    type=click.Choice(["x", "y"]),
    default="y",
    show_default=True,
    help="The operand that the numbers are, where the two have different formats.",
)
@click.argument("a", type=PATH, metavar="A.npy")
@click.option("-o", "--out", type=PATH, required=True, metavar="WORDS.npy", help="Gets the words.")
@type_option("a")
@CODES
def convert(operand: str, a: Path, out: Path, a_type: str | None, codes: bool, **products: Any) -> None:
    """Convert numbers, such as weights that are stored, to the words of units with --converted.

    Of the method log these are log codes; with --subnormals of another one, codes with subnormal numbers normalised.
    They are those of the converter in a unit, bit by bit, as unsigned integers of 1, 2, 4 or 8 bytes, in A's shape.
    Numbers are rounded to the format first.

    \b
    lmul convert --format e3m4 --method log --guard 1 weights.npy -o words.npy
    lmul convert --format e4m3,e5m2 --method exact --subnormals --operand x --codes codes.npy -o words.npy
    lmul verilog dot --lanes 16 --format e3m4 --method log --guard 1 --converted y -o build
    """
    p = chosen_product(**products)
    if p.entry_formats is None:
        raise ValueError(f"--method must be log, or --subnormals be given, to convert operands, not {p.method}")
    f = p.entry_formats["xy".index(operand)]
    check_writable(replaceable(out).parent)
    words = log_codes(f, _read(a, f.format, a_type, codes))
    saved(out, words.astype(np.min_scalar_type((1 << f.width) - 1)))
    print(f"{words.size:,} words of {f.width} bits. {word_layout(f)}")
    print(out)


def _read(path: Path, f: Format, type_name: str | None, codes: bool) -> Codes:
    """Read codes of a format, or numbers, which are rounded to it; say what is not as it was."""
    if codes and type_name is not None:
        raise ValueError(f"--a-type must be left out with --codes, not {type_name!r}")
    if codes:
        found = loaded_codes(path, f)
        _note(reserved(f, found), f"codes that {f} reserves for Inf or NaN, which became the numbers that they spell")
        return found
    numbers: NDArray[np.float64] = loaded(path, "--a-type", type_name)
    _note(np.abs(numbers) > decode(f, f.top), f"numbers beyond the largest of {f}, which became that")
    try:
        return encode(f, numbers)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _note(where: NDArray[np.bool_], what: str) -> None:
    if count := np.count_nonzero(where):
        print(f"note: {what}: {count:,}", file=sys.stderr)
