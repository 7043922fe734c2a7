"""Arithmetics that studies of models compare."""

from typing import Any

from lmul.accuracy.attention.variants import GAIN
from lmul.accuracy.model.arithmetic import Arithmetic, Scale
from lmul.accuracy.unbounded import Cut
from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import BF16, E3M4, E4M3, E5M2, Format, format_named
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.reporting.sections import Record


def arithmetic_of(
    method: Method, format: Format, accumulator: Accumulator = Accumulator.FP32, **others: Any
) -> Arithmetic:
    """Make an arithmetic of one format and method; `others` are fields of `Arithmetic`."""
    return Arithmetic(DotParameters(Parameters(format, method), accumulator), **others)


def arithmetics() -> tuple[Arithmetic, ...]:
    """List what is compared: sums are float32's, exact with block scales, and e4m3's as in the paper's fine-tuning."""
    found = [arithmetic_of(Method.EXACT, format) for format in (E4M3, E5M2, BF16)]
    for cut in Cut:
        found += [arithmetic_of(Method.LMUL, format_named(f"e8m{k}"), cut=cut) for k in (3, 4, 6)]
    found += [arithmetic_of(Method.LMUL, format) for format in (BF16, E4M3)]
    found += [arithmetic_of(Method.MITCHELL, E4M3), arithmetic_of(Method.MITCHELL, E4M3, gain=GAIN)]
    found += [arithmetic_of(Method.log(1, 4), E4M3), arithmetic_of(Method.log(0), E3M4)]
    found += [arithmetic_of(method, E4M3, Accumulator.E4M3) for method in (Method.EXACT, Method.LMUL)]
    blocks = ((Method.EXACT, E4M3), (Method.LMUL, E4M3), (Method.log(0), E3M4))
    found += [arithmetic_of(method, format, Accumulator.FIXED, scale=Scale.BLOCK) for method, format in blocks]
    return tuple(found)


def described(arithmetic: Arithmetic | None) -> Record:
    """Make the fields of a record that name an arithmetic, or float32."""
    if arithmetic is None:
        keys = ("arithmetic", "operands", "cut", "gain", "sums", "scale")
        return dict.fromkeys(keys) | {"method": "float32"}
    product = arithmetic.dot.product
    return {
        "arithmetic": arithmetic.name,
        "operands": str(product.format),
        "cut": arithmetic.cut.value,
        "gain": arithmetic.gain,
        "sums": arithmetic.dot.accumulator.value,
        "scale": arithmetic.scale.value,
        "method": product.method.name + (f" x {arithmetic.gain:g}" if arithmetic.gain != 1 else ""),
    }
