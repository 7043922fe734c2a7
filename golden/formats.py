"""Number formats: meaning of the bits of a code.

A format is data: a name, two widths, a bias and a kind. All code that multiplies, describes hardware, names a file or
simulates asks a `Format`; no other module knows a bit position.
"""

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum

EXPONENT_BITS = range(2, 9)
MANTISSA_BITS = range(1, 24)
INTEGER_MANTISSA_BITS = range(3, 8)
BIASES = range(-255, 256)  # so that float64 holds every number and every product exactly


class FormatKind(StrEnum):
    """Meaning of a format's topmost codes: Inf and NaN, one NaN, or numbers."""

    IEEE = "ieee"  # Inf and NaN in the top exponent
    FN = "fn"  # no Inf, one NaN magnitude: all ones
    FINITE = "finite"  # every code is a number
    INTEGER = "integer"  # two's complement, without exponent bits; the least code is not used


@dataclass(frozen=True)
class Format:
    """Binary floating-point format, a code being sign | exponent | mantissa, or one of integers.

    The value of a normal code is (-1)^s (1 + m / 2^M) 2^(e - bias). Exponent field 0 holds zero and
    the subnormals m / 2^M 2^(1 - bias). "Magnitude code" means the low E + M bits as an unsigned integer.

    An integer of n bits is a code in two's complement. It has no exponent bits, n - 1 mantissa bits, which are those
    of its magnitude, and the bias 2 - n, for which the subnormals' value is the integer. -2^(n - 1) is reserved.

    Two formats are equal when their arithmetic is; the name is only how to address one
    (`e8m7` equals `bf16`).

    Parameters
    ----------
    name : str
        Name for users and in file and module names.
    exponent_bits : int
        E, 2 to 8; 0 for integers.
    mantissa_bits : int
        M, 1 to 23, without the hidden bit; 3 to 7 for integers.
    bias : int
        Subtracted from the exponent field, -255 to 255; 1 - M for integers.
    kind : Kind
        Meaning of the topmost codes.

    Raises
    ------
    TypeError
        A width or the bias is not an int, or the kind not a Kind.
    ValueError
        The name is no identifier, or a number is out of its range.
    """

    name: str = field(compare=False)
    exponent_bits: int
    mantissa_bits: int
    bias: int
    kind: FormatKind

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z]\w*", self.name, re.ASCII):
            raise ValueError(f"name of a format must be letters, digits and _, not {self.name!r}")
        if not isinstance(self.kind, FormatKind):
            raise TypeError(f"kind of a format must be a Kind, not {self.kind!r}")
        integer = self.kind is FormatKind.INTEGER
        for what, value, allowed in (
            ("exponent bits", self.exponent_bits, range(1) if integer else EXPONENT_BITS),
            ("mantissa bits", self.mantissa_bits, INTEGER_MANTISSA_BITS if integer else MANTISSA_BITS),
            ("bias", self.bias, range(1 - self.mantissa_bits, 2 - self.mantissa_bits) if integer else BIASES),
        ):
            if type(value) is not int:
                raise TypeError(f"{what} of a format must be an int, not {value!r}")
            if value not in allowed:
                raise ValueError(f"{what} of a format must be {allowed[0]} to {allowed[-1]}, not {value!r}")

    @property
    def is_integer(self) -> bool:
        """Tell whether codes are integers in two's complement."""
        return self.kind is FormatKind.INTEGER

    @property
    def has_reserved(self) -> bool:
        """Tell whether there are codes that mean no number: Inf, NaN, or an integer that is not used."""
        return self.is_integer or self.top < self.sign_bit - 1

    @property
    def width(self) -> int:
        """Return the bits of a code: 1 + E + M."""
        return 1 + self.magnitude_bits

    @property
    def magnitude_bits(self) -> int:
        """Return the bits of a magnitude code: E + M."""
        return self.exponent_bits + self.mantissa_bits

    @property
    def hidden_one(self) -> int:
        """Return 2^M: the weight of the hidden bit, in units of the mantissa's last place."""
        return 1 << self.mantissa_bits

    @property
    def sign_bit(self) -> int:
        """Return the code of -0: the sign alone."""
        return 1 << self.magnitude_bits

    @property
    def infinity(self) -> int | None:
        """Return the magnitude code of Inf; None if there is none."""
        top_exponent = (1 << self.exponent_bits) - 1
        return top_exponent << self.mantissa_bits if self.kind is FormatKind.IEEE else None

    @property
    def nan(self) -> int | None:
        """Return the magnitude code of the NaN of results; None if there is none."""
        if self.kind is FormatKind.FN:
            return self.sign_bit - 1
        return None if self.infinity is None else self.infinity | self.hidden_one >> 1

    @property
    def top(self) -> int:
        """Return TOP: the largest magnitude code of a finite number."""
        if self.infinity is not None:
            return self.infinity - 1
        return self.sign_bit - (2 if self.kind is FormatKind.FN else 1)

    def with_mantissa(self, bits: int) -> "Format":
        """Return the same format, bias and kind included, with another number of mantissa bits.

        Its name is the known one, or widths and kind, as in `e4m2fn`.

        Raises
        ------
        TypeError, ValueError
            There is no format of so many bits.
        """
        name = f"e{self.exponent_bits}m{bits}"
        found = Format(f"{name}{self.kind}", self.exponent_bits, bits, self.bias, self.kind)
        known = (self, *FORMATS.values(), format_named(name))
        return next((each for each in known if each == found), found)

    def __str__(self) -> str:
        return self.name


def _ieee(name: str, exponent_bits: int, mantissa_bits: int) -> Format:
    # Shift right last: with 0 exponent bits a shift by -1 would fail before `Format` can refuse them.
    return Format(name, exponent_bits, mantissa_bits, (1 << exponent_bits >> 1) - 1, FormatKind.IEEE)


E4M3 = Format("e4m3", 4, 3, 7, FormatKind.FN)
E5M2 = _ieee("e5m2", 5, 2)
E3M4 = _ieee("e3m4", 3, 4)
E2M1 = Format("e2m1", 2, 1, 1, FormatKind.FINITE)
E2M3 = Format("e2m3", 2, 3, 1, FormatKind.FINITE)
E3M2 = Format("e3m2", 3, 2, 3, FormatKind.FINITE)
E2M5 = Format("e2m5", 2, 5, 1, FormatKind.FINITE)
BF16 = _ieee("bf16", 8, 7)
FP16 = _ieee("fp16", 5, 10)
TF32 = _ieee("tf32", 8, 10)
FP32 = _ieee("fp32", 8, 23)

FORMATS = {f.name: f for f in (E4M3, E5M2, E3M4, E2M1, E2M3, E3M2, E2M5, BF16, FP16, TF32, FP32)}


INTEGERS = {f"int{m + 1}": Format(f"int{m + 1}", 0, m, 1 - m, FormatKind.INTEGER) for m in INTEGER_MANTISSA_BITS}
"""Integers of 4 to 8 bits, for dot products and arrays."""

_OTHER_NAMES = {
    "float8_e4m3fn": "e4m3",
    "float8_e4m3": "e4m3ieee",
    "float8_e5m2": "e5m2",
    "float8_e3m4": "e3m4",
    "float6_e2m3fn": "e2m3",
    "float6_e3m2fn": "e3m2",
    "float4_e2m1fn": "e2m1",
    "fp4": "e2m1",
    "bfloat16": "bf16",
    "float16": "fp16",
    "half": "fp16",
    "float32": "fp32",
}
"""Names in ml_dtypes, NumPy and PyTorch."""

_SEVERAL = {"8": "e4m3 or e5m2", "6": "e2m3 or e3m2"}
_NAME = re.compile(r"(e([1-9]\d?|0)m([1-9]\d?|0))(ieee|fn|finite)?")


def format_named(name: str) -> Format:
    """Return the format of a name: one of `FORMATS` or `INTEGERS`, or eXmY with or without a kind, as in `e4m2fn`.

    A name of the table wins (`e4m3` has one NaN and no Inf); a kind behind it forces that kind (`e4m3ieee` is
    ml_dtypes' float8_e4m3). eXmY has the bias 2^(X-1) - 1, and Inf and NaN. Capitals count as small letters, and the
    names of ml_dtypes, NumPy and PyTorch are known too: `float8_e4m3fn` is `e4m3`.

    Raises
    ------
    ValueError
        No format has the name, or several could be meant, or its format is refused.
    """
    known = _OTHER_NAMES.get(name.lower(), name.lower())
    if known in FORMATS:
        return FORMATS[known]
    if known in INTEGERS:
        return INTEGERS[known]
    if "fnuz" in known:
        raise ValueError(f"format must have a negative zero, which fnuz formats lack, not {name!r}")
    if match := re.fullmatch(r"(?:mx)?(?:fp|float)([68])", known):
        raise ValueError(f"format must be {_SEVERAL[match[1]]} where it has {match[1]} bits, not {name!r}")
    match = _NAME.fullmatch(known)
    if match is None:
        kinds = "|".join(kind for kind in FormatKind if kind is not FormatKind.INTEGER)
        raise ValueError(
            f"format must be one of {', '.join(FORMATS)}, {', '.join(INTEGERS)}, eXmY or eXmY[{kinds}], not {name!r}"
        )
    try:
        plain = _ieee(known, int(match[2]), int(match[3]))
    except ValueError as error:
        raise ValueError(f"{error} (format {name!r})") from None
    found = replace(plain, kind=FormatKind(match[4] or FormatKind.IEEE))
    table = FORMATS.get(match[1])
    return table if found == table and found.kind is not FormatKind.IEEE else found
