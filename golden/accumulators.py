"""The parameters of a dot product: one object that the model, the hardware and every file name share."""

from dataclasses import dataclass
from enum import StrEnum

from lmul.golden.formats import BF16, E4M3, FP16, FP32, Format
from lmul.golden.parameters import Method, Parameters, Policy, Rounding


class Accumulator(StrEnum):
    """What adds the products up."""

    FIXED = "fixed"
    ANCHORED = "anchored"
    FP32 = "fp32"
    BF16 = "bf16"
    FP16 = "fp16"
    E4M3 = "e4m3"


_FLOATING = {Accumulator.FP32: FP32, Accumulator.BF16: BF16, Accumulator.FP16: FP16, Accumulator.E4M3: E4M3}

DEPTH = 1024
"""The largest K, unless told otherwise."""

WIDEST_FIXED = 128
"""Bits of the widest fixed accumulator."""

WINDOWS = range(2, 65)
"""Windows of the anchored accumulator, in bits."""

DEEPEST = 1 << 20
"""No K above this."""


@dataclass(frozen=True)
class DotParameters:
    """What a dot product computes: the sum of products x[k] y[k], k = 0 .. K-1.

    Parameters
    ----------
    product : Parameters
        Formats and method of the products; the policy is flush.
    accumulator : Accumulator
        What adds them up.
    depth : int
        The largest K. Of no account for the floating-point accumulators, whose width does not depend on it.
    window : int or None
        For `anchored` and only there: W, the bits below the anchor that are kept.
    rounded : bool
        For the method exact: add the product rounded to M + 1 significant bits instead of the full one.
    output : Format or None
        The format that a sum is rounded to, once, when it leaves; None for the accumulator itself.

    Raises
    ------
    TypeError
        An argument is not of its type.
    ValueError
        The combination is not one that exists.
    """

    product: Parameters
    accumulator: Accumulator = Accumulator.FIXED
    depth: int = DEPTH
    window: int | None = None
    rounded: bool = False
    output: Format | None = None

    def __post_init__(self) -> None:
        for what, kind in (("product", Parameters), ("accumulator", Accumulator), ("depth", int), ("rounded", bool)):
            if not isinstance(getattr(self, what), kind) or (kind is int and isinstance(getattr(self, what), bool)):
                raise TypeError(f"{what} must be of the type {kind.__name__}, not {getattr(self, what)!r}")
        if not 1 <= self.depth <= DEEPEST:
            raise ValueError(f"depth must be 1 to {DEEPEST}, not {self.depth}")
        if self.product.policy is not Policy.FLUSH:
            raise ValueError(f"policy of a dot product must be flush, not {self.product.policy.value!r}")
        if self.rounded and self.product.method is not Method.EXACT:
            raise ValueError(f"rounded must be left out unless the method is exact, not {self.product.method.value!r}")
        if self.product.rounding is not Rounding.NEAREST and not self.rounded:
            raise ValueError("rounding must be left out unless the product is rounded, not 'zero'")
        if self.output is not None and not isinstance(self.output, Format):
            raise TypeError(f"output must be a Format or None, not {self.output!r}")
        self._check_window()
        if self.accumulator is Accumulator.FIXED and self.width > WIDEST_FIXED:
            raise ValueError(
                f"accumulator fixed must be at most {WIDEST_FIXED} bits wide, not the {self.width} bits that "
                f"{self.method_name} {self.product.format_name} with K = {self.depth} needs"
            )

    def _check_window(self) -> None:
        if self.accumulator is not Accumulator.ANCHORED:
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
    def full(self) -> bool:
        """Whether products have 2M + 2 significant bits: exact, and not rounded."""
        return self.product.method is Method.EXACT and not self.rounded

    @property
    def format(self) -> Format | None:
        """The format of a floating-point accumulator; None for the integer ones."""
        return _FLOATING.get(self.accumulator)

    @property
    def lowest_exponent(self) -> int:
        """The least biased exponent e that a non-zero product can have; of the full product, before normalising."""
        p, m = self.product, self.product.result.mantissa_bits
        if self.full or p.method is Method.EXACT:
            return 2 - p.bias
        least = min(d for row in p.correction for d in row)
        return ((2 << m) - (p.bias << m) + least) >> m

    @property
    def highest_exponent(self) -> int:
        """The largest biased exponent e that a product can have, codes that a format reserves among them; as above."""
        p = self.product
        if self.full:
            return (1 << p.format.exponent_bits) + (1 << p.y_format.exponent_bits) - 2 - p.bias
        return self._largest_code() >> p.result.mantissa_bits

    def _largest_code(self) -> int:
        """T of the largest product."""
        p, m = self.product, self.product.result.mantissa_bits
        x, y = ((f.sign_bit - 1) << (m - f.mantissa_bits) for f in (p.format, p.y_format))
        if p.method is Method.EXACT:
            significand = (p.result.hidden_one + (x & (p.result.hidden_one - 1))) * (
                p.result.hidden_one + (y & (p.result.hidden_one - 1))
            )
            exponent = (x >> m) + (y >> m) - p.bias
            carry = significand >> (2 * m + 1)
            shift = m + carry
            kept, rest = divmod(significand, 1 << shift)
            up = p.rounding is Rounding.NEAREST and 2 * rest + (kept & 1) > 1 << shift
            return ((exponent + carry - 1) << m) + kept + up
        # The largest operands for each row and column of the table that operands of these formats reach.
        t = p.table_bits or 0
        tx, ty = (min(t, f.mantissa_bits) for f in (p.format, p.y_format))
        return max(
            x
            - (((1 << tx) - 1 - i) << (m - tx))
            + y
            - (((1 << ty) - 1 - j) << (m - ty))
            - (p.bias << m)
            + p.correction[i << (t - tx)][j << (t - ty)]
            for i in range(1 << tx)
            for j in range(1 << ty)
        )

    @property
    def lsb(self) -> int:
        """Of the fixed accumulator: one unit is worth 2^lsb."""
        if self.accumulator is not Accumulator.FIXED:
            raise ValueError(f"accumulator must be fixed to have one LSB, not {self.accumulator.value!r}")
        p = self.product
        m = p.result.mantissa_bits
        if self.full:
            return 2 - p.format.bias - p.y_format.bias - 2 * m
        return self.lowest_exponent - p.result.bias - m

    def anchored_lsb(self, anchor: int) -> int:
        """Of the anchored accumulator: one unit is worth 2^anchored_lsb."""
        if self.window is None:
            raise ValueError(f"accumulator must be anchored to have an anchor, not {self.accumulator.value!r}")
        return anchor - self.product.result.bias - self.window + 1

    @property
    def width(self) -> int:
        """Bits of the accumulator."""
        if self.format is not None:
            return self.format.width
        if self.window is not None:
            return 1 + self.window + (self.depth - 1).bit_length()
        return 1 + (self.depth * self._largest_over_lsb()).bit_length()

    def _largest_over_lsb(self) -> int:
        """The largest product over all codes that flush accepts, in LSBs of the fixed accumulator."""
        p, m = self.product, self.product.result.mantissa_bits
        if self.full:
            x, y = ((1 << (f.mantissa_bits + 1)) - 1 << (m - f.mantissa_bits) for f in (p.format, p.y_format))
            return (x * y) << ((1 << p.format.exponent_bits) + (1 << p.y_format.exponent_bits) - 4)
        t = self._largest_code()
        return (p.result.hidden_one + (t & (p.result.hidden_one - 1))) << ((t >> m) - self.lowest_exponent)

    @property
    def output_width(self) -> int:
        """Bits of a sum when it leaves."""
        return self.output.width if self.output is not None else self.width

    @property
    def method_name(self) -> str:
        """The method of the products: as in `Parameters`, with `rounded` for the exact product rounded."""
        name = self.product.method_name
        return name.replace("exact", "rounded", 1) if self.rounded else name

    @property
    def name(self) -> str:
        """As in `lmul_e4m3_fixed_k1024`, `exact_bf16_anchored12_k64_to_bf16`, `lmul_e4m3_fp32`."""
        depth = "" if self.format is not None else f"_k{self.depth}"
        output = "" if self.output is None else f"_to_{self.output}"
        return f"{self.method_name}_{self.product.format_name}_{self.accumulator}{self.window or ''}{depth}{output}"
