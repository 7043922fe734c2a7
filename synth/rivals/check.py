"""Comparison of a rival's products with the golden model's, from its mapped netlist."""

from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError
from itertools import product

import numpy as np
from numpy.typing import NDArray

from lmul.accuracy.metrics import errors
from lmul.accuracy.products.mean_error import mantissa_pairs
from lmul.golden.codes import Codes, decode
from lmul.golden.formats import Format, FormatKind
from lmul.golden.methods import multiplier_methods
from lmul.golden.multiply import extended_code, multiply
from lmul.golden.parameters import Overflow, Parameters, Policy
from lmul.synth.energy.circuit import Circuit
from lmul.synth.energy.gate_input_model import generic_library
from lmul.synth.energy.toggles import port_values, simulate
from lmul.synth.mapping.flow import map_module
from lmul.synth.rivals.source import TOP, Rival
from lmul.synth.technology.technology import GENERIC

EXHAUSTIVE = 8
"""Formats of so many bits are compared over all pairs of codes."""

RANDOM_PAIRS = 1 << 20
_SHORTLIST_PAIRS = 1 << 13
_SHORTLIST = 3
_SEED = 2410_00907

CLASSES = (
    "Inf or NaN operands",
    "zero operands",
    "subnormal operands",
    "overflow",
    "underflow",
    "signs of zeros",
    "ordinary",
)
"""Every pair of codes is in the first of these that fits; what overflows is told by T."""


@dataclass(frozen=True)
class RivalDifference:
    """Pair of codes with the rival's product and the golden model's."""

    x: int
    y: int
    given: int
    expected: int


@dataclass(frozen=True)
class Deviation:
    """Method and policy that a rival's products match most often, and the pairs where they differ.

    Parameters
    ----------
    parameters : Parameters
        That method and policy.
    pairs : int
        Pairs compared: all, or random ones and all pairs of edge codes.
    all_pairs : bool
        All pairs were compared.
    differing : dict of str to int
        Number of differing pairs by class of `CLASSES`; classes without any are left out.
    sizes : dict of str to int
        Number of pairs in each class.
    example : RivalDifference or None
        The first that differs, ordinary ones before others.
    mean_error : float
        Mean |relative error| of its products over the pairs of numbers from 1 to 2 that our units' is over.
    """

    parameters: Parameters
    pairs: int
    all_pairs: bool
    differing: dict[str, int]
    sizes: dict[str, int]
    example: RivalDifference | None
    mean_error: float

    @property
    def total(self) -> int:
        """Count the pairs that differ."""
        return sum(self.differing.values())

    @property
    def name(self) -> str:
        """Name method and policy, as in `exact ieee inf`; as the nearest known if most products differ."""
        p = self.parameters
        nearest = f"{p.method.name} {p.policy}" + (f" {p.overflow}" if p.overflow else "")
        return nearest if 2 * self.total <= self.pairs else f"none known, nearest {nearest}"

    @property
    def sentence(self) -> str:
        """Describe it, as in `exact flush except 12 of all 65,536 pairs: 10 zero operands, 2 ordinary`."""
        what = f"all {self.pairs:,} pairs" if self.all_pairs else f"{self.pairs:,} pairs, random and edges"
        if not self.total:
            return f"{self.name} in {what}"
        parts = ", ".join(f"{count:,} {name}" for name, count in self.differing.items())
        return f"{self.name} except {self.total:,} of {what}: {parts}"


def checked(rival: Rival) -> Deviation:
    """Compare all products, or a million of a wide format, with the golden model's.

    Raises
    ------
    ValueError
        The rival has cells that the technology `generic` lacks, or its gates make a loop.
    YosysError
        Yosys refuses its text.
    """
    f = rival.format
    x, y = operands(f)
    of_error = mantissa_pairs(f)
    given = products(rival, *(np.concatenate(sides) for sides in zip((x, y), of_error, strict=True)))
    given, of_numbers = given[: len(x)], given[len(x) :]
    sample = np.random.default_rng(_SEED).permutation(len(x))[:_SHORTLIST_PAIRS]

    def wrong(p: Parameters, places: NDArray[np.int64] | slice) -> int:
        return int(_differs(p, given[places], multiply(p, x[places], y[places])).sum())

    nearest = sorted(candidates(rival), key=lambda p: wrong(p, sample))[:_SHORTLIST]
    best = min(nearest, key=lambda p: wrong(p, slice(None)))
    expected = multiply(best, x, y)
    differs = _differs(best, given, expected)
    kinds = _classes(best, x, y, given, expected)
    sizes = {name: int((kinds == i).sum()) for i, name in enumerate(CLASSES)}
    differing = {name: int((differs & (kinds == i)).sum()) for i, name in enumerate(CLASSES)}
    example = None
    if differs.any():
        place = max(np.flatnonzero(differs), key=lambda place: kinds[place])
        example = RivalDifference(*(int(codes[place]) for codes in (x, y, given, expected)))
    return Deviation(
        best,
        len(x),
        f.width <= EXHAUSTIVE,
        {name: count for name, count in differing.items() if count},
        sizes,
        example,
        errors(decode(rival.result, of_numbers, reserved=False), decode(f, of_error[0]) * decode(f, of_error[1])).mean,
    )


def candidates(rival: Rival) -> Iterator[Parameters]:
    """Yield the methods and policies that a rival may have, usual ones first."""
    special = product((Policy.FTZ, Policy.IEEE), (Overflow.INF, Overflow.SATURATE))
    f, z = rival.format, rival.result
    methods = sorted(multiplier_methods(f.mantissa_bits, ()), key=lambda method: not method.is_exact)
    for policy, overflow in ((Policy.FLUSH, None), *special, (Policy.RAW, None)):
        if policy.has_special_values and z.nan is None and f.kind is not FormatKind.FINITE:
            continue
        for method in methods:
            if method.is_adder or policy is not Policy.RAW:
                yield Parameters(f, method, policy, overflow, result=z)


def operands(f: Format) -> tuple[Codes, Codes]:
    """Choose pairs of codes: all, or for wide formats random ones and all pairs of edge codes.

    A quarter of the random ones have few mantissa bits.
    """
    if f.width <= EXHAUSTIVE:
        x, y = np.indices((1 << f.width, 1 << f.width), np.uint32).reshape(2, -1)
        return x, y
    rng = np.random.default_rng(_SEED)
    x, y = rng.integers(0, 1 << f.width, (2, RANDOM_PAIRS), np.uint32)
    # Products that lie halfway between two codes have few significant bits.
    few = RANDOM_PAIRS // 4
    for codes in (x, y):
        codes[:few] &= ~((np.uint32(1) << rng.integers(0, f.mantissa_bits + 1, few, np.uint32)) - 1)
    magnitudes = {0, 1, f.hidden_one - 1, f.hidden_one, f.hidden_one + 1, f.sign_bit - 1}
    middle = f.bias << f.mantissa_bits
    magnitudes |= {middle + offset for offset in (-1, 0, 1)} | {f.top + offset for offset in (-1, 0, 1, 2)}
    edges = np.array([m | sign for m in sorted(magnitudes) for sign in (0, f.sign_bit) if m < f.sign_bit], np.uint32)
    first, second = (side.ravel() for side in np.meshgrid(edges, edges, indexing="ij"))
    return np.concatenate([x, first]), np.concatenate([y, second])


def products(rival: Rival, x: Codes, y: Codes) -> Codes:
    """Simulate a rival's netlist of generic gates for each pair."""
    try:
        mapped = map_module(rival.verilog, TOP, GENERIC)
    except CycleError:
        raise ValueError(f"rival {rival.name} must be combinational, not with a loop of gates") from None
    circuit = Circuit(mapped.module, generic_library())
    [state] = simulate(circuit, {"x": x[:, None], "y": y[:, None]})
    return port_values(state, "p").astype(np.uint32)


def _differs(p: Parameters, given: Codes, expected: Codes) -> NDArray[np.bool_]:
    """Tell where codes differ; where codes mean NaN, any two NaNs are equal."""
    differs: NDArray[np.bool_] = given != expected
    if p.policy.has_special_values and p.result.nan is not None:
        differs &= ~(np.isnan(decode(p.result, given)) & np.isnan(decode(p.result, expected)))
    return differs


def _classes(p: Parameters, x: Codes, y: Codes, given: Codes, expected: Codes) -> NDArray[np.int64]:
    """Return the index in `CLASSES` of each pair."""
    f, z, t = p.format, p.result, extended_code(p, x, y)
    sizes = [codes & (f.sign_bit - 1) for codes in (x, y)]
    tests = [
        (sizes[0] > f.top) | (sizes[1] > f.top),
        (sizes[0] == 0) | (sizes[1] == 0),
        (sizes[0] < f.hidden_one) | (sizes[1] < f.hidden_one),
        t > z.top,
        t < z.hidden_one,
        (given ^ expected) == z.sign_bit,
    ]
    same_zero = (given | expected) & (z.sign_bit - 1) == 0
    tests = [test & ~(same_zero & tests[5]) for test in tests[:5]] + [tests[5] & same_zero]
    return np.select(tests, range(len(tests)), len(tests))
