# amaranth: UnusedElaboratable=no
"""Options that describe a multiplier, shared by all subcommands that take one."""

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from lmul.cli.paths import PATH
from lmul.golden.formats import FORMATS, Format, format_named
from lmul.golden.logarithms import GUARD_BITS, LogTable
from lmul.golden.methods import MULTIPLIER_KINDS, Method, MethodKind, Rounding
from lmul.golden.parameters import Overflow, Parameters, Policy
from lmul.hdl.multiplier import PIPELINE_DEPTHS, Multiplier
from lmul.hdl.style import Style
from lmul.tools.files import check_regular

_DEPTHS = f"{PIPELINE_DEPTHS[0]} to {PIPELINE_DEPTHS[-1]}"


class MethodName(click.Choice[str]):
    """Kind of a method, or a whole method by the name that tables give it, such as `corrected2`."""

    def __init__(self, kinds: Iterable[MethodKind]) -> None:
        super().__init__([kind.value for kind in kinds])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Check the name, and return it."""
        log = value == MethodKind.LOG.value
        try:
            kind = Method.parse(value).kind
            if kind.value in self.choices:
                return str(value)
            log = kind is MethodKind.LOG
        except ValueError:
            pass  # the choices say what is allowed, and some need a number that has an option of its own
        if log and MethodKind.LOG.value not in self.choices:
            self.fail(f"{value!r}: a multiplier by itself (code in, code out) has no such method.", param, ctx)
        return super().convert(value, param, ctx)


FORMAT = click.option(
    "--format",
    "format_names",
    required=True,
    metavar="X[,Y]",
    help=f"Of both operands, or of x and of y: {', '.join(FORMATS)}, any eXmY, or eXmY with ieee, fn or finite behind"
    " it; for exact dot products and arrays int4 to int8, too.",
)
_NUMBERS = [
    click.option("--constant", type=int, metavar="D", help="For the method constant: D in mantissa LSBs."),
    click.option("--table-bits", type=int, metavar="T", help="For corrected: mantissa bits of each operand, 1 to 3."),
]
CORRECTION = [
    *_NUMBERS,
    click.option("--table", type=PATH, metavar="FILE", help="For corrected: your own D, as JSON."),
]
"""Options that define D."""

LOG = [
    *_NUMBERS,
    click.option(
        "--table",
        type=PATH,
        metavar="FILE",
        help="For corrected: your own D; for log: your own 2^M logarithms in units of 2^-(M+G); as JSON.",
    ),
    click.option(
        "--guard",
        type=int,
        metavar="G",
        help=f"For log: bits of a logarithm beyond the mantissa's, {GUARD_BITS[0]} to {GUARD_BITS[-1]}.",
    ),
    click.option("--segments", type=int, metavar="S", help="For log: of the antilog, 1, 2 or 4. Without it: 1."),
    click.option(
        "--d-log", type=int, metavar="D", help="For log: added to each product's logarithm, in units of 2^-(M+G)."
    ),
    click.option(
        "--subnormals/--no-subnormals",
        default=None,
        help="Subnormal numbers count in full, normalised where they enter, or are zeros. Without it: in full for log, "
        "zeros for the others.",
    ),
]
"""Options that define D, and those of the method log."""

STYLE = click.option(
    "--style",
    type=click.Choice([s.value for s in Style]),
    default="rtl",
    show_default=True,
    help="rtl has operators such as + and *, to be read, and for FPGAs; gates has single gates, for the smallest area "
    "with ABC. Both compute the same.",
)

SMT2 = click.option("--smt2", type=PATH, metavar="DIR", help="Gets each question to the solver, as an SMT-LIB file.")

_OPTIONS = [
    FORMAT,
    click.option(
        "--result",
        "result_name",
        metavar="NAME",
        help="Format of the product, any. Without it: as x's, with the larger mantissa of the two.",
    ),
    click.option("--method", type=MethodName(MULTIPLIER_KINDS), default="lmul", show_default=True),
    click.option(
        "--policy",
        type=click.Choice([p.value for p in Policy]),
        default="flush",
        show_default=True,
        help="At the edges of the format: raw wraps; flush reads subnormal numbers as zero, and saturates; ftz reads "
        "them as zero and keeps Inf and NaN, as many accelerators do; ieee keeps subnormal numbers too.",
    ),
    click.option(
        "--overflow",
        type=click.Choice([o.value for o in Overflow]),
        help="For ieee and ftz: beyond the largest number. Without it: saturate.",
    ),
    click.option(
        "--rounding",
        type=click.Choice([r.value for r in Rounding]),
        default="nearest",
        show_default=True,
        help="For the method exact: to nearest even, or toward zero.",
    ),
    *CORRECTION,
    click.option(
        "--pipeline", type=int, default=0, show_default=True, metavar="N", help=f"Register stages, {_DEPTHS}."
    ),
    STYLE,
]

NAME = click.option(
    "--name",
    metavar="NAME",
    help="Of the module and its files, an identifier. Without it: one that says what it is.",
)
SEED = click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of what the bench plays.")


def not_default(context: click.Context, name: str) -> bool:
    """Tell whether the parameter `name` of the command was given."""
    return context.get_parameter_source(name) is not ParameterSource.DEFAULT


def multiplier_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a multiplier, for `chosen_multiplier`."""
    return with_options(_OPTIONS, command)


def with_options(options: Sequence[Callable[..., Any]], command: Callable[..., Any]) -> Callable[..., Any]:
    """Add options to a command, in the order of its help."""
    for option in reversed(options):
        command = option(command)
    return command


def chosen_multiplier(
    format_names: str,
    result_name: str | None,
    method: str,
    policy: str,
    overflow: str | None,
    rounding: str,
    constant: int | None,
    table_bits: int | None,
    table: Path | None,
    pipeline: int,
    style: str,
    name: str | None = None,
) -> Multiplier:
    """Build the multiplier that the options describe.

    Raises
    ------
    OSError, TypeError, ValueError
        An option, or the file it names, is not valid.
    """
    if table is not None and table_bits is None:
        raise ValueError("--table must be given with --table-bits")
    x, y = operand_formats(format_names)
    result: dict[str, Any] = {} if result_name is None else {"result": format_named(result_name)}
    parameters = Parameters(
        x,
        chosen_method(method, constant, table_bits, table, Rounding(rounding)),
        Policy(policy),
        None if overflow is None else Overflow(overflow),
        y,
        **result,
    )
    return Multiplier(parameters, pipeline, style=Style(style), name=name)


def chosen_method(
    kind: str,
    constant: int | None,
    table_bits: int | None,
    table: Path | None,
    rounding: Rounding = Rounding.NEAREST,
    guard: int | None = None,
    segments: int | None = None,
    d_log: int | None = None,
) -> Method:
    """Return the method that the options describe; `kind` may be a whole method's name, such as `corrected2`.

    Raises
    ------
    OSError, ValueError
        An option, or the file it names, is not valid.
    """
    if kind not in tuple(MethodKind):
        whole = Method.parse(kind)
        options = {"--constant": constant, "--table-bits": table_bits, "--table": table}
        options |= {"--guard": guard, "--segments": segments, "--d-log": d_log}
        for option, given in options.items():
            if given is not None:
                raise ValueError(f"{option} must be left out with --method {kind}, not {str(given)!r}")
        if rounding is not Rounding.NEAREST and rounding is not whole.rounding:
            raise ValueError(f"--rounding must be left out with --method {kind}, not {rounding.value!r}")
        return whole
    for option, given, owner in (
        ("--constant", constant, MethodKind.CONSTANT),
        ("--table-bits", table_bits, MethodKind.CORRECTED),
        ("--guard", guard, MethodKind.LOG),
    ):
        if kind == owner and given is None:
            raise ValueError(f"{option} must be given with --method {kind}")
    if kind == MethodKind.LOG:
        if constant is not None:
            raise ValueError(f"--constant must be left out with --method log, not {constant!r}; its offset is --d-log")
        own = None if table is None else read_logarithms(table)
        return Method(MethodKind.LOG, d_log, table_bits, guard=guard, segments=segments, log_table=own)
    for option, given in (("--guard", guard), ("--segments", segments), ("--d-log", d_log)):
        if given is not None:
            raise ValueError(f"{option} must be left out unless the method is log, not {given!r}")
    return Method(MethodKind(kind), constant, table_bits, None if table is None else read_table(table), rounding)


def operand_formats(names: str) -> tuple[Format, Format]:
    """Parse the formats of x and y.

    Raises
    ------
    ValueError
        There are more than two names, or one is not known.
    """
    formats = [format_named(name) for name in names.split(",")]
    if len(formats) > 2:
        raise ValueError(f"format must be one name, or two with a comma between, not {names!r}")
    return formats[0], formats[-1]


def floating_formats(names: Iterable[str]) -> list[Format]:
    """Parse names of floating-point formats; each format comes once.

    Raises
    ------
    ValueError
        A name is not known, or is that of integers.
    """
    formats = list(dict.fromkeys(map(format_named, names)))
    for f in formats:
        if f.is_integer:
            raise ValueError(f"--format must be a floating-point one, not {f}")
    return formats


def number_word(value: float) -> str:
    """Write a number for a command line, with all of its digits."""
    return str(float(value)).removesuffix(".0")


def read_table(path: Path) -> tuple[tuple[int, ...], ...]:
    """Read the user's own table of D.

    Raises
    ------
    OSError, ValueError
        The file cannot be read, or is not a JSON array of rows.
    """
    rows = _read_list(path, "rows of integers", list)
    return tuple(tuple(row) for row in rows)


def read_logarithms(path: Path) -> LogTable:
    """Read the user's own logarithms.

    Raises
    ------
    OSError, ValueError
        The file cannot be read, or is not a JSON array of integers.
    """
    return tuple(_read_list(path, "integers", int))


def _read_list(path: Path, what: str, kind: type) -> list[Any]:
    """Read a JSON array whose elements have a type."""
    try:
        found = json.loads(check_regular(path).read_text())
        if not isinstance(found, list) or not all(type(each) is kind for each in found):
            raise TypeError("it is another kind of JSON")
        return found
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError, TypeError) as error:
        raise ValueError(f"{path} must be a JSON array of {what}: {error}") from None
