"""Antilog of two and of four segments, gate by gate."""

from collections.abc import Sequence

from amaranth.hdl import Module, Value

from lmul.hdl.arith.gates import Bit, both, choose, inverse, ripple, wire


def antilog(m: Module, segments: int, f: Sequence[Bit]) -> list[Bit]:
    """Build the fraction of h(f), as long as f: f - c(u), with u = f, or f inverted where its top bit is 1."""
    width = len(f)
    # Below these widths all that c has is shifted out.
    if segments == 1 or width < {2: 5, 4: 4}[segments]:
        return list(f)
    u = [wire(m, f"u_{i}", Value.cast(bit) ^ f[-1]) for i, bit in enumerate(f[:-1])]
    c: list[Bit]
    low = 0
    if segments == 2:
        total, carry = ripple(m, "c", u[3:], [*u[4:], 0], 0)
        c = [*total, carry]
    else:
        third, second, first = u[-3:]
        c = [wire(m, "c_0", choose(first, second, third)), wire(m, "c_1", both(inverse(first), second)), first]
        c, low = c[max(6 - width, 0) :], max(width - 6, 0)
    taken = [inverse(bit) for bit in c]
    return [*f[:low], *ripple(m, "fraction", f[low:], [*taken, *[1] * (width - low - len(c))], 1)[0]]
