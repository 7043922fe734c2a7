# amaranth: UnusedElaboratable=no
"""Integers in dot products: a sign and a magnitude from where they enter on, and products of magnitudes.

-2^(n - 1) is not used, so both forms have n bits. Each operand is converted once and multiplied many times. A product
of n - 1 bits by n - 1 bits, whose sign the accumulator adds as it does that of other products, is smaller than one of
two's complement: tests/hdl/dot/test_integers.py compares it with Baugh and Wooley's array and with `*`.
"""

from collections.abc import Sequence
from typing import Any

from amaranth.hdl import Cat, Const, Module, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from lmul.golden.accumulators import DotParameters
from lmul.golden.formats import Format
from lmul.hdl.arith.exact_products import Form
from lmul.hdl.arith.gates import bits_of
from lmul.hdl.arith.mantissa import unsigned_product
from lmul.hdl.arith.words import cat
from lmul.hdl.describe.multiplier import format_manifest, wrapped
from lmul.hdl.dot.align import Addend, addend_width
from lmul.hdl.hierarchy import Part
from lmul.hdl.rtl.words import named
from lmul.hdl.style import Style


class SignMagnitude(wiring.Component):
    """Converter of an integer in two's complement to sign and magnitude. Combinational.

    Words are bit for bit those of `golden.codes.sign_magnitude`.

    Parameters
    ----------
    format : Format
        Format of the integers.

    Members
    -------
    code : In(n)
        An integer in two's complement.
    word : Out(n)
        Its sign, on top, and its magnitude. -2^(n - 1) becomes a negative zero.
    """

    code: Signal
    word: Signal

    clocked = False
    parts: Sequence[Part] = ()

    def __init__(self, format: Format) -> None:
        self.format = format
        super().__init__({"code": In(format.width), "word": Out(format.width)})

    @property
    def name(self) -> str:
        """Return the name of the module."""
        return f"to_{self.format}_sign_magnitude"

    @property
    def description(self) -> list[str]:
        """Return the comment lines above the module."""
        most = self.format.sign_bit
        text = f"{self.name}: two's complement to sign, on top, and magnitude; -{most} to a zero. Combinational."
        return wrapped(text)

    @property
    def manifest(self) -> dict[str, Any]:
        """Return kind and format, for programs to read."""
        return {"kind": "sign_magnitude", "format": format_manifest(self.format), "latency": 0}

    def elaborate(self, platform: object) -> Module:
        m = Module()
        low, sign = self.code[:-1], self.code[-1]
        # Of a negative number all bits above its lowest 1 are inverted.
        some = Cat(Const(0, 1), *(low[:i].any() for i in range(1, len(low))))
        inverted = named(m, "inverted", some & sign.replicate(len(low)))
        m.d.comb += self.word.eq(Cat(low ^ inverted, sign))
        return m


def integer_addend(
    m: Module, dot: DotParameters, x: Value, word: Value, idle: Value, form: Form, style: Style
) -> Addend:
    """Multiply two words of sign and magnitude; an `idle` product adds nothing."""
    width, sign = addend_width(dot), named(m, "sign_in_use", (x[-1] ^ word[-1]) & ~idle)
    size = named(m, "size", x[:-1] & ~idle.replicate(len(x) - 1))
    product: Value
    if style is Style.RTL:
        product = named(m, "magnitude", size * word[:-1])
    else:
        most = max(len(size), len(word) - 1)
        left, right = ([*bits_of(each), *[0] * (most - len(each))] for each in (size, word[:-1]))
        product = cat(unsigned_product(m, left, right, form)[:width])
    return Addend(bits_of(named(m, "complement", product ^ sign.replicate(width))), sign)
