"""Toggles of a circuit's nets when each gate takes one unit of time, whatever it is and drives.

Where a cycle begins and ends does not depend on delays. So cycles that are known without glitches are simulated at
once, side by side: each as further streams.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from lmul.synth.energy.circuit import Circuit

Edge = tuple[Sequence[int], Mapping[int, int]]
"""Clock edge: the value of each net before it, and the values of the nets of input ports and registers after it."""

_LONGEST = 100_000  # steps of unit delay, far more than gates in a row


def unit_delays(circuit: Circuit, streams: int, edges: Sequence[Edge]) -> list[list[int]]:
    """Count all toggles that follow clock edges, with glitches.

    Parameters
    ----------
    circuit : Circuit
        Circuit to simulate.
    streams : int
        Number of streams, one a bit of each value.
    edges : sequence of Edge
        Clock edges, each with all nets at rest before it.

    Returns
    -------
    list of list of int
        For each edge the toggles of each net, over all streams.
    """
    words = -(-streams // 64)

    def side_by_side(values: Iterable[int]) -> int:
        return int.from_bytes(b"".join(value.to_bytes(8 * words, "little") for value in values), "little")

    ones = side_by_side([(1 << streams) - 1] * len(edges))
    values = [side_by_side(each) for each in zip(*(before for before, _ in edges), strict=True)]
    news = {net: side_by_side(driven[net] for _, driven in edges) for net in edges[0][1]}
    gates = [(gate.output, gate.function, gate.inputs) for gate in circuit.gates]
    toggles = np.zeros((circuit.nets, len(edges)), np.int64)
    for _ in range(_LONGEST):
        changes = {net: change for net, value in news.items() if (change := value ^ values[net])}
        if not changes:
            counts: list[list[int]] = toggles.T.tolist()
            return counts
        octets = b"".join(change.to_bytes(8 * words * len(edges), "little") for change in changes.values())
        bits = np.bitwise_count(np.frombuffer(octets, np.uint64)).reshape(len(changes), len(edges), words)
        toggles[list(changes)] += bits.sum(axis=2, dtype=np.int64)
        for net in changes:
            values[net] = news[net]
        places = {place for net in changes for place in circuit.readers[net]}
        news = {
            output: function(ones, *[values[net] for net in inputs])
            for output, function, inputs in map(gates.__getitem__, places)
        }
    raise AssertionError("gates without a loop come to rest")
