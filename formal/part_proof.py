"""Result of the proof of a part of a dot product or an array, and what refutes one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

SECONDS = 60.0
"""Time limit of the solver for each question, after which the outcome is `unknown`."""


@dataclass(frozen=True)
class Found:
    """Inputs for which something else comes out than is specified.

    Attributes
    ----------
    inputs : dict of str to int
        Operands, and the anchor if there is one.
    expected, got : int
        What is added, in units of the accumulator's LSB; of a converter, the word.
    """

    inputs: Mapping[str, int]
    expected: int
    got: int

    def __str__(self) -> str:
        return f"{_shown(self.inputs)}: expected {self.expected}, got {self.got}"


@dataclass(frozen=True)
class FoundSum:
    """Inputs whose exact sum is rounded to another code than is specified.

    Attributes
    ----------
    inputs : dict of str to int
        What the accumulator holds, and operands; or the sum to round.
    exact : Fraction
        The number that was to be rounded.
    got : int
        The code.
    saturated : int
        The flag.
    """

    inputs: Mapping[str, int]
    exact: Fraction
    got: int
    saturated: int

    def __str__(self) -> str:
        places = self.exact.denominator.bit_length() - 1
        exact = f"{self.exact.numerator} / 2^{places}" if places else f"{self.exact.numerator}"
        return f"{_shown(self.inputs)}: {exact} exactly, rounded to {self.got:#x}, saturated {self.saturated}"


@dataclass(frozen=True)
class FoundEdge:
    """Clock edge after which something else is there than is specified.

    Attributes
    ----------
    inputs : mapping of str to int
        Inputs before the edge.
    registers : mapping of str to sequence of int
        What registers hold before and after it.
    """

    inputs: Mapping[str, int]
    registers: Mapping[str, Sequence[int]]

    def __str__(self) -> str:
        inputs = [f"{name} {value:#x}" for name, value in self.inputs.items() if value]
        registers = [f"{name} {now:#x} to {then:#x}" for name, (now, then) in self.registers.items() if now or then]
        return f"inputs {_first(inputs)}; registers, before and after, {_first(registers)}; all others 0"


@dataclass(frozen=True)
class PartProof:
    """Result of the proof of a part of a dot product.

    Parameters
    ----------
    name : str
        Name of the module.
    holds : bool or None
        Proved, refuted, or neither.
    seconds : float
        Time for export, reading back and solving, with the control.
    counterexample : Found, FoundSum, FoundEdge or None
        Counterexample, if it is refuted.
    control : Found, FoundSum, FoundEdge or None
        Counterexample to a claim that is wrong, such as a magnitude larger by 1. None if that was not refuted, which
        makes the proof void.
    wrong : tuple of str
        Claims that do not hold, where there are several.
    refuted : bool or None
        All controls of such claims were refuted.
    """

    name: str
    holds: bool | None
    seconds: float
    counterexample: Found | FoundSum | FoundEdge | None
    control: Found | FoundSum | FoundEdge | None
    wrong: tuple[str, ...] = ()
    refuted: bool | None = None

    @property
    def outcome(self) -> str:
        """Return proved, refuted, unknown, or void if the control was not refuted."""
        if self.holds is False:
            return "refuted"
        if self.control is None and not self.refuted:
            return "void"
        return "proved" if self.holds else "unknown"


_MOST = 12
"""Inputs and registers that are shown of an edge."""


def _first(named: Sequence[str]) -> str:
    if not named:
        return "0"
    more = len(named) - _MOST
    return ", ".join(named[:_MOST]) + (f" and {more} more" if more > 0 else "")


def _shown(inputs: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {value if name == 'anchor' else hex(value)}" for name, value in inputs.items())
