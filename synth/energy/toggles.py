"""Simulation that counts the toggles of a circuit's nets, over many independent streams of operands at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lmul.synth.energy.circuit import ONE, Circuit, Register
from lmul.synth.energy.unit_delay import Edge, unit_delays

RESET = "rst"
"""A port of this name, where the stimulus has none, is 1 in the first cycle and 0 from then on."""

Stimulus = Mapping[str, ArrayLike]
"""Values of each input port except clock and reset, as integers: (streams, cycles)."""

_BATCH = 8  # cycles whose glitches are simulated at once: more save little time, and take memory


@dataclass(frozen=True)
class Simulation:
    """Values of all nets in all streams after a cycle, one a bit, with the cycle's toggle counts.

    All nets start at 0. A cycle is a clock edge, on which registers take the values before it, and all changes that
    follow.

    Parameters
    ----------
    circuit : Circuit
        Circuit that is simulated.
    ones : int
        A bit set for each stream.
    values : list of int
        Value of each net at the end.
    settled, toggles : sequence of int
        Toggles of each net over all streams: at most one a stream, and with glitches where these are simulated.
    """

    circuit: Circuit
    ones: int
    values: list[int]
    settled: Sequence[int]
    toggles: Sequence[int]


class _Settling:
    """Nets that have their final values at once after each clock edge."""

    def __init__(self, circuit: Circuit, streams: int) -> None:
        self.circuit = circuit
        self.ones = (1 << streams) - 1
        self.values = [0] * circuit.nets
        self.values[ONE] = self.ones
        self._states = [0] * len(circuit.registers)
        self._settle(self._register_outputs())

    def cycle(self, inputs: Mapping[int, int]) -> Edge:
        """Simulate a clock edge, after which input ports have these values; return what it meets and what it sets."""
        before = self.values.copy()
        self._states = [
            register.next_state(self.ones, *map(before.__getitem__, register.inputs), *self._both(register, state))
            for register, state in zip(self.circuit.registers, self._states, strict=True)
        ]
        driven = {**inputs, **self._register_outputs()}
        self._settle(driven)
        return before, driven

    def _register_outputs(self) -> dict[int, int]:
        return {
            net: output(self.ones, *self._both(register, state))
            for register, state in zip(self.circuit.registers, self._states, strict=True)
            for net, output in register.outputs
        }

    def _both(self, register: Register, state: int) -> Sequence[int]:
        """Return a register's state and, if the cell names it, the inverse."""
        return (state, self.ones ^ state)[: len(register.instance.cell.state)]

    def _settle(self, driven: Mapping[int, int]) -> None:
        values, ones = self.values, self.ones
        for net, value in driven.items():
            values[net] = value
        for gate in self.circuit.gates:
            values[gate.output] = gate.function(ones, *[values[net] for net in gate.inputs])


def simulate(circuit: Circuit, stimulus: Stimulus, glitches: bool = False, warm_up: int = 0) -> Iterator[Simulation]:
    """Simulate cycle by cycle; yield the state after each.

    Parameters
    ----------
    circuit, stimulus, glitches
        Circuit, its inputs, and whether `toggles` are those of gates with unit delays (`unit_delays`).
    warm_up : int
        Cycles at the start that are neither counted nor yielded.

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
    streams = streams_and_cycles[0]
    cycles = (
        dict(zip(order, (value for bits in cycle for value in bits), strict=True))
        for cycle in zip(*columns, strict=True)
    )
    settling = _Settling(circuit, streams)
    for inputs in islice(cycles, warm_up):
        settling.cycle(inputs)
    while batch := [(settling.cycle(inputs), settling.values.copy()) for inputs in islice(cycles, _BATCH)]:
        settled = [
            [(old ^ new).bit_count() for old, new in zip(before, after, strict=True)] for (before, _), after in batch
        ]
        toggles = unit_delays(circuit, streams, [edge for edge, _ in batch]) if glitches else settled
        for (_, values), *counts in zip(batch, settled, toggles, strict=True):
            yield Simulation(circuit, settling.ones, values, *counts)


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
    if values.size and not 0 <= int(values.min()) <= int(values.max()) < 1 << width:
        raise ValueError(f"stimulus of {name} must fit its {width} bits")
    if values.dtype.kind == "O":
        size = -(-width // 8)
        octets = np.frombuffer(b"".join(value.to_bytes(size, "little") for value in values.ravel().tolist()), np.uint8)
    else:
        size = 8
        octets = values.astype("<u8").ravel().view(np.uint8)
    bits = np.unpackbits(octets.reshape(*values.shape, size), axis=2, count=width, bitorder="little")
    columns = np.packbits(bits.transpose(1, 2, 0), axis=2, bitorder="little")
    return [[int.from_bytes(column.tobytes(), "little") for column in cycle] for cycle in columns]
