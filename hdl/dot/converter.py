# amaranth: UnusedElaboratable=no
"""Converter of codes to log codes or normalised codes, which stands where operands enter a dot product or an array."""

from collections.abc import Sequence
from typing import Any

from amaranth.hdl import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from lmul.golden.accumulators import DotParameters
from lmul.golden.logarithms import LogFormat
from lmul.hdl.arith.stored_operand import reserved
from lmul.hdl.describe.converter import describe_converter
from lmul.hdl.describe.multiplier import format_manifest
from lmul.hdl.dot.integers import SignMagnitude
from lmul.hdl.hierarchy import Part, place
from lmul.hdl.names import checked_name
from lmul.hdl.rtl.fields import Operand, normalised
from lmul.hdl.rtl.words import named, resized, table


class LogConverter(wiring.Component):
    """Converter of one operand. Log codes are bit for bit those of `golden.log_codes.log_codes`.

    A table over the mantissa, behind a normaliser where subnormals count; without a table the normaliser alone.
    Combinational; one description for both styles.

    Parameters
    ----------
    format : LogFormat
        Format of the log code, such as `Parameters.entry_formats` has them.
    name : str, optional
        Name of the exported module.

    Members
    -------
    code : In(1 + E + M)
        A code. One that its format reserves for Inf or NaN is the number that its bits spell.
    word : Out(LogFormat.width)
        Its log code, or its normalised code. Exponent field 0 says that it is a zero.

    Raises
    ------
    ValueError
        The name is no identifier.
    """

    code: Signal
    word: Signal

    clocked = False
    parts: Sequence[Part] = ()

    def __init__(self, format: LogFormat, name: str | None = None) -> None:
        self.format = format
        self._name = checked_name(name, f"to_{format.name}")
        super().__init__({"code": In(format.format.width), "word": Out(format.width)})

    @property
    def name(self) -> str:
        """Return the name of the module."""
        return self._name

    @property
    def description(self) -> list[str]:
        """Return the comment lines above the module."""
        return describe_converter(self.name, self.format)

    @property
    def manifest(self) -> dict[str, Any]:
        """Return kind, format, table and layout, for programs to read."""
        f = self.format
        return {
            "kind": "log_converter" if f.table is not None else "normaliser",
            "format": format_manifest(f.format),
            "fraction_bits": f.fraction_bits,
            "exponent_bits": f.exponent_bits,
            "excess": f.excess,
            "subnormals": f.subnormals,
            "logarithms": None if f.table is None else list(f.table),
            "latency": 0,
        }

    def elaborate(self, platform: object) -> Module:
        m, f = Module(), self.format
        own = f.format.mantissa_bits
        exponent, mantissa = self.code[own:-1], self.code[:own]
        x = Operand(self.code[-1], exponent, mantissa, named(m, "normal", exponent.any()))
        zero: Value = ~x.normal
        if f.subnormals:
            x, zero = normalised(m, "x", x), ~self.code[:-1].any()
        carries, logarithm = 0, x.mantissa
        if f.table is not None:
            carries = f.table[-1] >> f.fraction_bits
            logarithm = Cat(table(m, "log2", x.mantissa, f.table, f.fraction_bits + carries))
        field: Value = x.exponent + Const(f.excess)
        if carries:
            field = field + logarithm[-1]
        magnitude = Cat(logarithm[: f.fraction_bits], resized(field, f.exponent_bits))
        m.d.comb += self.word.eq(Cat(Mux(named(m, "zero", zero), Const(0, len(magnitude)), magnitude), x.sign))
        return m


Converter = LogConverter | SignMagnitude


def converter(dot: DotParameters, side: str) -> Converter | None:
    """Return the converter that stands before `side`, x or y; None where it is multiplied as it comes in."""
    p, i = dot.product, "xy".index(side)
    if p.is_integer:
        return SignMagnitude((p.format, p.y_format)[i])
    return None if p.entry_formats is None or side in dot.converted else LogConverter(p.entry_formats[i])


def converters(dot: DotParameters) -> list[Converter]:
    """List the converters of x and of y: none for what is multiplied as it comes in, one if they are the same."""
    found = {part.name: part for part in (converter(dot, side) for side in "xy") if part is not None}
    return list(found.values())


def converted(m: Module, dot: DotParameters, side: str, name: str, operands: Value) -> Value:
    """Put a converter behind each code of `side`, x or y, if there is one; else return the operands as they are."""
    part = converter(dot, side)
    if part is None:
        return operands
    words = Signal(len(operands) // len(part.code) * len(part.word), name=f"{name}_converted")
    for i in range(len(operands) // len(part.code)):
        word = words.word_select(i, len(part.word))
        place(m, f"{name}_converter_{i}", part, code=operands.word_select(i, len(part.code)), word=word)
    return words


def any_reserved(dot: DotParameters, side: str, operands: Value) -> Value:
    """Tell whether one of the operands of `side`, x or y, is a code that its format reserves.

    Of words that are converted already nobody can tell.
    """
    f = dot.product.format if side == "x" else dot.product.y_format
    if side in dot.converted:
        return Const(0, 1)
    return Cat(reserved(f, operands[i : i + f.width]) for i in range(0, len(operands), f.width)).any()
