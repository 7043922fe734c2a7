"""The proof of a unit of the policy ieee in parts: what normalises its operands, and what multiplies normal numbers.

The solver is slow where shifts by unknown amounts stand before and after an addition. Cut at the wires between them,

1. the wires hold the normalised codes of the operands, wherever those are not zero;
2. whatever is on the wires, within the range of such codes, the product is the specified one of these codes;
3. for two subnormal operands, where one normaliser serves both, the uncut unit is right.

Which wires these are the Verilog's names say. A name that lies makes 1 or 2 fail; it cannot make a wrong unit pass,
since 1 is about the unit as it is, and 2 takes for granted only what 1 proves; so it is never about nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bitwuzla import Kind, Term

from lmul.formal.integers import Integer, Truth, choose, unsigned
from lmul.formal.smt import Answer, Circuit, always, load
from lmul.formal.specification import Operand, product
from lmul.golden.parameters import Parameters, Policy

WIDEST_WHOLE_MANTISSA = 4
"""Up to here the whole is proved as fast as its parts."""


@dataclass(frozen=True)
class Names:
    """The wires between normalisers and arithmetic, lowest bit first; None for a bit that is 0.

    Attributes
    ----------
    mantissas : tuple of two lists
        What is multiplied.
    exponents : tuple of two lists
        Of x and of y, in two's complement.
    shared : bool
        One normaliser serves both: the first mantissa is y's if y is subnormal, and x's otherwise.
    """

    mantissas: tuple[list[str | None], list[str | None]]
    exponents: tuple[list[str | None], list[str | None]]
    shared: bool

    @property
    def all(self) -> list[str]:
        """The wires that there are."""
        return [name for names in (*self.mantissas, *self.exponents) for name in names if name is not None]


def names_in(verilog: str, p: Parameters) -> Names | None:
    """The wires of a unit, if it has all of them."""
    width = p.result.mantissa_bits
    if p.policy is not Policy.IEEE or p.method.is_exact or width <= WIDEST_WHOLE_MANTISSA:
        return None
    shared = " left_normalised_0;" in verilog
    stems = ("left_normalised", "right") if shared else ("x_normalised", "y_normalised")
    below = (0, 0) if shared else (width - p.format.mantissa_bits, width - p.y_format.mantissa_bits)
    left, right = (
        [None if i < zeros else name for i, name in enumerate(_numbered(stem, width))]
        for stem, zeros in zip(stems, below, strict=True)
    )
    zeros = (width - 1).bit_length()  # the bits of their number
    x, y = (
        _numbered(f"{name}_exponent", max(f.exponent_bits, zeros) + 1)
        for name, f in (("x", p.format), ("y", p.y_format))
    )
    names = Names((left, right), (x, y), shared)
    return names if all(f" {name};" in verilog for name in names.all) else None


def _numbered(stem: str, bits: int) -> list[str | None]:
    return [f"{stem}_{i}" for i in range(bits)]


def prove_in_parts(whole: Circuit, state: str, verilog: str, p: Parameters, names: Names, seconds: float) -> bool:
    """Whether all parts are proved. If not, nothing is known: a part may fail where the whole does not.

    Parameters
    ----------
    whole : Circuit
        The module.
    state : str
        One of its states, about which nothing is known.
    verilog : str
        What the module's file says.
    p : Parameters
        What it is to compute.
    names : Names
        Its wires, from `names_in`.
    seconds : float
        For each part.
    """
    tm = whole.tm
    cut = load(tm, verilog, whole.top, expose=names.all)
    cut.state("cut")
    wires = _Wires(whole, state, p, names)
    parts = [wires.hold_the_normalised_codes(), _Wires(cut, "cut", p, names).are_multiplied()]
    if names.shared:
        parts.append(wires.do_not_matter())
    return all(
        always(tm, claim.term, [each.term for each in given], seconds=seconds) == Answer(True) for claim, given in parts
    )


Claim = tuple[Truth, list[Truth]]
"""What is claimed, and where: wherever all that is given holds."""


class _Wires:
    """What is claimed of the wires in one circuit: each a claim, and what is given."""

    def __init__(self, circuit: Circuit, state: str, p: Parameters, names: Names) -> None:
        self.p, self.names, self.tm = p, names, circuit.tm
        self.x, self.y, self.got = (circuit.net(name, state) for name in ("x", "y", "p"))
        self.d = circuit.net("d", state) if "d" in circuit.inputs else None
        self.operands = tuple(Operand(self.tm, f, code, True) for f, code in ((p.format, self.x), (p.y_format, self.y)))
        self.subnormal = tuple(operand.exponent.equals(0) for operand in self.operands)

        def number(bits: Sequence[str | None]) -> Term:
            zero = self.tm.mk_bv_zero(self.tm.mk_bv_sort(1))
            terms = [zero if name is None else circuit.net(name, state) for name in reversed(bits)]
            return self.tm.mk_term(Kind.BV_CONCAT, terms) if len(terms) > 1 else terms[0]

        first, second = (unsigned(self.tm, number(bits)) for bits in names.mantissas)
        if names.shared:
            first, second = choose(self.subnormal[1], second, first), choose(self.subnormal[1], first, second)
        self.exponents = tuple(Integer(self.tm, number(bits)) for bits in names.exponents)
        width = p.result.mantissa_bits
        self.codes = tuple((e << width) + m for e, m in zip(self.exponents, (first, second), strict=True))

    def hold_the_normalised_codes(self) -> Claim:
        """Part 1, with what part 2 takes from it."""
        claims = []
        for operand, code, fits in zip(self.operands, self.codes, self._fits(), strict=True):
            below = self.p.result.mantissa_bits - operand.format.mantissa_bits
            claims.append(operand.is_zero | (code.equals(operand.normalised << below) & fits))
        return claims[0] & claims[1], self._not_both_subnormal()

    def are_multiplied(self) -> Claim:
        """Part 2. The wires of a zero may hold anything."""
        given = [o.is_zero | fits for o, fits in zip(self.operands, self._fits(), strict=True)]
        below = (self.p.result.mantissa_bits - o.format.mantissa_bits for o in self.operands)
        x, y = (code >> bits for code, bits in zip(self.codes, below, strict=True))
        return self._product((x, y)), [*given, *self._not_both_subnormal()]

    def do_not_matter(self) -> Claim:
        """Part 3."""
        return self._product((None, None)), [self.subnormal[0] & self.subnormal[1]]

    def _product(self, normalised: tuple[Integer | None, Integer | None]) -> Truth:
        specified = product(self.tm, self.p, self.x, self.y, d=self.d, normalised=normalised)
        return Truth(self.tm, self.tm.mk_term(Kind.EQUAL, [self.got, specified]))

    def _not_both_subnormal(self) -> list[Truth]:
        return [~(self.subnormal[0] & self.subnormal[1])] if self.names.shared else []

    def _fits(self) -> list[Truth]:
        """Whether the wires of an operand are within the range of its normalised codes; a normal one is its own."""
        fits = []
        for operand, subnormal, exponent, code in zip(
            self.operands, self.subnormal, self.exponents, self.codes, strict=True
        ):
            below = self.p.result.mantissa_bits - operand.format.mantissa_bits
            whole = ((code >> below) << below).equals(code)
            within = (exponent <= 0) & (exponent >= 1 - operand.format.mantissa_bits) & whole
            fits.append((subnormal & within) | (~subnormal & code.equals(operand.magnitude << below)))
        return fits
