"""Proof in parts of a unit with the policy ieee: normalisers apart from the arithmetic of normal numbers.

Solvers are slow if shifts by unknown amounts stand before and after an addition. The unit is cut at the wires between:

1. the wires hold the operands' normalised codes, if these are not zero;
2. for any values on the wires, within the range of such codes, the product is the specified one of these codes;
3. for two subnormal operands with a shared normaliser, the uncut unit is right.

The wires are found by name (`hdl.arith.wire_names`). A wrong name makes part 1 or 2 fail; it cannot make a wrong unit
pass. Part 1 is about the unit as it is, and part 2 assumes only what part 1 proves, so its premises can be met.
"""

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from bitwuzla import Kind, Term

from lmul.formal.integers import Integer, Truth, choose, unsigned
from lmul.formal.multipliers.significands import Significands
from lmul.formal.multipliers.specification import Multiply, SpecifiedOperand, product
from lmul.formal.smt import Answer, Circuit, always, load
from lmul.golden.parameters import Parameters, Policy
from lmul.hdl.arith import wire_names

WIDEST_WHOLE_MANTISSA = 4
"""Mantissa bits up to which the whole is proved as fast as its parts."""


_WIRE = re.compile(r"^  wire (?:\[\d+:\d+\] )?(\w+)(?= =|;)", re.MULTILINE)


@dataclass(frozen=True)
class Names:
    """Names of the wires, bits or words, between normalisers and arithmetic, the lowest first; None for a constant 0.

    Attributes
    ----------
    mantissas : tuple of two lists
        Mantissas that are multiplied.
    exponents : tuple of two lists
        Exponents of x and of y, in two's complement.
    shared : bool
        One normaliser serves both: the first mantissa is y's if y is subnormal, and x's otherwise.
    """

    mantissas: tuple[list[str | None], list[str | None]]
    exponents: tuple[list[str | None], list[str | None]]
    shared: bool

    @property
    def all(self) -> list[str]:
        """List the wires that exist."""
        return [name for names in (*self.mantissas, *self.exponents) for name in names if name is not None]


def names_in(verilog: str, p: Parameters) -> Names | None:
    """Find the wires in a unit's Verilog; return None unless all are there."""
    width = p.mantissa_bits
    if p.policy is not Policy.IEEE or width <= WIDEST_WHOLE_MANTISSA:
        return None
    wires = set(_WIRE.findall(verilog))
    words = _words(p)
    if wires.issuperset(words.all):
        return words
    shared = wire_names.normalised("left", 0) in wires
    first, bits = "left" if shared else "x", range(width)
    below = (0, 0) if shared else (width - p.format.mantissa_bits, width - p.y_format.mantissa_bits)
    second: Callable[[int], str] = (
        partial(wire_names.chosen, "right") if shared else partial(wire_names.normalised, "y")
    )
    # A partial product with the other's hidden one is the bit itself.
    left = [_existing(wires, wire_names.partial_product(i, width), wire_names.normalised(first, i)) for i in bits]
    right = [_existing(wires, wire_names.partial_product(width, i), second(i)) for i in bits]
    left, right = ([*[None] * zeros, *side[zeros:]] for side, zeros in zip((left, right), below, strict=True))
    zeros = (width - 1).bit_length()  # the bits of their number
    x, y = (
        _numbered(partial(wire_names.exponent, name), max(f.exponent_bits, zeros) + 1)
        for name, f in (("x", p.format), ("y", p.y_format))
    )
    names = Names((left, right), (x, y), shared)
    return names if wires.issuperset(names.all) else None


def _words(p: Parameters) -> Names:
    x, y = (
        [*[None] * (p.mantissa_bits - f.mantissa_bits), wire_names.mantissa_word(name)]
        for name, f in (("x", p.format), ("y", p.y_format))
    )
    return Names((x, y), ([wire_names.exponent_word("x")], [wire_names.exponent_word("y")]), False)


def _existing(wires: set[str], *names: str) -> str | None:
    """Choose the first wire that exists; the last name if none does."""
    return next((name for name in names if name in wires), names[-1])


def _numbered(name: Callable[[int], str], bits: int) -> list[str | None]:
    return [name(i) for i in range(bits)]


def prove_in_parts(
    whole: Circuit,
    state: str,
    verilog: str,
    p: Parameters,
    names: Names,
    seconds: float,
    significands: Significands | None = None,
) -> bool:
    """Prove all parts. False proves nothing: a part may fail although the whole holds.

    Parameters
    ----------
    whole : Circuit
        The module.
    state : str
        One of its states, about which nothing is known.
    verilog : str
        Verilog of the module.
    p : Parameters
        Formats, method and policy to prove.
    names : Names
        Names of the wires, from `names_in`.
    seconds : float
        Time limit of each part.
    significands : Significands or None
        A product of significands that is proved elsewhere; in parts 2 and 3 it may be any number in its bounds.
    """
    tm = whole.tm
    product = significands.exposed if significands else []
    known: list[Term] = []
    parts = [(_Wires(whole, state, p, names).hold_the_normalised_codes(), known)]
    for exposed, claim in ((names.all, _Wires.are_multiplied), ([], _Wires.do_not_matter)):
        if not exposed and not names.shared:
            continue
        cut = load(tm, verilog, whole.top, expose=[*exposed, *product])
        cut.state("cut")
        multiply, known = significands.abstract(tm, cut, "cut") if significands else (operator.mul, [])
        parts.append((claim(_Wires(cut, "cut", p, names), multiply), known))
    return all(
        always(tm, claim.term, [*(each.term for each in given), *known], seconds=seconds, about="a part")
        == Answer(True)
        for (claim, given), known in parts
    )


Claim = tuple[Truth, list[Truth]]
"""Claim, and the premises under which it has to hold."""


class _Wires:
    """Claims about the wires in one circuit, each with its premises."""

    def __init__(self, circuit: Circuit, state: str, p: Parameters, names: Names) -> None:
        self.p, self.names, self.tm = p, names, circuit.tm
        self.x, self.y, self.got = (circuit.net(name, state) for name in ("x", "y", "p"))
        self.d = circuit.net("d", state) if "d" in circuit.inputs else None
        self.operands = tuple(
            SpecifiedOperand(self.tm, f, code, True) for f, code in ((p.format, self.x), (p.y_format, self.y))
        )
        self.subnormal = tuple(operand.exponent.equals(0) for operand in self.operands)

        def number(bits: Sequence[str | None]) -> Term:
            zero = self.tm.mk_bv_zero(self.tm.mk_bv_sort(1))
            terms = [zero if name is None else circuit.net(name, state) for name in reversed(bits)]
            return self.tm.mk_term(Kind.BV_CONCAT, terms) if len(terms) > 1 else terms[0]

        first, second = (unsigned(self.tm, number(bits)) for bits in names.mantissas)
        if names.shared:
            first, second = choose(self.subnormal[1], second, first), choose(self.subnormal[1], first, second)
        self.exponents = tuple(Integer(self.tm, number(bits)) for bits in names.exponents)
        width = p.mantissa_bits
        self.codes = tuple((e << width) + m for e, m in zip(self.exponents, (first, second), strict=True))

    def hold_the_normalised_codes(self) -> Claim:
        """State part 1, with what part 2 assumes."""
        claims = []
        for operand, code, fits in zip(self.operands, self.codes, self._fits(), strict=True):
            below = self.p.mantissa_bits - operand.format.mantissa_bits
            claims.append(operand.is_zero | (code.equals(operand.normalised << below) & fits))
        return claims[0] & claims[1], self._not_both_subnormal()

    def are_multiplied(self, multiply: Multiply) -> Claim:
        """State part 2. The wires of a zero operand may hold anything."""
        given = [o.is_zero | fits for o, fits in zip(self.operands, self._fits(), strict=True)]
        below = (self.p.mantissa_bits - o.format.mantissa_bits for o in self.operands)
        x, y = (code >> bits for code, bits in zip(self.codes, below, strict=True))
        return self._product((x, y), multiply), [*given, *self._not_both_subnormal()]

    def do_not_matter(self, multiply: Multiply) -> Claim:
        """State part 3."""
        return self._product((None, None), multiply), [self.subnormal[0] & self.subnormal[1]]

    def _product(self, normalised: tuple[Integer | None, Integer | None], multiply: Multiply) -> Truth:
        specified = product(self.tm, self.p, self.x, self.y, d=self.d, normalised=normalised, multiply=multiply)
        return Truth(self.tm, self.tm.mk_term(Kind.EQUAL, [self.got, specified]))

    def _not_both_subnormal(self) -> list[Truth]:
        return [~(self.subnormal[0] & self.subnormal[1])] if self.names.shared else []

    def _fits(self) -> list[Truth]:
        """State for each operand that its wires are in the range of normalised codes; a normal code is its own."""
        fits = []
        for operand, subnormal, exponent, code in zip(
            self.operands, self.subnormal, self.exponents, self.codes, strict=True
        ):
            below = self.p.mantissa_bits - operand.format.mantissa_bits
            whole = ((code >> below) << below).equals(code)
            within = (exponent <= 0) & (exponent >= 1 - operand.format.mantissa_bits) & whole
            fits.append((subnormal & within) | (~subnormal & code.equals(operand.magnitude << below)))
        return fits
