"""Alignment of products to an integer accumulator, and their sum, as operators on words."""

from collections.abc import Sequence

from amaranth.hdl import Cat, Const, Module, Mux, Value

from lmul.golden.accumulators import DotParameters
from lmul.hdl.arith.float_add import WideProduct
from lmul.hdl.arith.gates import bits_of
from lmul.hdl.arith.words import cat
from lmul.hdl.dot.align import Addend, addend_width
from lmul.hdl.rtl.words import named


def aligned(m: Module, dot: DotParameters, product: WideProduct, idle: Value) -> Addend:
    """Align a product to the accumulator, in one's complement; an `idle` one adds nothing."""
    # Idle, an unknown operand leaves the accumulator known.
    sign = named(m, "sign_in_use", Value.cast(product.sign) & ~idle)
    nothing = named(m, "nothing", Value.cast(product.zero) | idle)
    shift = _right if dot.kind.has_anchor else _left
    return shift(m, dot, product, sign, nothing)


def _left(m: Module, dot: DotParameters, product: WideProduct, sign: Value, nothing: Value) -> Addend:
    width, zeros = addend_width(dot), dot.trailing_zeros
    significand = Mux(nothing, Const(0, len(product.significand)), cat(product.significand))
    shifted = named(m, "shifted", (significand << cat(product.exponent))[zeros : zeros + width])
    return Addend(bits_of(named(m, "complement", shifted ^ sign.replicate(width))), sign)


def _right(m: Module, dot: DotParameters, product: WideProduct, sign: Value, nothing: Value) -> Addend:
    """Shift right by the complement of the exponent, which is negative below the anchor.

    Above the anchor, the addend is the complement of zeros, the largest that there is.
    """
    places = addend_width(dot)
    exponent, levels = cat(product.exponent), (places - 1).bit_length()
    beyond = ~exponent[-1]
    if dot.full:
        beyond |= exponent.all() & product.significand[-1]
    above = named(m, "above", beyond & ~nothing)
    away = named(m, "away", nothing | above | ~exponent[levels:].all())
    kept = product.significand[-places:]
    field = Cat(Const(0, places - len(kept)), cat(kept))
    shifted = named(m, "shifted", Mux(away, Const(0, places), field) >> ~exponent[:levels])
    flipped = named(m, "flipped", sign ^ above)
    inverted = shifted ^ Cat(flipped.replicate(places - 1), sign if dot.full else flipped)
    return Addend(bits_of(named(m, "complement", inverted)), sign, above)


def total(m: Module, start: Value, addends: Sequence[Value], signs: Sequence[Value]) -> Value:
    """Add addends in one's complement to an accumulator, in pairs; each addition takes one sign as its carry."""
    terms = [Cat(addend, sign).as_signed() for addend, sign in zip(addends, signs, strict=True)]
    carries = list(signs)
    level = 0
    while len(terms) > 1:
        pairs = [terms[i : i + 2] for i in range(0, len(terms), 2)]
        terms = []
        for i, pair in enumerate(pairs):
            if len(pair) == 1:
                terms += pair
                continue
            size = max(len(term) for term in pair) + 1
            added = (pair[0] + pair[1] + carries.pop(0))[:size].as_signed()
            terms.append(named(m, f"sum_{level}_{i}", added))
        level += 1
    return start + terms[0] + carries.pop(0)
