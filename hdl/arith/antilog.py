"""Antilog of two and of four segments, gate by gate."""

from collections.abc import Sequence

from amaranth.hdl import Module, Value

from lmul.hdl.arith.gates import Bit, choose, inverse, ripple, wire


def antilog(m: Module, segments: int, f: Sequence[Bit]) -> list[Bit]:
    """Build the fraction of h(f), as long as f: f - c(u), with u = f, or f inverted where its top bit is 1."""
    width = len(f)
    # Below these widths all that c has is shifted out.
    if segments == 1 or width < {2: 5, 4: 4}[segments]:
        return list(f)
    u = [wire(m, f"u_{i}", Value.cast(bit) ^ f[-1]) for i, bit in enumerate(f[:-1])]
    c: list[Bit]
    if segments == 2:
        total, carry = ripple(m, "c", u[3:], [*u[4:], 0], 0)
        c = [*total, carry]
    else:
        inner: list[Bit] = [*u[3:-1], 0, 1] if width > 4 else [1]
        outer = [*u[2:-1], 0]
        c = [wire(m, f"c_{i}", choose(u[-1], *bits)) for i, bits in enumerate(zip(inner, outer, strict=True))]
    taken = [inverse(bit) for bit in c]
    return ripple(m, "fraction", f, [*taken, *[1] * (width - len(c))], 1)[0]
