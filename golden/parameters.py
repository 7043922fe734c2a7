"""The parameters of a multiplier: one object that the model, the hardware and every file name share."""

import hashlib
from dataclasses import dataclass, replace
from enum import StrEnum

from lmul.golden.correction_table import TABLE_BITS, Table, corrected_table
from lmul.golden.formats import FORMATS, Format, Kind

SPEC_VERSION = 1
"""Version of the arithmetic (docs/arithmetic.md) that this package implements."""


class Method(StrEnum):
    """How a product is formed. All but `exact` are one addition and a small correction D."""

    LMUL = "lmul"
    MITCHELL = "mitchell"
    CONSTANT = "constant"
    CORRECTED = "corrected"
    EXACT = "exact"


class Policy(StrEnum):
    """What happens at the edges of a format."""

    RAW = "raw"
    FLUSH = "flush"
    IEEE = "ieee"


class Overflow(StrEnum):
    """What a product beyond TOP becomes under the policy ieee."""

    SATURATE = "saturate"
    INF = "inf"


class Rounding(StrEnum):
    """Which way the exact method rounds."""

    NEAREST = "nearest"  # ties to even
    ZERO = "zero"


@dataclass(frozen=True)
class Parameters:
    """What a multiplier computes.

    Parameters
    ----------
    format : Format
        Of x; of y and of the product too, unless these are given.
    method : Method
        How the product is formed.
    policy : Policy
        What happens at the edges: `raw` wraps, `flush` reads subnormals as zero and saturates, `ieee` knows
        subnormals, Inf and NaN.
    constant : int or None
        For the method `constant` and only there: D, 0 <= D < 2^M, in mantissa LSBs.
    table_bits : int or None
        For `corrected` and only there: t, the top mantissa bits of each operand that choose D, 1 <= t <= min(M, 3).
    table : tuple of tuple of int, or None
        For `corrected`: 2^t rows (indexed by x) of 2^t values of D (indexed by y), 0 <= D < 2^M,
        instead of the table with the least mean error.
    overflow : Overflow or None
        For the policy ieee and only there: what is beyond TOP saturates, unless told otherwise.
    rounding : Rounding
        For the method exact; the others do not round.
    y_format : Format or None
        Of y, where it is not x's. After construction it is never None.
    result : Format or None
        Of the product: the larger mantissa of the two operands, with x's exponent bits, bias and kind unless given.
        After construction it is never None.

    Raises
    ------
    TypeError
        An argument is not of its type (a plain string for the method, say, or a float for D).
    ValueError
        The combination is not one that exists.
    """

    format: Format
    method: Method = Method.LMUL
    policy: Policy = Policy.FLUSH
    constant: int | None = None
    table_bits: int | None = None
    table: Table | None = None
    overflow: Overflow | None = None
    rounding: Rounding = Rounding.NEAREST
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
            ("rounding", Rounding),
        ):
            if not isinstance(getattr(self, what), kind):
                raise TypeError(f"{what} must be a {kind.__name__}, not {getattr(self, what)!r}")
        for what in ("format", "y_format", "result"):
            f = getattr(self, what)
            if FORMATS.get(f.name, f) != f:
                raise ValueError(f"{what} must be the one that its name means, not {f!r}")
        self._check_result()
        self._check_edges()
        for what, owner in (
            ("constant", Method.CONSTANT),
            ("table_bits", Method.CORRECTED),
            ("table", Method.CORRECTED),
        ):
            if getattr(self, what) is not None and self.method is not owner:
                raise ValueError(f"{what} must be left out unless the method is {owner}, not {getattr(self, what)!r}")
        if self.method is Method.CONSTANT:
            self._check_d("constant", self.constant)
        if self.method is Method.CORRECTED:
            self._check_table()

    def _fill_in(self) -> None:
        """Replace what was left out and has a value that depends on the rest."""
        if self.y_format is None:
            object.__setattr__(self, "y_format", self.format)
        if self.result is None and isinstance(self.format, Format) and isinstance(self.y_format, Format):
            object.__setattr__(self, "result", _default_result(self.format, self.y_format))
        if self.overflow is None and self.policy is Policy.IEEE:
            object.__setattr__(self, "overflow", Overflow.SATURATE)

    def _check_result(self) -> None:
        x, y, z = self.format, self.y_format, self.result
        widest = max(x.mantissa_bits, y.mantissa_bits)
        if z.mantissa_bits != widest:
            raise ValueError(f"result must have {widest} mantissa bits for {x} times {y}, not {z.mantissa_bits} ({z})")
        special = x.kind is not Kind.FINITE or y.kind is not Kind.FINITE
        if self.policy is Policy.IEEE and z.kind is Kind.FINITE and special:
            raise ValueError(f"result must have a NaN under the policy ieee, for {x} times {y} can be one, not {z}")

    def _check_edges(self) -> None:
        if self.policy is Policy.RAW and self.method is Method.EXACT:
            raise ValueError("policy of the method exact must be flush or ieee, not 'raw' (rounding has no raw form)")
        if self.policy is not Policy.IEEE and self.overflow is not None:
            raise ValueError(f"overflow must be left out unless the policy is ieee, not {str(self.overflow)!r}")
        if self.policy is Policy.IEEE and not isinstance(self.overflow, Overflow):
            raise TypeError(f"overflow must be an Overflow, not {self.overflow!r}")
        if self.rounding is not Rounding.NEAREST and self.method is not Method.EXACT:
            raise ValueError(f"rounding must be left out unless the method is exact, not {self.rounding.value!r}")

    def _check_d(self, what: str, d: int | None) -> None:
        if d is not None and type(d) is not int:
            raise TypeError(f"{what} must be an int, not {d!r}")
        if d is None or not 0 <= d < self.result.hidden_one:
            raise ValueError(f"{what} must be 0 to {self.result.hidden_one - 1} for {self.result}, not {d!r}")

    def _check_table(self) -> None:
        most = min(self.result.mantissa_bits, TABLE_BITS[-1])
        if self.table_bits is not None and type(self.table_bits) is not int:
            raise TypeError(f"table_bits must be an int, not {self.table_bits!r}")
        if self.table_bits is None or not 1 <= self.table_bits <= most:
            raise ValueError(f"table_bits must be 1 to {most} for {self.result}, not {self.table_bits!r}")
        if self.table is not None:
            side = 1 << self.table_bits
            if not isinstance(self.table, tuple) or not all(isinstance(row, tuple) for row in self.table):
                raise TypeError(f"table must be a tuple of tuples, not {self.table!r}")
            if len(self.table) != side or any(len(row) != side for row in self.table):
                raise ValueError(f"table must be {side} x {side} for table_bits {self.table_bits}, not {self.table!r}")
            for row in self.table:
                for d in row:
                    self._check_d("entry of the table", d)

    @property
    def correction(self) -> Table:
        """D in mantissa LSBs, by top bits of x's mantissa (row) and of y's (column); 1 x 1 where it is one constant.

        Raises
        ------
        ValueError
            The method is exact, which has no such table.
        """
        if self.method is Method.EXACT:
            raise ValueError("method must be one of the adder family, not 'exact'")
        if self.method is Method.CORRECTED:
            assert self.table_bits is not None
            return self.table or corrected_table(self.result.mantissa_bits, self.table_bits)
        if self.method is Method.LMUL:
            return ((paper_constant(self.result.mantissa_bits),),)
        return ((self.constant or 0,),)

    @property
    def bias(self) -> int:
        """What the sum of the exponent fields of x and y has too much: both biases less that of the product."""
        return self.format.bias + self.y_format.bias - self.result.bias

    @property
    def offset(self) -> int | None:
        """C = (bias << M) - D, which the unit takes off X + Y; None where D is not one constant."""
        if self.method in (Method.EXACT, Method.CORRECTED):
            return None
        return (self.bias << self.result.mantissa_bits) - self.correction[0][0]

    @property
    def method_name(self) -> str:
        """The method with what it was given: `lmul`, `constant3`, `corrected2`, `corrected2x1f0c22aa`, `exact_rtz`."""
        if self.rounding is Rounding.ZERO:
            return f"{self.method}_rtz"
        if self.table is not None:
            return f"corrected{self.table_bits}x{hashlib.sha256(repr(self.table).encode()).hexdigest()[:8]}"
        return f"{self.method}{self.table_bits or ''}{'' if self.constant is None else self.constant}"

    @property
    def name(self) -> str:
        """The name of a unit with these parameters: `lmul_e4m3_flush`, `exact_bf16_e4m3_ieee_inf`."""
        policy = f"{self.policy}_{self.overflow}" if self.overflow else self.policy
        return f"{self.method_name}_{self.format_name}_{policy}"

    @property
    def format_name(self) -> str:
        """The formats: `e4m3`, or those of x and y, `e4m3_e5m2`, and of the product, `e4m3_e5m2_to_e5m3`."""
        if self.format == self.y_format == self.result:
            return self.format.name
        result = "" if self.result == _default_result(self.format, self.y_format) else f"_to_{self.result}"
        return f"{self.format}_{self.y_format}{result}"


def paper_constant(mantissa_bits: int) -> int:
    """D = 2^(M - l(M)) mantissa LSBs, where l(M) is M up to 3, 3 for 4 and 4 above.

    Source: arXiv 2410.00907, equation 1.
    """
    if mantissa_bits <= 3:
        return 1
    return 1 << (mantissa_bits - (3 if mantissa_bits == 4 else 4))


def _default_result(x: Format, y: Format) -> Format:
    """x's exponent bits, bias and kind with the larger mantissa of the two, under the name that is known for it."""
    if x.mantissa_bits >= y.mantissa_bits:
        return x
    name = f"e{x.exponent_bits}m{y.mantissa_bits}{'' if x.kind is Kind.IEEE else x.kind}"
    if x.bias != (1 << (x.exponent_bits - 1)) - 1:
        name += f"_bias{x.bias}".replace("-", "_")
    f = replace(x, name=f"{name}ieee" if name in FORMATS else name, mantissa_bits=y.mantissa_bits)
    return next((known for known in FORMATS.values() if known == f), f)
