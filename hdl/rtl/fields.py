"""Fields of an operand, and what they say: normal or not, NaN, Inf, zero."""

from dataclasses import dataclass, replace

from amaranth.hdl import Cat, Const, Module, Mux, Value

from lmul.golden.formats import Format, FormatKind
from lmul.golden.parameters import Parameters, Policy
from lmul.hdl.arith import wire_names
from lmul.hdl.rtl.words import named


@dataclass(frozen=True)
class Operand:
    """Operand of a multiplication.

    Attributes
    ----------
    sign : Value
        One bit.
    exponent : Value
        Exponent field, unsigned; signed once a subnormal number is normalised.
    mantissa : Value
        As wide as the operand's own format has it.
    normal : Value
        The exponent field is not 0.
    """

    sign: Value
    exponent: Value
    mantissa: Value
    normal: Value

    def magnitude(self, mantissa_bits: int) -> Value:
        """Return X, the magnitude code with so many mantissa bits; signed if the exponent is."""
        code = Cat(self.aligned(mantissa_bits), self.exponent)
        return code.as_signed() if self.exponent.shape().signed else code

    def aligned(self, mantissa_bits: int) -> Value:
        """Return the mantissa with zeros below, up to so many bits."""
        return Cat(Const(0, mantissa_bits - len(self.mantissa)), self.mantissa)


@dataclass(frozen=True)
class Special:
    """Properties of the product that follow from the operands alone, one bit each."""

    nan: Value
    infinite: Value
    zero: Value


def operand(m: Module, p: Parameters, f: Format, name: str, code: Value) -> Operand:
    """Split a code into its fields. Under ieee a subnormal number is normalised: its exponent goes below 1."""
    own = f.mantissa_bits
    exponent, mantissa = code[own:-1], code[:own]
    x = Operand(code[-1], exponent, mantissa, named(m, f"{name}_normal", exponent.any()))
    return normalised(m, name, x) if p.policy is Policy.IEEE else x


def normalised(m: Module, name: str, x: Operand) -> Operand:
    """Shift a subnormal mantissa left past its leading one, and count the zeros above that into the exponent.

    A mantissa of zeros gives no meaningful number.
    """
    width = len(x.mantissa)
    shifted: Value = x.mantissa
    zeros: list[Value] = []
    for i in reversed(range((width - 1).bit_length())):
        step = 1 << i
        empty = named(m, f"{name}_zeros_{i}", shifted[-step:] == 0)
        moved = Cat(Const(0, step), shifted[:-step])
        # The last bit shifted in is never read: the leading one leaves the mantissa.
        shifted = named(m, f"{name}_by_{step}", Mux(empty, moved, shifted))
        zeros.insert(0, empty)
    mantissa = named(m, wire_names.mantissa_word(name), Mux(x.normal, x.mantissa, Cat(Const(0, 1), shifted[:-1])))
    if not zeros:
        return replace(x, mantissa=mantissa)
    size = max(len(x.exponent), len(zeros)) + 1
    subnormal = (-Cat(zeros))[:size].as_signed()
    field = Cat(x.exponent, Const(0, size - len(x.exponent))).as_signed()
    exponent = named(m, wire_names.exponent_word(name), Mux(x.normal, field, subnormal))
    return replace(x, mantissa=mantissa, exponent=exponent)


def special_values(m: Module, p: Parameters, codes: tuple[Value, Value], normal: tuple[Value, Value]) -> Special:
    """Detect products that are NaN, infinite or zero whatever the numbers are, from the codes of both operands."""
    x_nan, x_infinite, x_zero = _classes(m, p, p.format, "x", codes[0], normal[0])
    y_nan, y_infinite, y_zero = _classes(m, p, p.y_format, "y", codes[1], normal[1])
    nan = x_nan | y_nan | (x_infinite & y_zero) | (x_zero & y_infinite)
    return Special(
        named(m, "nan", nan), named(m, "infinite", x_infinite | y_infinite), named(m, "zero", x_zero | y_zero)
    )


def _classes(m: Module, p: Parameters, f: Format, name: str, code: Value, normal: Value) -> tuple[Value, Value, Value]:
    """Tell whether an operand is NaN, whether it is infinite, and whether it counts as zero."""
    exponent, mantissa = code[f.mantissa_bits : -1], code[: f.mantissa_bits]
    never = Const(0, 1)
    zero = named(m, f"{name}_zero", ~normal if p.policy is Policy.FTZ else ~code[:-1].any())
    match f.kind:
        case FormatKind.FINITE | FormatKind.INTEGER:
            return never, never, zero
        case FormatKind.FN:
            return named(m, f"{name}_nan", code[:-1].all()), never, zero
        case FormatKind.IEEE:
            top = named(m, f"{name}_top", exponent.all())
            nan = named(m, f"{name}_nan", top & mantissa.any())
            return nan, named(m, f"{name}_infinite", top & ~mantissa.any()), zero
