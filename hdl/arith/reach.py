"""Where products and their floating-point sums can lie, so that what cannot happen is not built.

Products that are never outside the format need no clamp. A sum is a multiple of the
last place of the smallest product, so that it is never below the format if that is not. It is never above if products
too small to change it are all that it can meet there.
"""

from dataclasses import dataclass

from lmul.golden.formats import Format, Kind


@dataclass(frozen=True)
class Reach:
    """Where products can lie, in terms of the accumulator.

    Attributes
    ----------
    lowest, highest : int
        Biased exponent of the smallest and the largest, normalised.
    fraction_bits : int
        Bits below the one of weight 1 for the exponent `lowest`.
    """

    lowest: int
    highest: int
    fraction_bits: int

    @property
    def last_place(self) -> int:
        """Biased exponent of the last place of the smallest product, of which every sum is a multiple."""
        return self.lowest - self.fraction_bits

    def highest_sum(self, f: Format) -> int:
        """Biased exponent of the largest sum: a power of two, half of whose last place no product exceeds."""
        return self.highest + f.mantissa_bits + 2

    def sums_below(self, f: Format) -> bool:
        """Whether a sum can be below the smallest normal number."""
        return self.last_place < 1

    def sums_above(self, f: Format) -> bool:
        """Whether a sum can be above TOP."""
        return self.highest_sum(f) > f.top >> f.mantissa_bits


def smallest_format(f: Format, reach: Reach) -> tuple[Format, int]:
    """A format with the same sums in fewer exponent bits, and what an exponent of `f` is more than one of that."""
    offset = reach.last_place - 1
    bits = max((reach.highest_sum(f) - offset).bit_length(), 2)
    if bits >= f.exponent_bits or reach.sums_below(f) or reach.sums_above(f):
        return f, 0
    return Format(f"{f}_e{bits}", bits, f.mantissa_bits, f.bias - offset, Kind.FINITE), offset
