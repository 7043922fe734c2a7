"""Which multipliers the tests cover, in one place."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from lmul.golden.formats import EXPONENT_BITS, FORMATS, MANTISSA_BITS, Format, format_named
from lmul.golden.methods import Method, multiplier_methods
from lmul.golden.parameters import Overflow, Parameters, Policy


def formats_up_to(width: int) -> list[Format]:
    """Every format that has a name and at most `width` bits, each once."""
    generic = [f"e{e}m{m}{suffix}" for e in EXPONENT_BITS for m in MANTISSA_BITS for suffix in ("", "ieee")]
    formats = dict.fromkeys(format_named(name) for name in (*FORMATS, *generic))
    return [f for f in formats if f.width <= width]


SPECIAL = (Policy.IEEE, Policy.FTZ)
"""Policies with Inf and NaN."""

MIXED = [
    ("e4m3", "e5m2", None),
    ("e5m2", "e4m3", None),
    ("e4m3", "e5m2", "e5m3"),
    ("e2m1", "e2m5", None),
    ("e2m5", "e2m1", "e4m5"),
    ("e5m2", "e3m4", None),
    ("e3m4", "e2m3", None),
    ("e4m3", "e4m3", "e3m3"),
    ("bf16", "e4m3", None),
    ("e4m3", "bf16", None),
    ("fp16", "bf16", None),
    ("bf16", "fp16", "fp16"),
    ("fp32", "e4m3", None),
    ("e4m3", "e4m3", "bf16"),
    ("e4m3", "e5m2", "e5m4"),
    ("e5m2", "e5m2", "e5m5"),
    ("e4m3", "e4m3", "e4m2"),
    ("e3m4", "e3m4", "e5m2"),
    ("e2m3", "e3m2", "e2m1"),
    ("bf16", "bf16", "fp32"),
    ("bf16", "bf16", "e4m3"),
    ("fp16", "e5m2", "e3m4"),
]
"""Formats of x, of y and of the product (None: the one that is chosen). Biases that cancel, that do not, and below 0;
kinds that differ; results narrower and wider than either operand in the exponent, and in the mantissa: by one bit, by
several, and past the end of the exact product."""


def mixed_formats() -> list[tuple[Format, Format, Format | None]]:
    """The formats of MIXED."""
    return [(format_named(x), format_named(y), format_named(z) if z else None) for x, y, z in MIXED]


def small_formats() -> list[Format]:
    """The formats of the table that have at most 8 bits."""
    return [f for f in FORMATS.values() if f.width <= 8]


def wide_formats() -> list[Format]:
    """The formats of the table that have more than 8 bits."""
    return [f for f in FORMATS.values() if f.width > 8]


def variants(f: Format, y: Format | None = None, result: Format | None = None) -> Iterator[Parameters]:
    """Every method under raw and flush; for `constant` the smallest, the largest and one D between."""
    for policy in (Policy.RAW, Policy.FLUSH):
        yield from _adders(Parameters(f, Method.LMUL, policy, y_format=y, result=result))
    yield Parameters(f, Method.EXACT, Policy.FLUSH, y_format=y, result=result)


def special_variants(
    f: Format, y: Format | None = None, result: Format | None = None, policies: Sequence[Policy] = SPECIAL
) -> Iterator[Parameters]:
    """Every method under ieee and ftz with either overflow; none where it could not be the NaN it has to be."""
    for policy, overflow in product(policies, Overflow):
        try:
            first = Parameters(f, Method.LMUL, policy, overflow=overflow, y_format=y, result=result)
        except ValueError:
            return
        yield from _adders(first)
        yield replace(first, method=Method.EXACT)
        yield replace(first, method=Method.EXACT_RTZ)


def truncated(f: Format, y: Format | None = None, result: Format | None = None) -> Parameters:
    """The exact method under flush that rounds toward zero."""
    return Parameters(f, Method.EXACT_RTZ, Policy.FLUSH, y_format=y, result=result)


def all_variants(f: Format, y: Format | None = None, result: Format | None = None) -> list[Parameters]:
    """All of these, and a table that is not the same with x and y exchanged, as the computed ones are."""
    first = truncated(f, y, result)
    most = first.hidden_one - 1
    lopsided = Parameters(f, Method.corrected(1, ((0, most), (most // 3, 0))), y_format=y, result=result)
    return [*variants(f, y, result), first, lopsided, *special_variants(f, y, result)]


def few_variants(f: Format, y: Format | None = None, result: Format | None = None) -> Iterator[Parameters]:
    """One of each kind of circuit: an adder without and with edges, with a table, and an exact unit, which rounds."""
    first = Parameters(f, Method.LMUL, Policy.RAW, y_format=y, result=result)
    yield first
    for p in (replace(first, policy=Policy.FLUSH), *_special(first)):
        yield p
        yield replace(p, method=Method.corrected(min(p.mantissa_bits, 2)))
        yield replace(p, method=Method.EXACT)
    yield truncated(f, y, result)


def _special(p: Parameters) -> Iterator[Parameters]:
    for policy, overflow in product(SPECIAL, Overflow):
        yield replace(p, policy=policy, overflow=overflow)


def _adders(p: Parameters) -> Iterator[Parameters]:
    one = p.hidden_one
    methods = multiplier_methods(p.mantissa_bits, sorted({0, one // 3, one - 1}))
    yield from (replace(p, method=method) for method in methods if method.is_adder)
