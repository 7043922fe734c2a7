"""Wide products of dot products, as operators on words."""

from amaranth.hdl import Cat, Const, Module, Value

from lmul.golden.accumulators import DotParameters
from lmul.hdl.arith.entering import entering
from lmul.hdl.arith.float_add import WideProduct
from lmul.hdl.arith.gates import bits_of
from lmul.hdl.arith.stored_operand import Stored, rebias
from lmul.hdl.rtl import extended
from lmul.hdl.rtl.antilog import antilog
from lmul.hdl.rtl.fields import Operand
from lmul.hdl.rtl.words import named


def wide_product(m: Module, dot: DotParameters, x: Value, word: Value) -> WideProduct:
    """Multiply a code or a log code by a stored word. The exponent is as `hdl.arith.stored_operand` describes."""
    p = dot.product
    own = entering(p)[0].mantissa_bits
    left = Operand(x[-1], x[own:-1], x[:own], named(m, "x_normal", x[own:-1].any()))
    right, zero = _unpacked(dot, word)
    sign = named(m, "product_sign", left.sign ^ right.sign)
    zero = named(m, "zero", ~left.normal | zero)
    width, m_bits = len(right.exponent), p.result.mantissa_bits
    if dot.full:
        significand = extended.multiplied(m, left, right)
        pad = 2 * m_bits - len(left.mantissa) - len(right.mantissa)
        significand = Cat(Const(0, pad), significand)
        exponent = named(m, "exponent", (left.exponent + right.exponent)[:width])
    else:
        t = _extended_code(m, dot, left, right)
        fraction = antilog(m, p.method.segments or 1, t[:m_bits])
        significand, exponent = Cat(fraction, Const(1, 1)), t[m_bits:]
    reach = {}
    if not dot.kind.is_integer:
        reach = {"lowest": dot.lowest_exponent + rebias(dot), "highest": dot.highest_exponent + rebias(dot)}
    return WideProduct(sign, zero, bits_of(significand), bits_of(exponent), dot.full, **reach)


def _extended_code(m: Module, dot: DotParameters, x: Operand, y: Operand) -> Value:
    """Compute T as wide as the stored exponent makes it. The bias, and a single D, are in the stored word."""
    p = dot.product
    m_bits, width = p.mantissa_bits, len(y.exponent)
    if p.method.is_exact and m_bits > extended.TABLE_MANTISSA_BITS:
        product = extended.multiplied(m, x, y)
        return extended.rounded(m, p, product, (x.exponent, y.exponent), 0, width)
    folded = p.method.is_adder and p.offset is not None
    zeros: list[Value] = [Const(0, 1)] * m_bits
    d = zeros if folded else extended.correction(m, p, x.aligned(m_bits), y.aligned(m_bits))
    return extended.summed(m, (x.magnitude(m_bits), y.magnitude(m_bits)), d, 0, m_bits + width)


def _unpacked(dot: DotParameters, word: Value) -> tuple[Operand, Value]:
    """Split a stored word into an operand and its zero flag."""
    stored = Stored.of(dot)
    mantissa, exponent = word[: stored.mantissa], word[stored.mantissa : stored.mantissa + stored.exponent]
    if stored.always_negative:
        exponent = Cat(exponent, Const(1, 1))
    zero = word[-2] if stored.zero_flag else Const(0, 1)
    return Operand(word[-1], exponent, mantissa, ~zero), zero
