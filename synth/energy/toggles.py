"""Simulation that counts the toggles of a circuit's nets, over many independent streams of operands at once."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lmul.synth.energy.circuit import ONE, Circuit, Register

RESET = "rst"
"""A port of this name, where the stimulus has none, is 1 in the first cycle and 0 from then on."""

Stimulus = Mapping[str, ArrayLike]
"""Values of each input port except clock and reset, as integers: (streams, cycles)."""

_LONGEST = 100_000  # steps of unit delay, far more than gates in a row


class Simulation:
    """Values of all nets in all streams, one a bit, with their toggle counts.

    All nets start at 0. A cycle is a clock edge, on which registers take the values before it, and all changes that
    follow.

    Parameters
    ----------
    circuit : Circuit
        Circuit to simulate.
    streams : int
        Number of streams.

    Attributes
    ----------
    values, toggles : list of int
        Value and number of toggles of each net.
    settled : list of int
        Toggles without glitches: for each net at most one a cycle and stream.
    ones : int
        A bit set for each stream.
    """

    def __init__(self, circuit: Circuit, streams: int) -> None:
        self.circuit = circuit
        self.ones = (1 << streams) - 1
        self.values = [0] * circuit.nets
        self.values[ONE] = self.ones
        self._states = [0] * len(circuit.registers)
        self.forget()
        self._apply(self._register_outputs())
        self._at_once()
        self.forget()

    def forget(self) -> None:
        """Set all counts to 0."""
        self.toggles = [0] * self.circuit.nets
        self.settled = [0] * self.circuit.nets

    def cycle(self, inputs: Mapping[int, int], glitches: bool) -> None:
        """Simulate a clock edge and all changes that follow.

        Parameters
        ----------
        inputs : mapping of int to int
            Values of the nets of input ports after the edge.
        glitches : bool
            Without, every gate has its final value at once and a net toggles at most once. With, each gate takes one
            unit of time, whatever it is and drives, and all that its output does in between counts.
        """
        self._states = [
            register.next_state(self.ones, *map(self.values.__getitem__, register.inputs), *self._both(register, state))
            for register, state in zip(self.circuit.registers, self._states, strict=True)
        ]
        before = self.values.copy()
        changed = self._apply({**inputs, **self._register_outputs()})
        if glitches:
            self._unit_delay(changed)
        else:
            self._at_once()
        for net, (old, new) in enumerate(zip(before, self.values, strict=True)):
            if old != new:
                self.settled[net] += (old ^ new).bit_count()

    def _register_outputs(self) -> dict[int, int]:
        return {
            net: output(self.ones, *self._both(register, state))
            for register, state in zip(self.circuit.registers, self._states, strict=True)
            for net, output in register.outputs
        }

    def _both(self, register: Register, state: int) -> Sequence[int]:
        """Return a register's state and, if the cell names it, the inverse."""
        return (state, self.ones ^ state)[: len(register.instance.cell.state)]

    def _apply(self, news: Mapping[int, int]) -> list[int]:
        """Set nets; return those that changed."""
        changed = []
        for net, value in news.items():
            if change := value ^ self.values[net]:
                self.toggles[net] += change.bit_count()
                self.values[net] = value
                changed.append(net)
        return changed

    def _at_once(self) -> None:
        values, toggles, ones = self.values, self.toggles, self.ones
        for gate in self.circuit.gates:
            value = gate.function(ones, *[values[net] for net in gate.inputs])
            if change := value ^ values[gate.output]:
                toggles[gate.output] += change.bit_count()
                values[gate.output] = value

    def _unit_delay(self, changed: list[int]) -> None:
        values, ones, gates, readers = self.values, self.ones, self.circuit.gates, self.circuit.readers
        for _ in range(_LONGEST):
            places = {place for net in changed for place in readers[net]}
            if not places:
                return
            after = [(gates[place], gates[place].inputs) for place in places]
            changed = self._apply(
                {gate.output: gate.function(ones, *[values[net] for net in inputs]) for gate, inputs in after}
            )
        raise AssertionError("gates without a loop come to rest")


def simulate(circuit: Circuit, stimulus: Stimulus, glitches: bool = False, warm_up: int = 0) -> Iterator[Simulation]:
    """Simulate cycle by cycle; yield the same simulation object after each cycle.

    Parameters
    ----------
    circuit, stimulus, glitches
        Circuit, its inputs, and whether gates have unit delays.
    warm_up : int
        Cycles at the start that are neither counted nor yielded, and have no glitches, which makes them fast.

    Raises
    ------
    ValueError
        The stimulus lacks a port or has another, its arrays differ in shape, or a value does not fit its port.
    """
    ports = {name: nets for name, nets in circuit.inputs.items() if nets != [circuit.clock]}
    arrays = {name: np.asarray(values) for name, values in stimulus.items()}
    shapes = {array.shape for array in arrays.values()}
    if len(shapes) != 1 or len(streams_and_cycles := shapes.pop()) != 2:
        raise ValueError(f"stimulus must have arrays of one shape, (streams, cycles), not {sorted(map(str, shapes))}")
    if RESET in ports and RESET not in arrays:
        arrays[RESET] = np.zeros(streams_and_cycles, np.uint8)
        arrays[RESET][:, 0] = 1
    if arrays.keys() != ports.keys():
        raise ValueError(f"stimulus must have the ports {', '.join(ports)}, not {', '.join(arrays)}")
    columns = [_packed(name, arrays[name], len(nets)) for name, nets in ports.items()]
    order = [net for nets in ports.values() for net in nets]
    simulation = Simulation(circuit, streams_and_cycles[0])
    for number, cycle in enumerate(zip(*columns, strict=True)):
        inputs = dict(zip(order, (value for bits in cycle for value in bits), strict=True))
        simulation.cycle(inputs, glitches and number >= warm_up)
        if number < warm_up:
            simulation.forget()
        else:
            yield simulation


def port_values(simulation: Simulation, port: str) -> NDArray[np.uint64]:
    """Return the current value of an output port of at most 64 bits in each stream."""
    streams = simulation.ones.bit_length()
    values = np.zeros(streams, np.uint64)
    for place, net in enumerate(simulation.circuit.outputs[port]):
        packed = np.frombuffer(simulation.values[net].to_bytes(-(-streams // 8), "little"), np.uint8)
        bits = np.unpackbits(packed, count=streams, bitorder="little").astype(np.uint64)
        values |= bits << np.uint64(place)
    return values


def _packed(name: str, values: NDArray[np.generic], width: int) -> list[list[int]]:
    """Pack the values of all streams into an integer, for each cycle and bit of a port."""
    if values.dtype.kind not in "uiO":
        raise TypeError(f"stimulus of {name} must be integers, not {values.dtype}")
    size = -(-width // 8)
    flat = values.ravel().tolist()
    if any(not 0 <= value < 1 << width for value in flat):
        raise ValueError(f"stimulus of {name} must fit its {width} bits")
    octets = np.frombuffer(b"".join(value.to_bytes(size, "little") for value in flat), np.uint8)
    bits = np.unpackbits(octets.reshape(*values.shape, size), axis=2, count=width, bitorder="little")
    columns = np.packbits(bits.transpose(1, 2, 0), axis=2, bitorder="little")
    return [[int.from_bytes(column.tobytes(), "little") for column in cycle] for cycle in columns]
