"""Products of codes as factors: of the code of x, of the code of y, and of a table for both mantissas."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lmul.golden.codes import Codes, decode
from lmul.golden.formats import FP32, Format
from lmul.golden.multiply import wide_product
from lmul.golden.parameters import Parameters
from lmul.golden.types import Float32s, Floats, Integers

_WIDEST_CODES = 16  # bits; a table has an entry for each code
_WIDEST_MANTISSA = 7  # bits; a table has an entry for each pair of mantissas
_FEW_CODES = 256  # they reach over so few powers of two that it matters little which of them occur

Classes = NDArray[np.uint8]
Integers32 = NDArray[np.int32]


@dataclass(frozen=True)
class Side:
    """Codes of an operand by number: the factor and the class of each.

    Attributes
    ----------
    factors : array of float64
        Signed powers of two; the numbers themselves where products are the true ones. 0 for a zero.
    classes : array of uint8
        Mantissas; 0 for all where products are the true ones.
    """

    factors: Floats
    classes: Classes

    def present(self, codes: Codes) -> Floats:
        """Return the factors of the codes that occur and are not zero; or of all, if there are few."""
        occurs = np.full(len(self.factors), len(self.factors) <= _FEW_CODES)
        if not occurs.all():
            occurs[codes] = True
        found: Floats = self.factors[occurs & (self.factors != 0)]
        return found


@dataclass(frozen=True)
class Factored:
    """Products as x.factors[x] table[x.classes[x], y.classes[y]] y.factors[y], exact in float64.

    Attributes
    ----------
    x, y : Side
        Both operands.
    table : array of float64, (classes of x, classes of y)
        Products of significands.
    """

    x: Side
    y: Side
    table: Floats


@dataclass(frozen=True)
class Words:
    """Codes as words of float32 whose sum, as integers, is the word of the product: for one addition and no table.

    Attributes
    ----------
    x, y : array of int32
        Word of each code: exponent and mantissa in their places in float32, with the sign. That of a zero is the word
        of 1, so that every sum is a number.
    counts_x, counts_y : array of float32
        1 for each code, 0 for those of a zero.
    """

    x: Integers32
    y: Integers32
    counts_x: Float32s
    counts_y: Float32s


_FEW_CLASSES = 16  # of mantissas, for which the numbers of a grid are in a first cache


@lru_cache(maxsize=16)
def words(p: Parameters) -> Words | None:
    """Return the words of products that are one addition with a constant; None of others, and for short mantissas.

    With X and Y the codes without signs, moved up to the places of float32, a product's word is X + Y + D, and what
    makes a bias of 127 of those of x and y. Signs add in the topmost bit, whose carry is lost.
    """
    bits = max(p.format.mantissa_bits, p.y_format.mantissa_bits)
    plain = p.offset is not None and p.log_formats is None and not (p.is_integer or p.subnormals)
    if not plain or 1 << bits <= _FEW_CLASSES or max(p.format.width, p.y_format.width) > _WIDEST_CODES:
        return None
    x, y = (_words(f) for f in (p.format, p.y_format))
    rest = (FP32.bias - p.format.bias - p.y_format.bias) * FP32.hidden_one
    rest += p.correction[0][0] << (FP32.mantissa_bits - p.mantissa_bits)
    counts = ((_numbers(f, False) != 0).astype(np.float32) for f in (p.format, p.y_format))
    return Words(x.astype(np.uint32).view(np.int32), (y + rest).astype(np.uint32).view(np.int32), *counts)


def _words(format: Format) -> Integers:
    """Return codes in the places of float32, of a zero that of 1."""
    codes = np.arange(1 << format.width)
    magnitude = np.where(_numbers(format, False) != 0, codes & (format.sign_bit - 1), format.bias * format.hidden_one)
    sign = np.where(codes & format.sign_bit, FP32.sign_bit, 0)
    found: Integers = (magnitude << (FP32.mantissa_bits - format.mantissa_bits)) + sign
    return found


@lru_cache(maxsize=16)
def factored(p: Parameters) -> Factored | None:
    """Return the factors of the products that a dot product adds; None where codes or mantissas are too long.

    The table of products of significands is the model's own: it is the model that says what a product is.
    """
    if max(p.format.width, p.y_format.width) > _WIDEST_CODES:
        return None
    if p.method.is_full:
        x, y = (Side(_numbers(f, p.subnormals), np.zeros(1 << f.width, np.uint8)) for f in (p.format, p.y_format))
        return Factored(x, y, np.ones((1, 1)))
    if max(p.format.mantissa_bits, p.y_format.mantissa_bits) > _WIDEST_MANTISSA:
        return None
    # With the exponent field 1, which is not flushed.
    rows, columns = (f.hidden_one + np.arange(f.hidden_one) for f in (p.format, p.y_format))
    products = wide_product(p, rows[:, None], columns)
    table = np.ldexp(products.value, p.format.bias + p.y_format.bias - 2)
    return Factored(_parts(p.format, p.subnormals), _parts(p.y_format, p.subnormals), table)


def _numbers(format: Format, subnormals: bool) -> Floats:
    """Return the number of each code; reserved codes are the numbers that their bits spell."""
    codes = np.arange(1 << format.width)
    numbers = decode(format, codes, reserved=False)
    if subnormals or format.is_integer:
        return numbers
    return np.where(codes & (format.sign_bit - 1) < format.hidden_one, 0.0, numbers)


def _parts(format: Format, subnormals: bool) -> Side:
    """Split the number of each code into a signed power of two and a mantissa."""
    numbers = _numbers(format, subnormals)
    significands, exponents = np.frexp(np.abs(numbers))
    powers = np.copysign(np.ldexp(1.0, exponents - 1), numbers)
    mantissas = np.ldexp(significands, format.mantissa_bits + 1) - format.hidden_one
    zero = numbers == 0
    return Side(np.where(zero, 0.0, powers), np.where(zero, 0, mantissas).astype(np.uint8))
