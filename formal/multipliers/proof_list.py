# amaranth: UnusedElaboratable=no
"""List of the units that `lmul prove --all` proves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lmul.formal.any_constant import AnyConstant
from lmul.golden.formats import FORMATS, Format, FormatKind, format_named
from lmul.golden.methods import Method, Rounding, multiplier_methods
from lmul.golden.parameters import Overflow, Parameters, Policy
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.style import Style

MIXED = (
    ("e4m3", "e5m2", None),
    ("fp16", "bf16", None),
    ("e5m2", "e3m4", None),
    ("e4m3", "fp16", None),
    ("e2m4", "e3m4", None),
    ("e5m7", "bf16", None),
    ("e4m3", "e5m2", "e5m5"),
    ("e3m4", "e3m4", "e4m3"),
)
"""Formats of x, y and, where it is not the default, of the product, that all methods are proved for.

Under ieee they cover fewer, as many and more mantissa bits in x than in y, each with one normaliser for both operands
and with two. In e4m3 by fp16, the zeros that a shared one counts decide the exponent's width. Results are of fewer, as
many and more mantissa bits than the wider operand.
"""

MORE = (
    ("e5m2", "e4m3", None),
    ("bf16", "e4m3", None),
    ("e4m3", "bf16", None),
    ("fp16", "e5m2", None),
    ("fp16", "e4m3", None),
    ("fp16", "e2m1", None),
    ("bf16", "fp16", None),
    ("fp16", "e3m4", None),
    ("e3m4", "fp16", None),
    ("e2m2", "fp16", None),
    ("e2m1", "e4m3", "e4m3"),
    ("e2m1", "e5m2", "e5m2"),
    ("e2m1", "e2m3", "e2m3"),
    ("e2m1", "e4m3", "bf16"),
    ("e5m1", "e4m3", None),
    ("e8m1", "fp16", None),
    ("e4m3", "e5m2", "e5m3"),
    ("e5m2", "e5m2", "e4m2"),
    ("e4m3", "e4m3", "bf16"),
    ("e4m3", "e4m3", "fp16"),
    ("e5m2", "e5m2", "e4m1"),
    ("bf16", "bf16", "fp32"),
    ("bf16", "bf16", "e4m3"),
    ("fp16", "e4m3", "e5m2"),
)
"""More of them, for the methods that stand for others."""

NARROW = ("e2m7", "e2m9", "e3m10")
"""Formats whose mantissas can begin with more zeros than the exponent field counts, or nearly."""

CLOCKED = ("e4m3", "e5m2", "bf16", "e4m3_e5m2")
"""Formats whose pipelined units are proved too: by one method each of those that build something of their own."""


@dataclass(frozen=True)
class ProvedUnit:
    """Unit to prove.

    Parameters
    ----------
    parameters : Parameters
        Formats, method, policy and rounding.
    pipeline : int
        Ranks of registers.
    any_constant : bool
        D is a port; of the style gates alone.
    style : Style
        Style of the description.
    """

    parameters: Parameters
    pipeline: int = 0
    any_constant: bool = False
    style: Style = Style.GATES

    def build(self) -> Multiplier:
        """Build the component."""
        if self.any_constant:
            return AnyConstant(self.parameters)
        return Multiplier(self.parameters, self.pipeline, style=self.style)


_OWN = frozenset({Method.LMUL, Method.corrected(2), Method.EXACT, Method.EXACT_RTZ})
"""Methods that stand for those which build the same: one offset, a table of D, and products rounded both ways."""

Edge = tuple[Policy, Overflow | None]
"""Policy and overflow."""

_NAMED: dict[Edge, bool] = {
    (Policy.RAW, None): True,
    (Policy.FLUSH, None): True,
    (Policy.FTZ, Overflow.SATURATE): True,
    (Policy.FTZ, Overflow.INF): False,
    (Policy.IEEE, Overflow.SATURATE): True,
    (Policy.IEEE, Overflow.INF): False,
}
"""Edges of units of one named format, each with all methods or with those of `_OWN` alone."""

_MIXED: dict[Edge, bool] = _NAMED | {(Policy.RAW, None): False, (Policy.FTZ, Overflow.SATURATE): False}
"""The same of MIXED."""

_OTHERS: dict[Edge, bool] = {
    (Policy.FLUSH, None): False,
    (Policy.FTZ, Overflow.INF): False,
    (Policy.IEEE, Overflow.SATURATE): False,
}
"""The same of MORE, of NARROW, and of e5m1 to e5m10 and e8m1 to e8m10 where they have no name."""


def formats() -> list[Format]:
    """List the named formats, e5m1 to e5m10, e8m1 to e8m10 and some with few exponent bits, each once."""
    more = [f"e{e}m{m}" for e in (5, 8) for m in range(1, 11)]
    return list(dict.fromkeys(format_named(name) for name in (*FORMATS, *NARROW, *more)))


def units(chosen: Sequence[Format] | None = None) -> list[ProvedUnit]:
    """List all units in both styles, or those whose operands both have one of the chosen formats."""
    named = [format_named(name) for name in FORMATS]
    found = [unit for f in formats() for unit in _units(f, f, None, _NAMED if f in named else _OTHERS)]
    for pairs, edges in ((MIXED, _MIXED), (MORE, _OTHERS)):
        for x, y, z in pairs:
            found += _units(format_named(x), format_named(y), None if z is None else format_named(z), edges)
    found += [ProvedUnit(unit.parameters, depth) for unit in found for depth in (1, 2) if _is_clocked(unit)]
    found += [replace(unit, style=Style.RTL, any_constant=False) for unit in found]
    return [u for u in found if chosen is None or {u.parameters.format, u.parameters.y_format} <= set(chosen)]


def _is_clocked(unit: ProvedUnit) -> bool:
    p = unit.parameters
    own = p.method in _OWN and p.rounding is Rounding.NEAREST
    return p.format_name in CLOCKED and own and p.overflow is not Overflow.SATURATE


def _units(x: Format, y: Format, z: Format | None, edges: dict[Edge, bool]) -> Iterator[ProvedUnit]:
    """Yield a unit for each edge and method, for given formats."""
    given: dict[str, Any] = {"y_format": y} if z is None else {"y_format": y, "result": z}
    for (policy, overflow), all_methods in edges.items():
        try:
            lmul = Parameters(x, policy=policy, overflow=overflow, **given)
        except ValueError:  # the product could be NaN, and has none
            continue
        if overflow is Overflow.INF and lmul.result.kind is FormatKind.FINITE:
            continue
        # A port for D is built as wide as the largest needs. What is exported for a D that is known leaves out what
        # this needs not: one of these, too.
        widest, known = lmul.hidden_one - 1, lmul.hidden_one // 3
        for method in multiplier_methods(lmul.mantissa_bits, (widest, known)):
            wanted = all_methods or method in _OWN
            if wanted and (method.is_adder or policy is not Policy.RAW):
                yield ProvedUnit(replace(lmul, method=method), any_constant=method == Method.constant(widest))
