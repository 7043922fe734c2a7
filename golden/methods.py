"""Methods of multiplication, objects that the model, the hardware and every list of methods share."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from lmul.golden.correction_table import TABLE_BITS, Table, corrected_table
from lmul.golden.logarithms import GUARD_BITS, SEGMENTS, LogTable, antilogarithms, digest, logarithms


class MethodKind(StrEnum):
    """Name of a method without its numbers, in the order in which choices list them."""

    LMUL = "lmul"
    MITCHELL = "mitchell"
    CONSTANT = "constant"
    CORRECTED = "corrected"
    LOG = "log"
    EXACT = "exact"
    ROUNDED = "rounded"


class Rounding(StrEnum):
    """Rounding direction of exact products."""

    NEAREST = "nearest"  # ties to even
    ZERO = "zero"


_DOT_ONLY = (MethodKind.ROUNDED, MethodKind.LOG)
_EXACT = (MethodKind.EXACT, MethodKind.ROUNDED)
_LABELS = {MethodKind.LMUL: "L-Mul", MethodKind.MITCHELL: "Mitchell"}
_OWNERS = {
    "d": ("constant", (MethodKind.CONSTANT, MethodKind.LOG)),
    "table_bits": ("table_bits", (MethodKind.CORRECTED,)),
    "table": ("table", (MethodKind.CORRECTED,)),
    "guard": ("guard", (MethodKind.LOG,)),
    "segments": ("segments", (MethodKind.LOG,)),
    "log_table": ("log_table", (MethodKind.LOG,)),
}
"""Arguments by field: the name that errors have for it, and the kinds that take it."""

NUMBERED = (MethodKind.CONSTANT, MethodKind.CORRECTED, MethodKind.LOG)
"""Kinds that need a number: D, t or G."""

_NAME = re.compile(r"([a-z]+)(\d*)(_rtz)?", re.ASCII)
_LOG_NAME = re.compile(r"log(\d+)(?:s(\d+))?(?:([dn])(\d+))?", re.ASCII)


@dataclass(frozen=True)
class Method:
    """Method of multiplication. All but the exact ones are one addition and a small correction D.

    Methods without a number are class attributes, such as `Method.LMUL`; `Method.constant`, `Method.corrected` and
    `Method.log` make the others. Compare methods by `==`: equal ones need not be the same object.

    Parameters
    ----------
    kind : MethodKind
        Kind of method.
    d : int or None
        D in mantissa LSBs, for `constant`; D_log in units of 2^-F, for `log`, where the default is 0.
    table_bits : int or None
        Top mantissa bits t of each operand that select D; for `corrected` only.
    table : tuple of tuple of int, or None
        Values of D, 2^t rows (by x) of 2^t (by y), in mantissa LSBs; for `corrected` only. The default is the table
        with the least mean error.
    rounding : Rounding
        Rounding direction of `exact` and `rounded`; the others do not round.
    guard : int or None
        Guard bits G of logarithms, 0 to 4: they have F = M + G fraction bits; for `log` only.
    segments : int or None
        Segments of the antilog, 1, 2 or 4; for `log` only, where the default is 1.
    log_table : tuple of int or None
        Logarithms L[m], m = 0 .. 2^M - 1, in units of 2^-F, 0 to 2^F, not decreasing; for `log` only. The default is
        log2(1 + m / 2^M), rounded.

    Raises
    ------
    TypeError
        An argument has the wrong type.
    ValueError
        The kind does not take an argument. `Parameters` refuses missing numbers, and numbers that do not fit a format.
    """

    kind: MethodKind
    d: int | None = None
    table_bits: int | None = None
    table: Table | None = None
    rounding: Rounding = Rounding.NEAREST
    guard: int | None = None
    segments: int | None = None
    log_table: LogTable | None = None

    LMUL: ClassVar["Method"]
    MITCHELL: ClassVar["Method"]
    EXACT: ClassVar["Method"]
    EXACT_RTZ: ClassVar["Method"]
    ROUNDED: ClassVar["Method"]
    ROUNDED_RTZ: ClassVar["Method"]

    def __post_init__(self) -> None:
        if not isinstance(self.kind, MethodKind):
            raise TypeError(f"kind must be a MethodKind, not {self.kind!r}")
        if not isinstance(self.rounding, Rounding):
            raise TypeError(f"rounding must be a Rounding, not {self.rounding!r}")
        for field, (what, owners) in _OWNERS.items():
            given = getattr(self, field)
            if given is not None and self.kind not in owners:
                raise ValueError(f"{what} must be left out unless the method is {owners[0]}, not {given!r}")
            # A bool is an int to Python.
            if given is not None and field not in ("table", "log_table") and type(given) is not int:
                raise TypeError(f"{what} must be an int, not {given!r}")
        if self.rounding is not Rounding.NEAREST and not self.is_exact:
            raise ValueError(f"rounding must be left out unless the method is exact, not {self.rounding.value!r}")
        if self.kind is MethodKind.LOG:
            self._check_log()

    def _check_log(self) -> None:
        """Set what was left out for the method log, and check the numbers that no format plays a part in."""
        object.__setattr__(self, "d", self.d or 0)
        object.__setattr__(self, "segments", 1 if self.segments is None else self.segments)
        if self.guard not in GUARD_BITS:
            raise ValueError(
                f"guard must be {GUARD_BITS[0]} to {GUARD_BITS[-1]} for the method log, not {self.guard!r}"
            )
        if self.segments not in SEGMENTS:
            raise ValueError(f"segments must be {', '.join(map(str, SEGMENTS))}, not {self.segments!r}")
        table = self.log_table
        if table is not None and not (isinstance(table, tuple) and all(type(entry) is int for entry in table)):
            raise TypeError(f"log_table must be a tuple of ints, not {table!r}")

    @classmethod
    def constant(cls, d: int) -> "Method":
        """Return the method `constant`, with one D that the caller chooses, 0 <= D < 2^M."""
        return cls(MethodKind.CONSTANT, d)

    @classmethod
    def corrected(cls, table_bits: int, table: Table | None = None) -> "Method":
        """Return the method `corrected`: t = `table_bits` top bits of both mantissas select D, 1 <= t <= min(M, 3)."""
        return cls(MethodKind.CORRECTED, table_bits=table_bits, table=table)

    @classmethod
    def log(cls, guard: int, segments: int = 1, d: int = 0, table: LogTable | None = None) -> "Method":
        """Return the method `log`: a table of logarithms where operands enter, one addition a product, an antilog.

        Of dot products and arrays alone. See the class for the arguments: G, segments, D_log and L.
        """
        return cls(MethodKind.LOG, d, guard=guard, segments=segments, log_table=table)

    @classmethod
    def parse(cls, name: str) -> "Method":
        """Return the method with this `name`. A method with a table of its own cannot be made from its name.

        Raises
        ------
        ValueError
            No method has the name.
        """
        if match := _LOG_NAME.fullmatch(name):
            offset = int(match[4] or 0) * (-1 if match[3] == "n" else 1)
            log = cls.log(int(match[1]), int(match[2] or 1), offset)
            if log.name == name:
                return log
        known = _NAME.fullmatch(name)
        if known is None or known[1] not in tuple(MethodKind):
            raise ValueError(f"method must be one of {', '.join(MethodKind)}, with its number, not {name!r}")
        kind, number = MethodKind(known[1]), int(known[2]) if known[2] else None
        d, table_bits = (None, number) if kind is MethodKind.CORRECTED else (number, None)
        if kind is MethodKind.LOG:
            raise ValueError(f"method log must have its guard bits, and segments as in log1 or log1s2, not {name!r}")
        found = cls(kind, d, table_bits, rounding=Rounding.ZERO if known[3] else Rounding.NEAREST)
        if found.name != name or (number is None and kind in NUMBERED):
            raise ValueError(f"method must have its number as in constant3 or corrected2, not {name!r}")
        return found

    @property
    def name(self) -> str:
        """Return the name with its numbers, such as `lmul`, `constant3`, `corrected2x1f0c22aa` or `exact_rtz`.

        Of log: `log1` has one guard bit, `log1s2` two segments besides, `log1d3` and `log1n3` a D_log of 3 and of -3.
        """
        if self.kind is MethodKind.LOG:
            segments = "" if self.segments == 1 else f"s{self.segments}"
            d = f"{'d' if self.d > 0 else 'n'}{abs(self.d)}" if self.d else ""
            return f"log{self.guard}{segments}{d}{'' if self.log_table is None else f'x{digest(self.log_table)}'}"
        if self.rounding is Rounding.ZERO:
            return f"{self.kind}_rtz"
        if self.table is not None:
            return f"{self.kind}{self.table_bits}x{digest(self.table)}"
        return f"{self.kind}{self.table_bits or ''}{'' if self.d is None else self.d}"

    @property
    def label(self) -> str:
        """Return the name that pictures use: `L-Mul`, `Mitchell`, else `name`."""
        return _LABELS.get(self.kind, self.name)

    def __str__(self) -> str:
        return self.name

    @property
    def is_adder(self) -> bool:
        """Tell whether it is of the adder family: T = X + Y - (bias << M) + D."""
        return not self.is_exact

    @property
    def is_exact(self) -> bool:
        """Tell whether it forms the true product, which may be rounded later."""
        return self.kind in _EXACT

    @property
    def is_full(self) -> bool:
        """Tell whether a dot product adds products of 2M + 2 significant bits; else they have M + 1."""
        return self.kind is MethodKind.EXACT

    @property
    def is_dot_only(self) -> bool:
        """Tell whether dot products have it but multipliers do not."""
        return self.kind in _DOT_ONLY

    @property
    def of_multiplier(self) -> "Method":
        """Return the method of the multiplier with the same product: `exact` for `rounded`, else itself."""
        return Method(MethodKind.EXACT, rounding=self.rounding) if self.kind is MethodKind.ROUNDED else self

    @property
    def narrow(self) -> "Method":
        """Return the method with products of M + 1 significant bits: `rounded` for `exact`, else itself."""
        return Method(MethodKind.ROUNDED, rounding=self.rounding) if self.is_full else self

    def correction(self, mantissa_bits: int) -> Table:
        """Return D in mantissa LSBs, by top bits of x's mantissa (row) and y's (column); 1 x 1 for one constant.

        For the method log it is D_log, in units of 2^-F.

        Raises
        ------
        ValueError
            The method is not of the adder family.
        """
        match self.kind:
            case MethodKind.LMUL:
                return ((paper_constant(mantissa_bits),),)
            case MethodKind.MITCHELL:
                return ((0,),)
            case MethodKind.CONSTANT | MethodKind.LOG:
                return ((self.d or 0,),)
            case MethodKind.CORRECTED:
                return self.table or corrected_table(mantissa_bits, self.table_bits or 0)
        raise ValueError(f"method must be one of the adder family, not {self.kind.value!r}")

    def logarithms(self, mantissa_bits: int) -> LogTable:
        """Return L[m] of the method log for M mantissa bits, in units of 2^-F."""
        return self.log_table or logarithms(mantissa_bits, mantissa_bits + (self.guard or 0))

    def antilogarithms(self, fraction_bits: int) -> LogTable:
        """Return 2^F h(f) of the method log, f = 0 .. 2^F - 1: significands of products, in units of 2^-F."""
        return antilogarithms(self.segments or 1, fraction_bits)


Method.LMUL = Method(MethodKind.LMUL)
Method.MITCHELL = Method(MethodKind.MITCHELL)
Method.EXACT = Method(MethodKind.EXACT)
Method.EXACT_RTZ = Method(MethodKind.EXACT, rounding=Rounding.ZERO)
Method.ROUNDED = Method(MethodKind.ROUNDED)
Method.ROUNDED_RTZ = Method(MethodKind.ROUNDED, rounding=Rounding.ZERO)

CATALOGUE = (
    Method.LMUL,
    Method.MITCHELL,
    Method.constant(1),
    *map(Method.corrected, TABLE_BITS),
    Method.ROUNDED,
    Method.EXACT,
    Method.EXACT_RTZ,
)
"""Every method but log, in the order of tables. Options, proofs, tests and reports list their methods from it."""

MULTIPLIER_KINDS = tuple(kind for kind in MethodKind if kind not in _DOT_ONLY)
"""Kinds that multipliers support; dot products support all."""


def multiplier_methods(mantissa_bits: int, constants: Sequence[int]) -> Iterator[Method]:
    """Yield the methods of the catalogue for multipliers of M mantissa bits, `constant` once for each D given."""
    for method in CATALOGUE:
        if method.kind is MethodKind.CONSTANT:
            yield from map(Method.constant, constants)
        elif not method.is_dot_only and (method.table_bits or 0) <= mantissa_bits:
            yield method


def paper_constant(mantissa_bits: int) -> int:
    """Return L-Mul's D = 2^(M - l(M)) in mantissa LSBs, where l(M) is M up to 3, 3 for 4 and 4 above.

    Source: arXiv 2410.00907, equation 1.
    """
    if mantissa_bits <= 3:
        return 1
    return 1 << (mantissa_bits - (3 if mantissa_bits == 4 else 4))
