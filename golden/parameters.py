"""Parameters of a multiplier, one object that the model, the hardware and every file name share."""

from dataclasses import dataclass, replace
from enum import StrEnum

from lmul.golden.correction_table import TABLE_BITS, Table
from lmul.golden.formats import FORMATS, Format, FormatKind
from lmul.golden.methods import MULTIPLIER_KINDS, Method, MethodKind, Rounding

SPEC_VERSION = 1
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
        Method of multiplication, with its D or its table: 0 <= D < 2^M in mantissa LSBs, 1 <= t <= min(M, 3).
    policy : Policy
        Behaviour at the edges: `raw` wraps, `flush` reads subnormals as zero and saturates, `ieee` handles
        subnormals, Inf and NaN, `ftz` handles Inf and NaN, and flushes subnormals to zero.
    overflow : Overflow or None
        Result of a product beyond TOP, for the policies ieee and ftz only; the default is to saturate.
    y_format : Format or None
        Format of y; the default is x's. After construction it is never None.
    result : Format or None
        Format of the product. The default has x's exponent bits, bias and kind, and as many mantissa bits as the
        wider operand. After construction it is never None.

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

    def __post_init__(self) -> None:
        self._fill_in()
        for what, kind in (
            ("format", Format),
            ("y_format", Format),
            ("result", Format),
            ("method", Method),
            ("policy", Policy),
        ):
            if not isinstance(getattr(self, what), kind):
                raise TypeError(f"{what} must be a {kind.__name__}, not {getattr(self, what)!r}")
        for what in ("format", "y_format", "result"):
            f = getattr(self, what)
            if FORMATS.get(f.name, f) != f:
                raise ValueError(f"{what} must be the one that its name means, not {f!r}")
        self._check_result()
        self._check_edges()
        if self.method.kind is MethodKind.CONSTANT:
            self._check_d("constant", self.method.d)
        if self.method.kind is MethodKind.CORRECTED:
            self._check_table(self.method.table_bits, self.method.table)

    def _fill_in(self) -> None:
        """Set the fields that were left out and whose defaults depend on the others."""
        if self.y_format is None:
            object.__setattr__(self, "y_format", self.format)
        if self.result is None and isinstance(self.format, Format) and isinstance(self.y_format, Format):
            object.__setattr__(self, "result", _default_result(self.format, self.y_format))
        if self.overflow is None and isinstance(self.policy, Policy) and self.policy.has_special_values:
            object.__setattr__(self, "overflow", Overflow.SATURATE)

    def _check_result(self) -> None:
        x, y, z = self.format, self.y_format, self.result
        special = x.kind is not FormatKind.FINITE or y.kind is not FormatKind.FINITE
        if self.policy.has_special_values and z.kind is FormatKind.FINITE and special:
            raise ValueError(
                f"result must have a NaN under the policy {self.policy}, for {x} times {y} can be one, not {z}"
            )

    def _check_edges(self) -> None:
        if self.method.is_dot_only and self.policy is not Policy.FLUSH:
            raise ValueError(f"policy of the method {self.method} must be flush, not {self.policy.value!r}")
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

    def check_multiplier(self) -> None:
        """Refuse a method that no multiplier has.

        Raises
        ------
        ValueError
            Only dot products have the method.
        """
        if self.method.is_dot_only:
            raise ValueError(
                f"method of a multiplier must be one of {', '.join(MULTIPLIER_KINDS)}, not '{self.method}'"
            )

    @property
    def mantissa_bits(self) -> int:
        """Return M, the mantissa bits in which the adder family forms T: those of the wider operand."""
        return max(self.format.mantissa_bits, self.y_format.mantissa_bits)

    @property
    def hidden_one(self) -> int:
        """Return 2^M: the weight of the hidden bit in T, in units of its last place."""
        return 1 << self.mantissa_bits

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
        """Name the formats: `e4m3` for all, `e4m3_e5m2` for x and y, `e4m3_e5m2_to_e5m3` with the product's."""
        if self.format == self.y_format == self.result:
            return self.format.name
        result = "" if self.result == _default_result(self.format, self.y_format) else f"_to_{self.result}"
        return f"{self.format}_{self.y_format}{result}"


def _default_result(x: Format, y: Format) -> Format:
    """Return x's exponent bits, bias and kind with the wider mantissa, under its usual name if it has one."""
    if x.mantissa_bits >= y.mantissa_bits:
        return x
    name = f"e{x.exponent_bits}m{y.mantissa_bits}{'' if x.kind is FormatKind.IEEE else x.kind}"
    if x.bias != (1 << (x.exponent_bits - 1)) - 1:
        name += f"_bias{x.bias}".replace("-", "_")
    f = replace(x, name=f"{name}ieee" if name in FORMATS else name, mantissa_bits=y.mantissa_bits)
    return next((known for known in FORMATS.values() if known == f), f)
