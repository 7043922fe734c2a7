"""Whether two modules are the same function of their inputs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from bitwuzla import Kind, TermManager

from lmul.formal.smt import Circuit, always, load

_DIRECTIONS = ("input", "output")


@dataclass(frozen=True)
class Difference:
    """Inputs for which two modules do not put out the same.

    Parameters
    ----------
    inputs : dict of str to int
        Values of the inputs.
    first, second : dict of str to int
        Outputs of the first and of the second module.
    """

    inputs: Mapping[str, int]
    first: Mapping[str, int]
    second: Mapping[str, int]

    def __str__(self) -> str:
        inputs = ", ".join(f"{name} 0x{value:X}" for name, value in self.inputs.items())
        outputs = ", ".join(
            f"{name} 0x{value:X} against 0x{self.second[name]:X}"
            for name, value in self.first.items()
            if value != self.second[name]
        )
        return f"{inputs}: {outputs}"


class UndecidedError(RuntimeError):
    """The solver found no answer in the time that it had."""


def equivalent(
    first: str,
    second: str,
    top: str,
    *,
    files: Mapping[str, str | bytes] | None = None,
    prepare: Sequence[str] = (),
    seconds: float | None = None,
) -> Difference | None:
    """Compare the combinational modules `top` of two Verilog texts for all inputs.

    A bit that a text leaves undriven, or gives the value x, can be either: it equals nothing, itself included.

    Parameters
    ----------
    first, second : str
        The texts.
    top : str
        Name of the module, in both.
    files : mapping of str to str or bytes
        Files that `prepare` reads.
    prepare : sequence of str
        Yosys commands that read what the cells of a netlist do.
    seconds : float or None
        For the solver.

    Returns
    -------
    Difference or None
        None if they are equal.

    Raises
    ------
    ValueError
        The ports differ, or a module has registers.
    UndecidedError
        The seconds did not suffice.
    YosysError
        Yosys refuses a text.
    """
    tm = TermManager()
    circuits = [load(tm, text, top, files, prepare) for text in (first, second)]
    ports = [_ports(circuit) for circuit in circuits]
    if ports[0] != ports[1]:
        raise ValueError(f"ports of {top} must be the same in both texts, not {ports[0]} and {ports[1]}")
    states = [circuit.state(name) for circuit, name in zip(circuits, "ab", strict=True)]
    one, other = (
        {name: circuit.net(name, state) for name in ports[0]} for circuit, state in zip(circuits, states, strict=True)
    )
    names = [[name for name, (kind, _) in ports[0].items() if kind == direction] for direction in _DIRECTIONS]
    inputs, outputs = names
    same = {name: tm.mk_term(Kind.EQUAL, [one[name], other[name]]) for name in ports[0]}
    claim = reduce(lambda a, b: tm.mk_term(Kind.AND, [a, b]), (same[name] for name in outputs))
    asked = [*(one[n] for n in inputs), *(one[n] for n in outputs), *(other[n] for n in outputs)]
    answer = always(tm, claim, [same[name] for name in inputs], asked, seconds)
    if answer.holds is None:
        raise UndecidedError(f"{top}: no answer in {seconds:g} s")
    if answer.holds:
        return None
    found = iter(answer.values)
    return Difference(*({name: next(found) for name in part} for part in (inputs, outputs, outputs)))


def _ports(circuit: Circuit) -> dict[str, tuple[str, int]]:
    ports = {}
    for port in sorted(circuit.ports.values(), key=lambda port: port.name):
        if port.kind not in _DIRECTIONS or port.name in circuit.registers:
            raise ValueError(f"{circuit.top} must be combinational, not with the register {port.name}")
        ports[port.name] = port.kind, port.width
    return ports
