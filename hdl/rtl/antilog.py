"""Antilog of two and of four segments, as operators on words."""

from amaranth.hdl import Cat, Module, Mux, Value

from lmul.hdl.rtl.words import named


def antilog(m: Module, segments: int, f: Value) -> Value:
    """Build the fraction of h(f), as long as f: f - c(u), with u = f, or f inverted where its top bit is 1."""
    width = len(f)
    # Below these widths all that c has is shifted out.
    if segments == 1 or width < {2: 5, 4: 4}[segments]:
        return f
    u = named(m, "u", f[:-1] ^ f[-1].replicate(width - 1))
    c: Value
    low = 0
    if segments == 2:
        c = named(m, "c", u[3:] + u[4:])
    else:
        c = Cat(Mux(u[-1], u[-2], u[-3]), ~u[-1] & u[-2], u[-1])
        c, low = c[max(6 - width, 0) :], max(width - 6, 0)
    return Cat(f[:low], named(m, "fraction", (f[low:] - c)[: width - low]))
