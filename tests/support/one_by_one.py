"""Toggles of a circuit counted cycle by cycle and gate by gate: what the faster simulation is compared with."""

from collections.abc import Iterator, Mapping

from lmul.synth.energy.circuit import ONE, Circuit


def toggles(circuit: Circuit, streams: int, cycles: list[Mapping[int, int]]) -> Iterator[tuple[list[int], list[int]]]:
    """Toggles of each net in each cycle, without glitches and with unit delays; inputs are given by net."""
    ones = (1 << streams) - 1
    values = [0] * circuit.nets
    values[ONE] = ones
    states = [0] * len(circuit.registers)
    _run(circuit, ones, values, _outputs(circuit, ones, states))
    for inputs in cycles:
        before = values.copy()
        for place, register in enumerate(circuit.registers):
            pins = [before[net] for net in register.inputs]
            states[place] = register.next_state(ones, *pins, states[place], ones ^ states[place])
        counts = _run(circuit, ones, values, {**inputs, **_outputs(circuit, ones, states)})
        yield [(old ^ new).bit_count() for old, new in zip(before, values, strict=True)], counts


def _outputs(circuit: Circuit, ones: int, states: list[int]) -> dict[int, int]:
    return {
        net: output(ones, state, ones ^ state)
        for register, state in zip(circuit.registers, states, strict=True)
        for net, output in register.outputs
    }


def _run(circuit: Circuit, ones: int, values: list[int], news: Mapping[int, int]) -> list[int]:
    """Set nets, and let every gate follow the values of one unit of time before, until nothing changes."""
    counts = [0] * circuit.nets
    while True:
        for net, value in news.items():
            counts[net] += (value ^ values[net]).bit_count()
            values[net] = value
        news = {gate.output: gate.function(ones, *[values[net] for net in gate.inputs]) for gate in circuit.gates}
        if all(values[net] == value for net, value in news.items()):
            return counts
