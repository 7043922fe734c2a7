# amaranth: UnusedElaboratable=no
"""Products added to what there is already: the datapath of processing elements and of dot products."""

from collections.abc import Sequence
from dataclasses import replace

from amaranth.hdl import Cat, Const, Module, Signal, Value

from lmul.golden.accumulators import DotParameters
from lmul.hdl.floating import accumulated
from lmul.hdl.gates import Bit, add_columns, bits_of, constant_bits, either, inverse, is_constant
from lmul.hdl.hierarchy import Part, place
from lmul.hdl.lane import Lane
from lmul.hdl.wide import wide_product


def product_parts(dot: DotParameters) -> Sequence[Part]:
    """The modules that `add_products` instantiates: the lane, for integer accumulators."""
    return [] if dot.format is not None else [Lane(dot)]


def add_products(
    m: Module, dot: DotParameters, start: Value, operands: tuple[Value, Value], idle: Value | None = None
) -> tuple[Value, Value]:
    """An accumulator plus the products of codes of x and stored words, one a lane.

    Where `idle` is one the products are zeros. The second value is whether a product, or in floating point the sum,
    was too large.
    """
    x, words = operands
    idle = Const(0, 1) if idle is None else idle
    if dot.format is not None:
        product = wide_product(m, dot, x, bits_of(words))
        product = replace(product, zero=either(product.zero, idle))
        code, above = accumulated(m, dot.format, start, product)
        return Cat(Value.cast(bit) for bit in code), Value.cast(above)
    lane = Lane(dot)
    addends, signs, saturated = [], [], []
    for i in range(len(x) // len(lane.x)):
        addend = Signal(len(lane.addend), name=f"addend_{i}")
        sign, above = Signal(name=f"sign_{i}"), Signal(name=f"saturated_{i}")
        place(
            m,
            f"lane_{i}",
            lane,
            x=x.word_select(i, len(lane.x)),
            word=words.word_select(i, len(lane.word)),
            idle=idle,
            addend=addend,
            sign=sign,
            saturated=above,
        )
        addends.append(addend)
        signs.append(sign)
        saturated.append(above)
    return _total(m, start, addends, signs)[: dot.width], Cat(saturated).any()


def _total(m: Module, start: Value, addends: Sequence[Signal], signs: Sequence[Signal]) -> Value:
    """Addends in one's complement: each sign counts once as a carry, and once, negative, above the addend."""
    width = len(addends[0])
    if len(addends) == 1:
        extended = Cat(addends[0], signs[0].replicate(max(len(start) - width, 0)))
        return start + extended + signs[0]
    negative = _count(m, signs)
    columns: list[list[Bit]] = [[] for _ in range(len(start))]
    # -n 2^width is ~n 2^width, with ones above, and one more 2^width.
    constant = (1 << width) - (1 << (width + len(negative)))
    above = [inverse(bit) for bit in negative]
    for offset, bits in ((0, constant_bits(constant, len(start))), *((0, bits_of(a)) for a in addends)):
        for i, bit in enumerate(bits, offset):
            if i < len(start) and not is_constant(bit, 0):
                columns[i].append(bit)
    for offset, bits in ((0, negative), (width, above), (0, bits_of(start))):
        for i, bit in enumerate(bits, offset):
            if i < len(start):
                columns[i].append(bit)
    return Cat(Value.cast(bit) for bit in add_columns(m, columns))


def _count(m: Module, bits: Sequence[Value]) -> list[Bit]:
    """How many bits are one."""
    width = len(bits).bit_length()
    count = Signal(width, name="negative")
    columns: list[list[Bit]] = [list(bits), *([] for _ in range(width - 1))]
    counted = Module()
    m.submodules.count = counted
    counted.d.comb += count.eq(Cat(Value.cast(bit) for bit in add_columns(counted, columns)))
    return bits_of(count)
