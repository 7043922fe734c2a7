"""The parameters of a multiplier: one object that the model, the hardware and every file name share."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from lmul.golden.correction import TABLE_BITS, Table, corrected_table
from lmul.golden.formats import FORMATS, Format

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


@dataclass(frozen=True)
class Parameters:
    """What a multiplier computes.

    Parameters
    ----------
    format : Format
        Of both operands and of the product.
    method : Method
        How the product is formed.
    policy : Policy
        What happens at the edges: `raw` wraps, `flush` reads subnormals as zero and saturates.
    constant : int or None
        For the method `constant` and only there: D, 0 <= D < 2^M, in mantissa LSBs.
    table_bits : int or None
        For `corrected` and only there: t, the top mantissa bits of each operand that choose D, 1 <= t <= min(M, 3).
    table : tuple of tuple of int, or None
        For `corrected`: 2^t rows (indexed by x) of 2^t values of D (indexed by y), 0 <= D < 2^M,
        instead of the table with the least mean error.

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

    def __post_init__(self) -> None:
        for what, kind in (("format", Format), ("method", Method), ("policy", Policy)):
            if not isinstance(getattr(self, what), kind):
                raise TypeError(f"{what} must be a {kind.__name__}, not {getattr(self, what)!r}")
        known = FORMATS.get(self.format.name, self.format)
        if known != self.format:
            raise ValueError(f"format must be the one that its name means, not {self.format!r}")
        if self.policy is Policy.RAW and self.method is Method.EXACT:
            raise ValueError("policy of the method exact must be flush, not 'raw' (rounding has no raw form)")
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

    def _check_d(self, what: str, d: int | None) -> None:
        if d is not None and type(d) is not int:
            raise TypeError(f"{what} must be an int, not {d!r}")
        if d is None or not 0 <= d < self.format.hidden_one:
            raise ValueError(f"{what} must be 0 to {self.format.hidden_one - 1} for {self.format}, not {d!r}")

    def _check_table(self) -> None:
        most = min(self.format.mantissa_bits, TABLE_BITS[-1])
        if self.table_bits is not None and type(self.table_bits) is not int:
            raise TypeError(f"table_bits must be an int, not {self.table_bits!r}")
        if self.table_bits is None or not 1 <= self.table_bits <= most:
            raise ValueError(f"table_bits must be 1 to {most} for {self.format}, not {self.table_bits!r}")
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
            return self.table or corrected_table(self.format.mantissa_bits, self.table_bits)
        if self.method is Method.LMUL:
            return ((paper_constant(self.format.mantissa_bits),),)
        return ((self.constant or 0,),)

    @property
    def offset(self) -> int | None:
        """C = (bias << M) - D, which the unit takes off X + Y; None where D is not one constant."""
        if self.method in (Method.EXACT, Method.CORRECTED):
            return None
        return (self.format.bias << self.format.mantissa_bits) - self.correction[0][0]

    @property
    def method_name(self) -> str:
        """The method with what it was given: `lmul`, `constant3`, `corrected2`, `corrected2x1f0c22aa`."""
        if self.table is not None:
            return f"corrected{self.table_bits}x{hashlib.sha256(repr(self.table).encode()).hexdigest()[:8]}"
        return f"{self.method}{self.table_bits or ''}{'' if self.constant is None else self.constant}"

    @property
    def name(self) -> str:
        """The name of a unit with these parameters, as in `lmul_e4m3_flush`."""
        return f"{self.method_name}_{self.format}_{self.policy}"


def paper_constant(mantissa_bits: int) -> int:
    """D = 2^(M - l(M)) mantissa LSBs, where l(M) is M up to 3, 3 for 4 and 4 above.

    Source: arXiv 2410.00907, equation 1.
    """
    if mantissa_bits <= 3:
        return 1
    return 1 << (mantissa_bits - (3 if mantissa_bits == 4 else 4))
