"""Random circuits, merged, against what their gates compute for all inputs."""

import random

import pytest

from lmul.formal.gates import Gates
from lmul.formal.multipliers.net_merging import Merged

INPUTS = [10, 11, 12, 13, 14]
ROWS = 1 << len(INPUTS)
ALL = [sum((row >> i & 1) << row for row in range(ROWS)) for i in range(len(INPUTS))]
PINS = {"$_AND_": 2, "$_OR_": 2, "$_XOR_": 2, "$_XNOR_": 2, "$_NOT_": 1, "$_BUF_": 1, "$_MUX_": 3}


def circuit(seed, size):
    rng = random.Random(seed)
    nets, drivers = ["0", "1", *INPUTS], {}
    for net in range(20, 20 + size):
        kind = rng.choice(list(PINS))
        drivers[net] = kind, rng.choices(nets, k=PINS[kind])
        nets.append(net)
    return Gates({}, drivers), nets[-size:]


@pytest.mark.parametrize("known", [1, 3, ROWS])
@pytest.mark.parametrize("seed", range(5))
def test_nets_are_one_where_they_are_equal_however_few_patterns_say_so(seed, known):
    """With few patterns nearly all nets look alike, so that only proofs keep them apart."""
    given, nets = circuit(seed, 60)
    truth = given.values(nets, dict(zip(INPUTS, ALL, strict=True)), (1 << ROWS) - 1)
    merged = Merged([word & ((1 << known) - 1) for word in ALL], known)
    made = merged.add(given, dict(zip(INPUTS, merged.inputs, strict=True)), nets)
    for a, true_a in zip(made, truth, strict=True):
        for b, true_b in zip(made[:8], truth[:8], strict=True):
            answer = merged.equal(a, b, 10)
            assert answer.holds is (true_a == true_b)
            if not answer.holds:
                row = sum(bit << i for i, bit in enumerate(answer.values))
                assert (true_a ^ true_b) >> row & 1
        if known == ROWS:
            assert made[truth.index(true_a)] == a


def test_what_nothing_drives_is_an_error():
    merged = Merged([0, 0], 1)
    given = Gates({}, {3: ("$_AND_", [1, 2])})
    with pytest.raises(ValueError, match=r"^net 2 must be driven or an input$"):
        merged.add(given, {1: merged.inputs[0]}, [3])
