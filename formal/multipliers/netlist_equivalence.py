"""Equivalence of a unit and its mapped netlist, or another text of the same module, for all operands."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lmul.formal.gates import Gates, gates
from lmul.formal.multipliers.net_merging import Merged
from lmul.golden.parameters import Parameters
from lmul.sim.stimulus.vectors import operands

SECONDS = 60.0
"""Time limit of the solver for a bit of the product that did not merge."""

PATTERNS = 1 << 16
"""Pairs of operands that say which nets may be equal: all there are, up to 8 bits."""

PAIRS = 1 << 20
"""Pairs of operands that are simulated where nothing is proved."""

_PORTS = ("x", "y")


@dataclass(frozen=True)
class ProductDifference:
    """Operands for which a netlist's product is not the Verilog's.

    Parameters
    ----------
    x, y : int
        Operand codes.
    expected, got : int
        The product of the Verilog, and that of the netlist.
    """

    x: int
    y: int
    expected: int
    got: int

    def __str__(self) -> str:
        return f"x 0x{self.x:X}, y 0x{self.y:X}: expected 0x{self.expected:X}, got 0x{self.got:X}"


@dataclass(frozen=True)
class Equality:
    """Result of a comparison of two circuits.

    Parameters
    ----------
    holds : bool or None
        They are equal, they are not, or neither is proved.
    how : str
        Means of the proof, or reason for its failure.
    difference : ProductDifference or None
        Difference, if they are not equal.
    """

    holds: bool | None
    how: str
    difference: ProductDifference | None = None


def compared(
    verilog: str, netlist: str, cells: str, parameters: Parameters, seconds: float = SECONDS, patterns: int = PATTERNS
) -> Equality:
    """Compare a netlist with the Verilog of a unit.

    Parameters
    ----------
    verilog, netlist : str
        Both, of modules with the unit's name.
    cells : str
        The modules of the netlist's cells.
    parameters : Parameters
        Parameters of the unit: they give its name, ports and operands.
    seconds : float
        Time limit of the solver for each bit of the product.
    patterns : int
        Pairs of operands that show which nets may be equal. Fewer take more time; the outcome is the same.
    """
    circuits = [gates(verilog, parameters.name), gates(netlist, parameters.name, cells)]
    words, count = _patterns(parameters, patterns)
    merged = Merged(words, count)
    made = [
        merged.add(circuit, dict(zip(_inputs(circuit), merged.inputs, strict=True)), circuit.wires["p"])
        for circuit in circuits
    ]
    wanted, mapped = made
    if found := _first_difference([*map(merged.value, wanted)], [*map(merged.value, mapped)], words):
        return _refuted(circuits, parameters, found)
    undecided = 0
    for expected, got in zip(wanted, mapped, strict=True):
        answer = merged.equal(expected, got, seconds)
        if answer.holds is False:
            return _refuted(circuits, parameters, answer.values)
        undecided += answer.holds is None
    if undecided:
        return _simulated(circuits, parameters, f"{seconds:g} s did not suffice for {undecided} of {len(wanted)} bits")
    return Equality(True, f"net by net: {merged.seen} pairs in truth tables, {merged.solved} by the solver")


def _inputs(circuit: Gates) -> list[int | str]:
    return [net for port in _PORTS for net in circuit.wires[port]]


def _patterns(parameters: Parameters, pairs: int, seed: int = 0) -> tuple[list[int], int]:
    """Pack the simulated values of each bit of x, then of y, into an integer; return them and their number."""
    p = parameters
    codes = operands((p.format, p.y_format, p.result), pairs, seed=seed)
    bits = [code >> i & 1 for code, f in zip(codes, (p.format, p.y_format), strict=True) for i in range(f.width)]
    words = [int.from_bytes(np.packbits(b.astype(bool), bitorder="little").tobytes(), "little") for b in bits]
    return words, len(codes[0])


def _first_difference(expected: Sequence[int], got: Sequence[int], words: Sequence[int]) -> list[int]:
    """Find the first operands, as bits, for which two products differ; return an empty list if none do."""
    for a, b in zip(expected, got, strict=True):
        if differing := a ^ b:
            place = (differing & -differing).bit_length() - 1
            return [word >> place & 1 for word in words]
    return []


def _refuted(circuits: Sequence[Gates], parameters: Parameters, bits: Sequence[int]) -> Equality:
    """Confirm a difference by evaluating the gates for the operands.

    Raises
    ------
    AssertionError
        They are equal.
    """
    expected, got = (
        _number(circuit.values(circuit.wires["p"], dict(zip(_inputs(circuit), bits, strict=True)), 1))
        for circuit in circuits
    )
    if expected == got:
        raise AssertionError(f"products must differ for the operands found, not both be {got}")
    width = parameters.format.width
    difference = ProductDifference(_number(bits[:width]), _number(bits[width:]), expected, got)
    return Equality(False, "operands found", difference)


def _number(bits: Sequence[int]) -> int:
    return sum(bit << i for i, bit in enumerate(bits))


def _simulated(circuits: Sequence[Gates], parameters: Parameters, why: str) -> Equality:
    """Compare the circuits on many pairs of operands, where no proof was found."""
    total = seed = 0
    while total < PAIRS:
        seed += 1  # the first pairs have been tried
        words, count = _patterns(parameters, PATTERNS, seed)
        expected, got = (
            circuit.values(circuit.wires["p"], dict(zip(_inputs(circuit), words, strict=True)), (1 << count) - 1)
            for circuit in circuits
        )
        if found := _first_difference(expected, got, words):
            return _refuted(circuits, parameters, found)
        total += count
    return Equality(None, f"simulated with {total:,} pairs, not proved: {why}")
