"""Which multipliers the tests cover, in one place."""

from collections.abc import Iterator

from lmul.golden.formats import EXPONENT_BITS, FORMATS, MANTISSA_BITS, Format, format_named
from lmul.golden.parameters import Method, Parameters, Policy


def formats_up_to(width: int) -> list[Format]:
    """Every format that has a name and at most `width` bits, each once."""
    generic = [f"e{e}m{m}{suffix}" for e in EXPONENT_BITS for m in MANTISSA_BITS for suffix in ("", "ieee")]
    formats = dict.fromkeys(format_named(name) for name in (*FORMATS, *generic))
    return [f for f in formats if f.width <= width]


def variants(f: Format) -> Iterator[Parameters]:
    """Every method and policy of a format; for `constant` the smallest, the largest and one D between."""
    for policy in (Policy.RAW, Policy.FLUSH):
        yield Parameters(f, Method.LMUL, policy)
        yield Parameters(f, Method.MITCHELL, policy)
        for d in sorted({0, f.hidden_one // 3, f.hidden_one - 1}):
            yield Parameters(f, Method.CONSTANT, policy, constant=d)
        for t in range(1, min(f.mantissa_bits, 3) + 1):
            yield Parameters(f, Method.CORRECTED, policy, table_bits=t)
    yield Parameters(f, Method.EXACT, Policy.FLUSH)
