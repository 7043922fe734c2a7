"""Proof by arithmetic that a circuit adds up what lanes put out, for numbers of lanes at which the solver fails.

Each addition in the circuit is an equation between weighted bits. An adder of bits in column i, which has inputs a, b,
c, any of them inverted, has 2^i sum + 2^(i+1) carry = 2^i (a + b + c), as its table shows. An addition of words has
y = a + b modulo 2^width, and without the modulus if a + b fits, which the bounds of all bits show. What one addition
makes and another takes cancels. What remains has to be the sum of `put_out` of all lanes and of what it starts from,
modulo 2^W.

Adders of bits are found by their names (`hdl.arith.wire_names`). With wrong names, a wrong adder, or a bit that is used
at another weight, the equations do not hold, and nothing is proved.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter

from lmul.formal.gates import Addition, Gates, Net, gates
from lmul.hdl.arith.wire_names import ADDER, COUNT

Wire = tuple[str, int]
"""A bit of a wire."""

Weights = Counter[Net]
"""Sum of bits, each times its weight; that of the net "1" is a constant."""


def sum_of_lanes(
    text: str,
    top: str,
    lanes: Sequence[tuple[str, str]],
    start: Sequence[Wire],
    error: int = 0,
    cut: Sequence[tuple[str, str]] = (),
) -> list[Wire] | None:
    """Find the wires of the sum of what lanes put out and a start, and prove that they are that; else return None.

    Parameters
    ----------
    text : str
        Verilog in which nothing drives what lanes put out, once they are cut.
    top : str
        Name of the module.
    lanes : sequence of (str, str)
        Wires of each lane's addend and sign.
    start : sequence of (str, int)
        Bits that the sum starts from, lowest first; the sum has as many.
    error : int
        Error added to the sum. Other than 0 it makes a statement that must fail.
    cut : sequence of tuple of str
        What is taken out: see `gates.read_flat`.

    Returns
    -------
    list of (str, int), or None
        Bits of the sum, lowest first.
    """
    circuit = gates(text, top, cut=cut)
    if any(wire not in circuit.wires for wire in (*(name for lane in lanes for name in lane), *(s[0] for s in start))):
        return None
    begin = [circuit.wires[wire][i] for wire, i in start]
    wanted = _number(begin)
    wanted["1"] += error
    for addend, sign in lanes:
        bits = circuit.wires[addend]
        wanted.update(_number(bits))
        wanted[circuit.wires[sign][0]] += 1 - (1 << len(bits))
    return _words(circuit, wanted, len(begin)) or _columns(circuit, wanted, len(begin))


def _number(bits: Sequence[Net], signed: bool = False) -> Weights:
    """Weigh the bits of a number."""
    weights: Weights = Counter()
    for i, net in enumerate(bits):
        weights[net] += -(1 << i) if signed and i == len(bits) - 1 else 1 << i
    return weights


def _agree(a: Mapping[Net, int], b: Mapping[Net, int], width: int) -> bool:
    """Tell whether two sums are the same modulo 2^width, whatever the bits are."""
    return all((a.get(net, 0) - b.get(net, 0)) % (1 << width) == 0 for net in {*a, *b} - {"0"})


def _words(circuit: Gates, wanted: Weights, width: int) -> list[Wire] | None:
    """Find an addition of words whose result is the wanted sum."""
    results: dict[Net, tuple[list[Net], Weights, bool]] = {}
    for addition in _in_order(circuit.additions):
        size = len(addition.y)
        total: Weights = Counter()
        for operand in (addition.a, addition.b):
            # Where it is as long as the result, it may be read as signed or not, which is the same modulo 2^size.
            total.update(_number(operand[:size], addition.signed or len(operand) >= size))
        for bits, value, exact in [results[net] for net in list(total) if net in results and results[net][0][0] == net]:
            _replace(total, bits, value, exact, size)
        low, high = _bounds(total)
        exact = -(1 << size - 1) <= low and high < 1 << size - 1
        results.update(dict.fromkeys(addition.y, (addition.y, total, exact)))
        if size == width and addition.name and _agree(total, wanted, width):
            return [(addition.name, i) for i in range(width)]
    return None


def _bounds(total: Weights) -> tuple[int, int]:
    """Bound a sum by the weights of its bits."""
    weights = [weight for net, weight in total.items() if net not in ("0", "1")]
    return sum(min(each, 0) for each in weights) + total["1"], sum(max(each, 0) for each in weights) + total["1"]


def _in_order(additions: Sequence[Addition]) -> list[Addition]:
    """Sort additions so that each is behind those whose results it takes."""
    made = {net: i for i, addition in enumerate(additions) for net in addition.y}
    behind = {i: {made[net] for net in (*each.a, *each.b) if net in made} for i, each in enumerate(additions)}
    return [additions[i] for i in TopologicalSorter(behind).static_order()]


def _replace(total: Weights, bits: Sequence[Net], value: Weights, exact: bool, width: int) -> None:
    """Put the sum that a word is in its place, where all of it is used, as a signed number or modulo 2^width."""
    taken = Counter({net: total[net] for net in bits if total[net]})
    if _agree(taken, _number(bits, signed=True), width) and (exact or len(bits) >= width):
        total.subtract(taken)
        total.update(value)


def _columns(circuit: Gates, wanted: Weights, width: int) -> list[Wire] | None:
    """Find adders of bits whose results are the wanted sum; another set of them may count the signs."""
    names = {prefix: _adders(circuit, prefix) for prefix in ("", COUNT)}
    cut = {net for net in wanted if net not in ("0", "1")}
    cut |= {net for adders in names.values() for adder in adders.values() for net in adder.values()}
    added, counted = (_equation(circuit, adders, cut) for adders in names.values())
    if added is None or counted is None:
        return None
    (total, modulus), (count, of_count) = added, counted
    # The count fits, so that its equation holds without a modulus.
    if modulus not in (0, 1 << width) or (of_count and max(map(abs, _bounds(count))) >= of_count):
        return None
    lowest = next((net for net, weight in count.items() if weight == 1), "0")
    factor = total[lowest]
    for net, weight in count.items():
        total[net] -= factor * weight
    made = {net: name for name, nets in circuit.wires.items() if ADDER.fullmatch(name) for net in nets}
    results = {weight % (1 << width): net for net, weight in total.items() if net in made and weight % (1 << width)}
    if set(results) != {1 << i for i in range(width)}:
        return None
    found = [results[1 << i] for i in range(width)]
    total.subtract(_number(found))
    total.update(wanted)
    return [(made[net], 0) for net in found] if _agree(total, {}, width) else None


def _adders(circuit: Gates, prefix: str) -> dict[tuple[int, int], dict[str, Net]]:
    """Find adders of bits by their names: column and number, and the nets of sum and carry."""
    adders: dict[tuple[int, int], dict[str, Net]] = {}
    for name, nets in circuit.wires.items():
        if name.startswith(prefix) and (match := ADDER.fullmatch(name.removeprefix(prefix))):
            adders.setdefault((int(match[1]), int(match[3])), {})[match[2]] = nets[0]
    return adders


def _equation(
    circuit: Gates, adders: Mapping[tuple[int, int], Mapping[str, Net]], cut: set[Net]
) -> tuple[Weights, int] | None:
    """Add up the equations of adders: what they make less what they take is 0; return that, and the modulus.

    The highest column may be without carries, which makes a modulus; otherwise it is 0. None if an adder is none.
    """
    weights: Weights = Counter()
    modulus, columns = 0, max((column for column, _ in adders), default=-1) + 1
    for (column, _), adder in adders.items():
        outputs = [net for kind in ("sum", "carry") if (net := adder.get(kind)) is not None]
        inputs = sorted(set().union(*(circuit.support(net, cut) for net in outputs)), key=str)
        if "sum" not in adder or (len(outputs) == 1 and column < columns - 1):
            return None
        taken = _taken(circuit, outputs, inputs)
        if taken is None:
            return None
        if len(outputs) == 1:
            modulus = 1 << columns
        weights.update({net: 1 << column + i for i, net in enumerate(outputs)})
        weights.subtract({net: weight << column for net, weight in taken.items()})
    return weights, modulus


def _taken(circuit: Gates, outputs: Sequence[Net], inputs: Sequence[Net]) -> Weights | None:
    """Find what sum and carry add up: inputs or their inverses, and a constant; None if they do not.

    Without a carry that holds modulo 2.
    """
    if len(inputs) > 3:
        return None
    modulus = 2 if len(outputs) == 1 else 8
    table = [sum(bit << place for place, bit in enumerate(row)) for row in circuit.table(outputs, inputs)]
    taken: Weights = Counter({"1": table[0]})
    for place, net in enumerate(reversed(inputs)):
        taken[net] = table[1 << place] - table[0]
    for number, total in enumerate(table):
        added = sum(taken[net] for place, net in enumerate(reversed(inputs)) if number >> place & 1)
        if (table[0] + added - total) % modulus:
            return None
    return taken
