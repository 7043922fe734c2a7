"""Rounding of a sum to the output format: once, to nearest, ties to even.

Above TOP it becomes TOP, below the smallest normal number a zero of its sign. An exact zero is +0.
"""

from collections.abc import Sequence

from amaranth.hdl import Const, Module, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from lmul.golden.accumulators import DotParameters
from lmul.golden.formats import Format
from lmul.hdl.arith.gates import Bit, any_of, bits_of, both, either, inverse, wire
from lmul.hdl.arith.words import cat, normalised, word
from lmul.hdl.hierarchy import Part


class Rounder(wiring.Component):
    """Rounder of a sum to the output format, for fixed and floating-point accumulators. Combinational.

    Members
    -------
    sum : In(accumulator)
        An integer in two's complement, or a code.
    code : Out(output format)
    saturated : Out(1)
        The sum was above TOP, and became TOP.
    """

    sum: Signal
    code: Signal
    saturated: Signal

    clocked = False
    name = "rounder"
    parts: Sequence[Part] = ()

    def __init__(self, dot: DotParameters) -> None:
        self.dot = dot
        super().__init__({"sum": In(dot.width), "code": Out(dot.output_width), "saturated": Out(1)})

    @property
    def description(self) -> list[str]:
        """Return the comment lines above the module."""
        return [f"rounder: a sum rounded once to {self.dot.output}, to nearest, ties to even. Combinational."]

    def elaborate(self, platform: object) -> Module:
        m = Module()
        dot = self.dot
        assert dot.output is not None
        if not dot.kind.is_integer:
            code, above = rounded_float(m, dot.output, dot.float_format, bits_of(self.sum))
        else:
            code, above = rounded_integer(m, dot.output, bits_of(self.sum), dot.lsb)
        m.d.comb += [self.code.eq(cat(code)), self.saturated.eq(Value.cast(above))]
        return m


def rounded_integer(
    m: Module, f: Format, bits: Sequence[Bit], lsb: int, anchor: Sequence[Bit] = ()
) -> tuple[list[Bit], Bit]:
    """Round an integer in two's complement to a code of `f`; tell whether it is above TOP.

    Its last place is worth 2^(`lsb` + `anchor`). The anchor is a signal in two's complement.
    """
    sign = bits[-1]
    size = word(m, "sum_size", (cat([Value.cast(bit) ^ sign for bit in bits]) + sign)[: len(bits)])
    normal, zeros = normalised(m, bits_of(size))
    base = len(bits) - 1 + lsb + f.bias
    exponent = cat(anchor).as_signed() - cat(zeros) + base if anchor else Const(base) - cat(zeros)
    # Zero has no leading one, and no sign.
    return _packed(m, f, sign, normal[-1], normal[:-1], exponent)


def rounded_float(m: Module, f: Format, source: Format, bits: Sequence[Bit]) -> tuple[list[Bit], Bit]:
    """Round a code of `source` that is not subnormal, Inf or NaN to one of `f`; tell whether it is above TOP."""
    width = source.mantissa_bits
    exponent = cat(bits[width:-1])
    some = wire(m, "sum_some", any_of(bits_of(exponent)))
    return _packed(m, f, both(bits[-1], some), some, bits[:width], exponent + (f.bias - source.bias))


def _packed(
    m: Module, f: Format, sign: Bit, some: Bit, fraction: Sequence[Bit], exponent: Value
) -> tuple[list[Bit], Bit]:
    """Round and pack a number given by its fraction below the leading one and its biased exponent.

    If not `some` the number is zero. The second value tells whether it is above TOP.
    """
    width = f.mantissa_bits
    fraction = [*[0] * (width - len(fraction)), *fraction]
    kept, lost = fraction[len(fraction) - width :], fraction[: len(fraction) - width]
    up = wire(m, "output_up", both(lost[-1], either(*lost[:-1], kept[0]))) if lost else 0
    # One more bit, for the carry of rounding.
    e_width = len(exponent) + 1
    e = [exponent[min(i, len(exponent) - 1)] for i in range(e_width)]
    if not exponent.shape().signed:
        e[-1] = Const(0, 1)
        e.append(Const(0, 1))
    code = word(m, "output_code", (cat([*kept, *e]) + up)[: width + len(e)])
    keep = wire(m, "output_keep", both(some, code[width:].as_signed() > 0))
    above = wire(m, "output_above", both(keep, code.as_signed() > f.top))
    magnitude = []
    for i in range(f.magnitude_bits):
        bit: Bit = both(code[i] if i < len(code) else 0, keep)
        magnitude.append(either(bit, above) if f.top >> i & 1 else both(bit, inverse(above)))
    return [*magnitude, sign], above
