"""Parameters of a dot product, one object that the model, the hardware and every file name share."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np

from lmul.golden.formats import FORMATS, Format
from lmul.golden.logarithms import LogFormat
from lmul.golden.methods import Method, Rounding
from lmul.golden.multiply import extended_code, wide_product
from lmul.golden.parameters import Parameters, Policy


class AccumulatorKind(StrEnum):
    """Representation of sums."""

    FIXED = "fixed"  # an integer wide enough for every sum, exact
    ANCHORED = "anchored"  # an integer that keeps a window of W bits below an anchor
    FLOATING = "floating"  # a floating-point number, rounded after each product

    @property
    def is_integer(self) -> bool:
        """Tell whether sums are integers: added exactly in any order, of a width that depends on K."""
        return self is not AccumulatorKind.FLOATING

    @property
    def has_anchor(self) -> bool:
        """Tell whether the caller sets an anchor, above which products saturate."""
        return self is AccumulatorKind.ANCHORED


class Accumulator(StrEnum):
    """Accumulator of products: one of the two integers, or a floating-point format by its name."""

    FIXED = "fixed"
    ANCHORED = "anchored"
    FP32 = "fp32"
    BF16 = "bf16"
    FP16 = "fp16"
    E4M3 = "e4m3"

    @property
    def kind(self) -> AccumulatorKind:
        """Return the representation of its sums."""
        return AccumulatorKind.FLOATING if self.floating_format else AccumulatorKind(self.value)

    @property
    def floating_format(self) -> Format | None:
        """Return the format of a floating-point accumulator; None for the integer ones."""
        return FORMATS.get(self.value)


NARROW_FLOATING = tuple(a for a in Accumulator if a.kind is AccumulatorKind.FLOATING and a is not Accumulator.FP32)
"""Floating-point accumulators other than fp32; studies combine them with fewer methods."""

DEPTH = 1024
"""Default for the largest K, in products."""

WIDEST_FIXED = 128
"""Width limit of the fixed accumulator, in bits."""

WINDOWS = range(2, 65)
"""Window widths W that the anchored accumulator may have, in bits."""

CONVERTED = ("", "x", "y", "xy")
"""Operands that a unit can take converted."""

DEEPEST = 1 << 20
"""Limit of K, in products."""


@dataclass(frozen=True)
class DotParameters:
    """Parameters of a dot product, the sum of products x[k] y[k], k = 0 .. K-1.

    Parameters
    ----------
    product : Parameters
        Formats and method of the products; the policy is flush.
    accumulator : Accumulator
        Accumulator that adds them up.
    depth : int
        Largest K. The width of floating-point accumulators does not depend on it.
    window : int or None
        Window W, the bits kept below the anchor; for `anchored` only.
    output : Format or None
        Floating-point format that a finished sum is rounded to, once; None outputs the accumulator itself.
    converted : str
        Operands that a unit takes as the words that converters make, `x`, `y` or `xy`; the others come in as codes. The
        sums are the same: functions of the model take codes.
    scaled : bool
        A unit takes scales, as E8M0 codes, of blocks of x and y, which move the anchor; for `anchored` only. In the
        model it is `scaled_sums` that takes them.

    Raises
    ------
    TypeError
        An argument has the wrong type.
    ValueError
        The combination does not exist.
    """

    product: Parameters
    accumulator: Accumulator = Accumulator.FIXED
    depth: int = DEPTH
    window: int | None = None
    output: Format | None = None
    converted: str = ""
    scaled: bool = False

    def __post_init__(self) -> None:
        for what, kind in (("product", Parameters), ("accumulator", Accumulator), ("depth", int)):
            if not isinstance(getattr(self, what), kind) or (kind is int and isinstance(getattr(self, what), bool)):
                raise TypeError(f"{what} must be of the type {kind.__name__}, not {getattr(self, what)!r}")
        if not 1 <= self.depth <= DEEPEST:
            raise ValueError(f"depth must be 1 to {DEEPEST}, not {self.depth}")
        if self.product.policy is not Policy.FLUSH:
            raise ValueError(f"policy of a dot product must be flush, not {self.product.policy.value!r}")
        if self.product.result.mantissa_bits != self.product.mantissa_bits:
            raise ValueError(
                f"result of a dot product's product must have {self.product.mantissa_bits} mantissa bits, those of the "
                f"wider operand, not {self.product.result.mantissa_bits} ({self.product.result})"
            )
        if self.method.is_full and self.method.rounding is not Rounding.NEAREST:
            raise ValueError("rounding must be left out unless the product is rounded, not 'zero'")
        if self.output is not None and not isinstance(self.output, Format):
            raise TypeError(f"output must be a Format or None, not {self.output!r}")
        if self.output is not None and self.output.is_integer:
            raise ValueError(f"output must be a floating-point format, not {self.output}")
        self._check_operands()
        self._check_window()
        if self.kind is AccumulatorKind.FIXED and self.width > WIDEST_FIXED:
            raise ValueError(
                f"accumulator fixed must be at most {WIDEST_FIXED} bits wide, not the {self.width} bits that "
                f"{self.method} {self.product.format_name} with K = {self.depth} needs"
            )

    def _check_operands(self) -> None:
        if self.converted not in CONVERTED:
            raise ValueError(f"converted must be {', '.join(CONVERTED[1:])} or left out, not {self.converted!r}")
        if self.converted and self.product.entry_formats is None:
            raise ValueError(
                f"converted must be left out unless the method is log or subnormals count, not {self.converted!r}"
            )
        if not isinstance(self.scaled, bool):
            raise TypeError(f"scaled must be a bool, not {self.scaled!r}")
        if self.scaled and not self.kind.has_anchor:
            raise ValueError(f"scaled must be left out unless the accumulator is anchored, not with {self.accumulator}")
        if self.product.is_integer and self.accumulator is not Accumulator.FIXED:
            raise ValueError(f"accumulator of integers must be fixed, not {self.accumulator.value!r}")

    def _check_window(self) -> None:
        if self.kind is not AccumulatorKind.ANCHORED:
            if self.window is not None:
                raise ValueError(
                    f"window must be left out unless the accumulator is anchored, not {self.window!r} "
                    f"({self.accumulator})"
                )
            return
        if self.window is not None and type(self.window) is not int:
            raise TypeError(f"window must be an int, not {self.window!r}")
        if self.window is None or self.window not in WINDOWS:
            raise ValueError(f"window must be {WINDOWS[0]} to {WINDOWS[-1]} bits, not {self.window!r}")

    @property
    def kind(self) -> AccumulatorKind:
        """Return the representation of sums."""
        return self.accumulator.kind

    @property
    def method(self) -> Method:
        """Return the method that forms products."""
        return self.product.method

    @property
    def full(self) -> bool:
        """Tell whether products have 2M + 2 significant bits: exact and not rounded."""
        return self.method.is_full

    @property
    def format(self) -> Format | None:
        """Return the format of a floating-point accumulator; None for the integer ones."""
        return self.accumulator.floating_format

    @property
    def float_format(self) -> Format:
        """Return the format of a floating-point accumulator; raise ValueError for the integer ones."""
        if self.format is None:
            raise ValueError(f"accumulator must be a floating-point format to have one, not {self.accumulator.value!r}")
        return self.format

    @property
    def window_bits(self) -> int:
        """Return the window W of the anchored accumulator, in bits; raise ValueError for the others."""
        if self.window is None:
            raise ValueError(f"accumulator must be anchored to have a window, not {self.accumulator.value!r}")
        return self.window

    @property
    def port_formats(self) -> tuple[Format | LogFormat, Format | LogFormat]:
        """Return the formats of x and of y at the ports of a unit."""
        p = self.product
        x, y = p.entry_formats or (p.format, p.y_format)
        return x if "x" in self.converted else p.format, y if "y" in self.converted else p.y_format

    @property
    def lowest_exponent(self) -> int:
        """Compute the lowest biased exponent e of a non-zero product; of a full product, before normalising.

        It is 0 for integers.
        """
        if self.product.is_integer:
            return 0
        p, m = self.product, self.product.result.mantissa_bits
        # Of the smallest normal operands, or of the smallest subnormal ones, normalised.
        fields = 2 - (p.format.mantissa_bits + p.y_format.mantissa_bits if p.subnormals else 0)
        if not p.method.is_adder:
            return fields - p.bias
        least = min(d for row in p.correction for d in row)
        codes = fields << m if p.log_formats is None else sum(f.lowest for f in p.log_formats)
        return (codes - (p.bias << m) + least) >> m

    @property
    def highest_exponent(self) -> int:
        """Compute the highest biased exponent e of a product, as for `lowest_exponent`; reserved codes count."""
        p = self.product
        if p.is_integer:
            return 0
        if self.full:
            return (1 << p.format.exponent_bits) + (1 << p.y_format.exponent_bits) - 2 - p.bias
        return _largest_code(p) >> p.result.mantissa_bits

    @property
    def lsb(self) -> int:
        """Compute the exponent of the fixed accumulator's LSB, which is worth 2^lsb.

        Raises
        ------
        ValueError
            The accumulator is not fixed.
        """
        if self.kind is not AccumulatorKind.FIXED:
            raise ValueError(f"accumulator must be fixed to have one LSB, not {self.accumulator.value!r}")
        p = self.product
        if p.is_integer:
            return 0
        if self.full or (p.method.is_exact and p.subnormals):
            return 2 - p.format.bias - p.y_format.bias - 2 * p.result.mantissa_bits
        return self._lowest_place

    @property
    def trailing_zeros(self) -> int:
        """Compute the bits of the lowest product below the fixed accumulator's LSB, all 0.

        There are some where subnormals are normalised and products are exact: they have more bits than their operands.
        """
        return 0 if self.product.is_integer else self.lsb - self._lowest_place

    @property
    def _lowest_place(self) -> int:
        """Compute the exponent of the last place of the lowest product's significand."""
        p = self.product
        return self.lowest_exponent - p.result.bias - p.result.mantissa_bits * (2 if self.full else 1)

    def anchored_lsb(self, anchor: int) -> int:
        """Compute the exponent of the anchored accumulator's LSB, for the biased exponent `anchor`.

        Raises
        ------
        ValueError
            The accumulator is not anchored.
        """
        if self.kind is not AccumulatorKind.ANCHORED:
            raise ValueError(f"accumulator must be anchored to have an anchor, not {self.accumulator.value!r}")
        return anchor - self.product.result.bias - self.window_bits + 1

    @property
    def width(self) -> int:
        """Compute the width of the accumulator, in bits."""
        match self.kind:
            case AccumulatorKind.FLOATING:
                return self.float_format.width
            case AccumulatorKind.ANCHORED:
                return 1 + self.window_bits + (self.depth - 1).bit_length()
            case AccumulatorKind.FIXED:
                return 1 + (self.depth * self._largest_over_lsb()).bit_length()

    def _largest_over_lsb(self) -> int:
        """Compute the largest product of codes that flush accepts, in LSBs of the fixed accumulator."""
        p, m = self.product, self.product.result.mantissa_bits
        if p.is_integer:
            return p.format.top * p.y_format.top
        if p.log_formats is not None:
            return _largest_of_log(p) << (self.highest_exponent - self.lowest_exponent)
        if self.full:
            x, y = ((1 << (f.mantissa_bits + 1)) - 1 << (m - f.mantissa_bits) for f in (p.format, p.y_format))
            return (x * y) << ((1 << p.format.exponent_bits) + (1 << p.y_format.exponent_bits) - 4)
        t = _largest_code(p)
        significand = p.result.hidden_one + (t & (p.result.hidden_one - 1))
        return significand << ((t >> m) - self.lowest_exponent) >> self.trailing_zeros

    @property
    def output_width(self) -> int:
        """Compute the width of a finished sum, in bits."""
        return self.output.width if self.output is not None else self.width

    @property
    def name(self) -> str:
        """Return a name such as `lmul_e4m3_fixed_k1024`, `exact_bf16_anchored12_k64_to_bf16` or `lmul_e4m3_fp32`."""
        depth = "" if self.kind is AccumulatorKind.FLOATING else f"_k{self.depth}"
        output = "" if self.output is None else f"_to_{self.output}"
        converted = self.converted and f"_converted_{self.converted}"
        accumulator = f"{self.accumulator}{self.window or ''}{'_scaled' if self.scaled else ''}{depth}"
        return f"{self.method}_{self.product.format_name}{converted}_{accumulator}{output}"


@lru_cache(maxsize=64)
def _largest_code(p: Parameters) -> int:
    """Compute T of the largest product."""
    # D depends only on the top t mantissa bits, so the largest operand with each pattern of them is enough.
    x, y = (
        f.sign_bit - 1 - (np.arange(1 << t) << (f.mantissa_bits - t))
        for f, t in ((f, min(p.table_bits, f.mantissa_bits)) for f in (p.format, p.y_format))
    )
    return int(extended_code(p, x[:, None], y).max())


@lru_cache(maxsize=64)
def _largest_of_log(p: Parameters) -> int:
    """Compute the significand of the largest product of the method log, in units of 2^-F.

    Its exponent is the highest, but an antilog may fall by a unit where its fraction grows.
    """
    # Codes more than one exponent below the largest have no product with the highest exponent.
    x, y = (f.sign_bit - 1 - np.arange(f.hidden_one + 1) for f in (p.format, p.y_format))
    products = wide_product(p, x[:, None], y)
    return int(products.significand[products.exponent == products.exponent.max()].max())
