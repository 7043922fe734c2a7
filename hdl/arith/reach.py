"""Range of products and floating-point sums, so that clamps that cannot act are not built.

Products that never leave the format need no clamp. A sum is a multiple of the last place of the smallest product, so it
is never below the format if that place is not. It is never above the format if all products are too small to change a
sum near TOP.
"""

from dataclasses import dataclass

from lmul.golden.formats import Format, FormatKind


@dataclass(frozen=True)
class Reach:
    """Range of products, in exponents of the accumulator's format.

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
        """Return the biased exponent of the smallest product's last place. Every sum is a multiple of it."""
        return self.lowest - self.fraction_bits

    def highest_sum(self, f: Format) -> int:
        """Return the biased exponent of the largest sum: no product exceeds half its last place."""
        return self.highest + f.mantissa_bits + 2

    def sums_below(self, f: Format) -> bool:
        """Tell whether a sum can be below the smallest normal number."""
        return self.last_place < 1

    def sums_above(self, f: Format) -> bool:
        """Tell whether a sum can be above TOP."""
        return self.highest_sum(f) > f.top >> f.mantissa_bits


def smallest_format(f: Format, reach: Reach) -> tuple[Format, int]:
    """Find a format that holds the same sums in fewer exponent bits, and the difference of the exponents' biases."""
    offset = reach.last_place - 1
    bits = max((reach.highest_sum(f) - offset).bit_length(), 2)
    if bits >= f.exponent_bits or reach.sums_below(f) or reach.sums_above(f):
        return f, 0
    return Format(f"{f}_e{bits}", bits, f.mantissa_bits, f.bias - offset, FormatKind.FINITE), offset
