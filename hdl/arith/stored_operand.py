"""Stationary operand: y as a processing element stores it, with all constants folded in.

A stored word is sign, exponent and mantissa (and a zero flag, unless there is an anchor). Its exponent carries the
bias, the accumulator's own zero point or anchor, and the converters' excess, and with a single D its mantissa carries
that, so that adding x gives

- fixed: e - e0, the places that the product moves left; e0 is the least exponent of a product;
- anchored: e - A - 1, whose inverse is the places that it moves right; from 0 on the product is above the anchor;
- floating: e in terms of the accumulator's format, in two's complement.

With an anchor a zero y is a stored exponent so low that no x brings the product back, and needs no flag. The word of an
integer is its sign and magnitude.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from amaranth.hdl import Cat, Const, Module, Mux, Signal, Value, signed

from lmul.golden.accumulators import AccumulatorKind, DotParameters
from lmul.golden.dot.scaled_sums import E8M0_BIAS, E8M0_NAN
from lmul.golden.formats import Format
from lmul.hdl.arith.entering import entering
from lmul.hdl.arith.gates import Bit


@dataclass(frozen=True)
class Stored:
    """Layout of a stored word.

    Attributes
    ----------
    mantissa : int
        Bits of the mantissa; without D those of y as it enters.
    exponent : int
        Stored bits of the exponent.
    always_negative : bool
        The exponent has a sign bit that is always 1 and not stored.
    zero_flag : bool
        The word has a zero flag.
    """

    mantissa: int
    exponent: int
    always_negative: bool
    zero_flag: bool

    @classmethod
    def of(cls, dot: DotParameters) -> "Stored":
        """Build the layout for a dot product."""
        p = dot.product
        x, y = entering(p)
        if p.is_integer:
            return cls(y.mantissa_bits, 0, False, False)
        folded = p.offset is not None and p.correction[0][0] != 0
        mantissa = p.result.mantissa_bits if folded else y.mantissa_bits
        reach = x.highest + 2  # largest contribution of x and the mantissa's carries
        match dot.kind:
            case AccumulatorKind.FIXED:
                return cls(mantissa, (dot.highest_exponent - dot.lowest_exponent).bit_length(), False, True)
            case AccumulatorKind.ANCHORED:
                return cls(mantissa, (reach + dot.window_bits).bit_length(), True, False)
            case AccumulatorKind.FLOATING:
                lowest, highest = dot.lowest_exponent + rebias(dot), dot.highest_exponent + rebias(dot)
                return cls(mantissa, max(highest.bit_length(), (-lowest - 1).bit_length()) + 1, False, True)

    @property
    def width(self) -> int:
        """Return the bits of a stored word."""
        return 1 + self.mantissa + self.exponent + self.zero_flag

    @property
    def exponent_width(self) -> int:
        """Return the bits of the sum of x's exponent and the stored one."""
        return self.exponent + self.always_negative

    @property
    def lowest(self) -> int:
        """Return the lowest exponent that can be stored, in two's complement."""
        return -(1 << (self.exponent_width - 1))


def rebias(dot: DotParameters) -> int:
    """Return the difference between a biased exponent in the accumulator's format and in the products' format."""
    return dot.float_format.bias - dot.product.result.bias


def anchor_width(dot: DotParameters) -> int:
    """Return the bits of the anchor, a signed biased exponent: enough for all products' exponents and one more."""
    # Of both scales together, from the smallest to the NaN that counts as a number.
    lower, higher = (-2 * E8M0_BIAS, 2 * (E8M0_NAN - E8M0_BIAS)) if dot.scaled else (0, 0)
    highest, lowest = dot.highest_exponent + 1 + higher, dot.lowest_exponent + lower
    return max(highest.bit_length(), (-lowest).bit_length()) + 1


def folded(m: Module, name: str, dot: DotParameters, code: Value, anchor: Value | None) -> Value:
    """Build the stored word of an operand y as it enters. From the top: sign, zero flag if any, exponent, mantissa."""
    p, stored = dot.product, Stored.of(dot)
    if p.is_integer:
        return code
    (x, f), low = entering(p), stored.mantissa
    d = p.correction[0][0] if p.offset is not None else 0
    zero = Signal(name=f"{name}_zero")
    m.d.comb += zero.eq(code[f.mantissa_bits : -1] == 0)
    point = _zero_point(dot) + x.excess + f.excess
    widths = (stored.exponent, f.exponent_bits, abs(point).bit_length(), 0 if anchor is None else len(anchor))
    width = low + max(widths) + 3
    total = Signal(signed(width), name=f"{name}_folded")
    magnitude = Cat(Const(0, low - f.mantissa_bits), code[:-1])
    m.d.comb += total.eq(
        magnitude + Const(d - (point << low), signed(width)) - (0 if anchor is None else anchor << low)
    )
    if stored.zero_flag:
        return Cat(total[: low + stored.exponent], zero, code[-1])
    limit = Const(stored.lowest << low, signed(width))
    kept = Mux(zero | (total < limit), limit, Mux(total >= 0, -1, total))
    return Cat(kept[: low + stored.exponent], code[-1])


def _zero_point(dot: DotParameters) -> int:
    """Return the constant that is subtracted from the sum of the exponent fields, without the anchor."""
    match dot.kind:
        case AccumulatorKind.FIXED:
            return dot.product.bias + dot.lowest_exponent
        case AccumulatorKind.ANCHORED:
            return dot.product.bias + 1
        case AccumulatorKind.FLOATING:
            return dot.product.bias - rebias(dot)


@dataclass(frozen=True)
class Weight:
    """Fields of a stored word."""

    mantissa: list[Bit]
    exponent: list[Bit]
    zero: Bit
    sign: Bit


def unpacked(dot: DotParameters, word: Sequence[Bit]) -> Weight:
    """Split a stored word into its fields; the mantissa has the product's M bits."""
    stored, width = Stored.of(dot), dot.product.result.mantissa_bits
    bits = list(word)
    padding: list[Bit] = [0] * (width - stored.mantissa)
    exponent = bits[stored.mantissa : stored.mantissa + stored.exponent]
    return Weight(
        [*padding, *bits[: stored.mantissa]],
        [*exponent, 1] if stored.always_negative else exponent,
        bits[-2] if stored.zero_flag else 0,
        bits[-1],
    )


def reserved(f: Format, code: Value) -> Value:
    """Tell whether a format reserves a code, for Inf or NaN."""
    if f.is_integer:
        return code == f.sign_bit
    if not f.has_reserved:
        return Const(0, 1)
    return code[:-1] > f.top
