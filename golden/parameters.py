"""Parameters of a multiplier, one object that the model, the hardware and every file name share."""

from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from lmul.golden.correction_table import TABLE_BITS, Table
from lmul.golden.formats import FORMATS, INTEGER_MANTISSA_BITS, INTEGERS, Format, FormatKind
from lmul.golden.logarithms import WIDEST_MANTISSA, LogFormat, LogTable
from lmul.golden.methods import MULTIPLIER_KINDS, Method, MethodKind, Rounding

SPEC_VERSION = 2
"""Version of the arithmetic (docs/arithmetic.md) that this package implements."""


class Policy(StrEnum):
    """Behaviour at the edges of a format."""

    RAW = "raw"
    FLUSH = "flush"
    FTZ = "ftz"
    IEEE = "ieee"

    @property
    def has_special_values(self) -> bool:
        """Tell whether codes that a format reserves mean Inf and NaN."""
        return self in (Policy.FTZ, Policy.IEEE)


class Overflow(StrEnum):
    """Result of a product beyond TOP under the policies ieee and ftz."""

    SATURATE = "saturate"
    INF = "inf"


@dataclass(frozen=True)
class Parameters:
    """Parameters of a multiplier: formats, method and policy.

    Parameters
    ----------
    format : Format
        Format of x, and the default for y and the product.
    method : Method
        Method of multiplication, with its D or its table: 0 <= D < 2^M in mantissa LSBs, 1 <= t <= min(M, 3); for
        `log` -2^F < D_log < 2^F, and a table of 2^M logarithms, M at most 10.
    policy : Policy
        Behaviour at the edges: `raw` wraps, `flush` reads subnormals as zero and saturates, `ieee` handles
        subnormals, Inf and NaN, `ftz` handles Inf and NaN, and flushes subnormals to zero.
    overflow : Overflow or None
        Result of a product beyond TOP, for the policies ieee and ftz only; the default is to saturate.
    y_format : Format or None
        Format of y; the default is x's. After construction it is never None.
    result : Format or None
        Format of the product. The default has x's exponent bits, bias and kind, and as many mantissa bits as the
        wider operand, for `log` the guard bits more. After construction it is never None.
    subnormals : bool or None
        Subnormal operands of a dot product count in full: they are normalised where they enter. The policy is flush.
        The default is True for `log` and False for the others. After construction it is never None.

    Raises
    ------
    TypeError
        An argument has the wrong type, such as a string for the method or a float for D.
    ValueError
        The combination does not exist.
    """

    format: Format
    method: Method = Method.LMUL
    policy: Policy = Policy.FLUSH
    overflow: Overflow | None = None
    y_format: Format = None  # type: ignore[assignment]  # __post_init__ fills it in
    result: Format = None  # type: ignore[assignment]
    subnormals: bool = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        self._fill_in()
        for what, kind in (
            ("format", Format),
            ("y_format", Format),
            ("method", Method),
            ("result", Format),
            ("policy", Policy),
            ("subnormals", bool),
        ):
            if not isinstance(getattr(self, what), kind):
                raise TypeError(f"{what} must be a {kind.__name__}, not {getattr(self, what)!r}")
        for what in ("format", "y_format", "result"):
            f = getattr(self, what)
            if (FORMATS | INTEGERS).get(f.name, f) != f:
                raise ValueError(f"{what} must be the one that its name means, not {f!r}")
        if self.is_integer:
            self._check_integers()
        self._check_result()
        self._check_edges()
        if self.method.kind is MethodKind.CONSTANT:
            self._check_d("constant", self.method.d)
        if self.method.kind is MethodKind.CORRECTED:
            self._check_table(self.method.table_bits, self.method.table)
        self._check_log()

    def _fill_in(self) -> None:
        """Set the fields that were left out and whose defaults depend on the others."""
        if self.y_format is None:
            object.__setattr__(self, "y_format", self.format)
        formats = isinstance(self.format, Format) and isinstance(self.y_format, Format)
        if formats and isinstance(self.method, Method):
            self._check_widest()
            if self.result is None:
                object.__setattr__(self, "result", _default_result(self.format, self.mantissa_bits))
        if self.subnormals is None and isinstance(self.method, Method):
            object.__setattr__(self, "subnormals", self._is_log)
        if self.overflow is None and isinstance(self.policy, Policy) and self.policy.has_special_values:
            object.__setattr__(self, "overflow", Overflow.SATURATE)

    def _check_widest(self) -> None:
        if self._is_log and self._wider > WIDEST_MANTISSA:
            raise ValueError(
                f"operands of the method log must have at most {WIDEST_MANTISSA} mantissa bits, not {self._wider} "
                f"({self._operands})"
            )

    def _check_result(self) -> None:
        x, y, z = self.format, self.y_format, self.result
        special = x.kind is not FormatKind.FINITE or y.kind is not FormatKind.FINITE
        if self.policy.has_special_values and z.kind is FormatKind.FINITE and special:
            raise ValueError(
                f"result must have a NaN under the policy {self.policy}, for {x} times {y} can be one, not {z}"
            )

    def _check_integers(self) -> None:
        for what in ("format", "y_format", "result"):
            if not getattr(self, what).is_integer:
                raise ValueError(f"{what} must be of integers, as another format is, not {getattr(self, what)}")
        if self.method != Method.EXACT:
            raise ValueError(f"method of integers must be exact, not {self.method}")
        if self.policy is not Policy.FLUSH:
            raise ValueError(f"policy of integers must be flush, not {self.policy.value!r}")
        if self.subnormals:
            raise ValueError(f"subnormals must be left out for integers, not {self.subnormals!r}")

    def _check_edges(self) -> None:
        if self.method.is_dot_only and self.policy is not Policy.FLUSH:
            raise ValueError(f"policy of the method {self.method} must be flush, not {self.policy.value!r}")
        if self.subnormals and self.policy is not Policy.FLUSH:
            raise ValueError(f"subnormals must be left out unless the policy is flush, not {self.subnormals!r}")
        if self.policy is Policy.RAW and self.method.is_exact:
            raise ValueError("policy of the method exact must be flush, ftz or ieee, not 'raw' (exact has no raw form)")
        special = self.policy.has_special_values
        if not special and self.overflow is not None:
            raise ValueError(f"overflow must be left out unless the policy is ieee or ftz, not {str(self.overflow)!r}")
        if special and not isinstance(self.overflow, Overflow):
            raise TypeError(f"overflow must be an Overflow, not {self.overflow!r}")

    def _check_d(self, what: str, d: int | None) -> None:
        if d is not None and type(d) is not int:
            raise TypeError(f"{what} must be an int, not {d!r}")
        if d is None or not 0 <= d < self.hidden_one:
            raise ValueError(f"{what} must be 0 to {self.hidden_one - 1} for {self._operands}, not {d!r}")

    def _check_table(self, table_bits: int | None, table: Table | None) -> None:
        most = min(self.mantissa_bits, TABLE_BITS[-1])
        if table_bits is not None and type(table_bits) is not int:
            raise TypeError(f"table_bits must be an int, not {table_bits!r}")
        if table_bits is None or not 1 <= table_bits <= most:
            raise ValueError(f"table_bits must be 1 to {most} for {self._operands}, not {table_bits!r}")
        if table is not None:
            side = 1 << table_bits
            if not isinstance(table, tuple) or not all(isinstance(row, tuple) for row in table):
                raise TypeError(f"table must be a tuple of tuples, not {table!r}")
            if len(table) != side or any(len(row) != side for row in table):
                raise ValueError(f"table must be {side} x {side} for table_bits {table_bits}, not {table!r}")
            for row in table:
                for d in row:
                    self._check_d("entry of the table", d)

    def _check_log(self) -> None:
        if not self._is_log:
            return
        entries, largest, table = 1 << self._wider, self.hidden_one, self.method.log_table
        if self.result.mantissa_bits != self.mantissa_bits:
            raise ValueError(
                f"result of the method log must have {self.mantissa_bits} mantissa bits, those of the logarithms, not "
                f"{self.result.mantissa_bits} ({self.result})"
            )
        d = self.method.d
        if d is None or abs(d) >= largest:
            raise ValueError(f"d must be {1 - largest} to {largest - 1} for {self._operands}, not {d!r}")
        if table is not None and len(table) != entries:
            raise ValueError(f"log_table must have {entries} entries for {self._operands}, not {len(table)}")
        for before, entry in pairwise((0, *(table or ()))):
            if not before <= entry <= largest:
                raise ValueError(f"log_table must not decrease, and be 0 to {largest}, not {before}, {entry}")

    def check_multiplier(self) -> None:
        """Refuse a method that no multiplier has.

        Raises
        ------
        ValueError
            Only dot products have the method, or subnormals under the policy flush.
        """
        if self._is_log:
            raise ValueError(
                f"method must not be {self.method}: a multiplier by itself (code in, code out) has no such method"
            )
        if self.method.is_dot_only:
            raise ValueError(
                f"method of a multiplier must be one of {', '.join(MULTIPLIER_KINDS)}, not '{self.method}'"
            )
        if self.is_integer:
            raise ValueError(f"format of a multiplier must be a floating-point one, not {self.format}")
        if self.subnormals:
            raise ValueError(
                f"subnormals must be left out for a multiplier by itself, whose policy ieee has them, not "
                f"{self.subnormals!r}"
            )

    @property
    def is_integer(self) -> bool:
        """Tell whether an operand, and so the other and the product, is an integer in two's complement."""
        return any(f.is_integer for f in (self.format, self.y_format, self.result))

    @property
    def mantissa_bits(self) -> int:
        """Return M, the mantissa bits in which the adder family forms T: those of the wider operand.

        For the method log it is F, which has the guard bits besides.
        """
        return self._wider + (self.method.guard or 0)

    @property
    def hidden_one(self) -> int:
        """Return 2^M: the weight of the hidden bit in T, in units of its last place."""
        return 1 << self.mantissa_bits

    @property
    def log_formats(self) -> tuple[LogFormat, LogFormat] | None:
        """Return the formats of the log codes of x and of y; None for all methods but log."""
        if not self._is_log:
            return None
        table = self.method.logarithms(self._wider)
        return (
            LogFormat(self.format, self.mantissa_bits, self._own(table, self.format), self.subnormals),
            LogFormat(self.y_format, self.mantissa_bits, self._own(table, self.y_format), self.subnormals),
        )

    @property
    def entry_formats(self) -> tuple[LogFormat, LogFormat] | None:
        """Return the formats in which x and y are multiplied: of log codes, or of codes with subnormals normalised.

        None where operands are multiplied as the codes that they are.
        """
        if not self.subnormals:
            return self.log_formats
        x, y = (LogFormat(f, f.mantissa_bits, None, True) for f in (self.format, self.y_format))
        return self.log_formats or (x, y)

    def _own(self, table: LogTable, format: Format) -> LogTable:
        """Return the logarithms of a format's own mantissas, which may be shorter than those of the table."""
        return table[:: 1 << (self._wider - format.mantissa_bits)]

    @property
    def _is_log(self) -> bool:
        return self.method.kind is MethodKind.LOG

    @property
    def _wider(self) -> int:
        """Return the mantissa bits of the wider operand."""
        return max(self.format.mantissa_bits, self.y_format.mantissa_bits)

    @property
    def _operands(self) -> str:
        """Name the operands' formats in an error about M: the one, or both."""
        return f"{self.format}" if self.format == self.y_format else f"{self.format} times {self.y_format}"

    @property
    def correction(self) -> Table:
        """Return D in mantissa LSBs, by top bits of x's mantissa (row) and y's (column); 1 x 1 for one constant.

        Raises
        ------
        ValueError
            The method is not of the adder family.
        """
        return self.method.correction(self.mantissa_bits)

    @property
    def table_bits(self) -> int:
        """Return t, the top mantissa bits of each operand that select D; 0 where there is no table."""
        return self.method.table_bits or 0

    @property
    def rounding(self) -> Rounding:
        """Return the rounding direction of an exact method; the others do not round."""
        return self.method.rounding

    @property
    def bias(self) -> int:
        """Return the excess bias of the sum of both exponent fields: bias of x plus bias of y less the product's."""
        return self.format.bias + self.y_format.bias - self.result.bias

    @property
    def offset(self) -> int | None:
        """Return C = (bias << M) - D, which the unit subtracts from X + Y; None where D is not one constant."""
        if not self.method.is_adder or self.table_bits:
            return None
        return (self.bias << self.mantissa_bits) - self.correction[0][0]

    @property
    def name(self) -> str:
        """Return the unit's name, such as `lmul_e4m3_flush` or `exact_bf16_e4m3_ieee_inf`."""
        policy = f"{self.policy}_{self.overflow}" if self.overflow else self.policy
        return f"{self.method}_{self.format_name}_{policy}"

    @property
    def format_name(self) -> str:
        """Name the formats: `e4m3` for all, `e4m3_e5m2` for x and y, `e4m3_e5m2_to_e5m3` with the product's.

        Of log without subnormals it ends in `_flushed`, of other methods with them in `_subnormals`.
        """
        usual = "_flushed" if self._is_log else "_subnormals"
        edge = "" if self.subnormals == self._is_log else usual
        default = self.result == _default_result(self.format, self.mantissa_bits)
        if self.format == self.y_format and default:
            return f"{self.format}{edge}"
        return f"{self.format}_{self.y_format}{'' if default else f'_to_{self.result}'}{edge}"


def _default_result(x: Format, mantissa_bits: int) -> Format:
    """Return x's exponent bits, bias and kind with so many mantissa bits, under its usual name if it has one."""
    if x.mantissa_bits == mantissa_bits:
        return x
    if x.is_integer:
        return INTEGERS[f"int{mantissa_bits + 1}"] if mantissa_bits in INTEGER_MANTISSA_BITS else x
    name = f"e{x.exponent_bits}m{mantissa_bits}{'' if x.kind is FormatKind.IEEE else x.kind}"
    if x.bias != (1 << (x.exponent_bits - 1)) - 1:
        name += f"_bias{x.bias}".replace("-", "_")
    f = replace(x, name=f"{name}ieee" if name in FORMATS else name, mantissa_bits=mantissa_bits)
    return next((known for known in FORMATS.values() if known == f), f)
