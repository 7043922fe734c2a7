"""Wide products: the exact or approximate products that a dot product adds."""

from collections.abc import Sequence

from amaranth.hdl import Module, Value

from lmul.golden.accumulators import DotParameters
from lmul.hdl.arith import mantissa
from lmul.hdl.arith.antilog import antilog
from lmul.hdl.arith.entering import entering
from lmul.hdl.arith.exact_products import Form
from lmul.hdl.arith.fields import split
from lmul.hdl.arith.float_add import WideProduct
from lmul.hdl.arith.gates import Bit, any_of, either, inverse, is_constant, ripple, wire
from lmul.hdl.arith.stored_operand import rebias, unpacked


def wide_product(m: Module, dot: DotParameters, x: Value, word: Sequence[Bit], form: Form = Form.ARRAY) -> WideProduct:
    """Multiply a code or a log code by a stored word. The exponent is as `hdl.arith.stored_operand` describes."""
    p, width = dot.product, dot.product.result.mantissa_bits
    left, x_sign = split(entering(p)[0], width, x)
    weight = unpacked(dot, word)
    sign = wire(m, "product_sign", Value.cast(x_sign) ^ weight.sign)
    zero = wire(m, "zero", either(inverse(any_of(left.exponent)), weight.zero))
    carries: tuple[Bit, Bit] = (0, 0)
    if dot.full:
        significand = mantissa.significand_product(m, left.mantissa, weight.mantissa, form)
    else:
        fraction = _fraction(m, dot, left.mantissa, weight.mantissa, form)
        bits = antilog(m, p.method.segments or 1, fraction.bits)
        significand, carries = [*bits, 1], fraction.carries
    exponent = _exponent(m, left.exponent, weight.exponent, carries)
    if dot.kind.is_integer:
        return WideProduct(sign, zero, significand, exponent, dot.full)
    lowest, highest = dot.lowest_exponent + rebias(dot), dot.highest_exponent + rebias(dot)
    return WideProduct(sign, zero, significand, exponent, dot.full, lowest, highest)


def _fraction(m: Module, dot: DotParameters, x: Sequence[Bit], y: Sequence[Bit], form: Form) -> mantissa.Mantissa:
    p, width = dot.product, dot.product.result.mantissa_bits
    if p.method.is_adder:
        d = [0] * width if p.offset is not None else mantissa.correction(m, p, x, y)
        return mantissa.added(m, d, x, y)
    if width <= mantissa.TABLE_MANTISSA_BITS:
        return mantissa.tabled(m, p.rounding, x, y, False)
    return mantissa.rounded(m, p.rounding, mantissa.significand_product(m, x, y, form), p.mantissa_bits)


def _exponent(m: Module, x: Sequence[Bit], y: Sequence[Bit], carries: tuple[Bit, Bit]) -> list[Bit]:
    """Add x, unsigned, y and both carries; the sum is as wide as y."""
    padded = [*x, *[0] * (len(y) - len(x))][: len(y)]
    total, _ = ripple(m, "exponent", padded, y, carries[1], or_and=True)
    if is_constant(carries[0], 0):
        return total
    return ripple(m, "exponent_second", total, [0] * len(y), carries[0])[0]
