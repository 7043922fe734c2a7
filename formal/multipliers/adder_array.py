"""Proof by arithmetic that an array of full adders multiplies, for widths at which solvers and simulation fail.

An adder in column i with inputs a, b, c and outputs `sum` and `carry` has 2^i sum + 2^(i+1) carry = 2^i (a + b + c);
its table of eight rows shows that. Add up all these equations. Each bit that one adder makes and another takes in the
right column cancels. The bits that no adder takes are left on one side, the partial products on the other. So the array
puts out the sum of the partial products, in whatever order it adds them. That sum is the product if the partial
products are x_i & y_j, each in column i + j.

Adders and partial products are found by their names (`hdl.arith.wire_names`). With wrong names or a wrong adder the
equations do not hold, and nothing is proved.
"""

from collections import Counter
from collections.abc import Sequence

from lmul.formal.gates import Gates, Net
from lmul.hdl.arith.wire_names import ADDER, PARTIAL_PRODUCT


def product_nets(circuit: Gates, x: Sequence[Net], y: Sequence[Net]) -> list[Net] | None:
    """Find the nets of x times y, lowest bit first, and prove that they are that; return None if the proof fails.

    Parameters
    ----------
    circuit : Gates
        A module with an array.
    x, y : sequence of Net
        The bits of two unsigned numbers, lowest first: nets, and constants "0" and "1".

    Returns
    -------
    list of Net, or None
        As many nets as x and y have together; "0" for the lowest if they are always 0, and a text that begins with
        `lost` for those that the module has not, because it does not need them.
    """
    adders: dict[tuple[int, int], dict[str, Net]] = {}
    for name, nets in circuit.wires.items():
        if match := ADDER.fullmatch(name):
            adders.setdefault((int(match[1]), int(match[3])), {})[match[2]] = nets[0]
    # A sum alone is another name for the only bit that was added.
    alone = {adder.get("sum") for adder in adders.values() if len(adder) == 1} - {None}
    adders = {place: adder for place, adder in adders.items() if "carry" in adder}
    for (column, number), adder in adders.items():
        adder.setdefault("sum", f"lost_{column}_{number}")  # removed as unused
    made = {net for adder in adders.values() for net in adder.values()}
    leaves = {nets[0] for name, nets in circuit.wires.items() if PARTIAL_PRODUCT.fullmatch(name)}
    leaves |= {net for net in alone if net is not None} - made
    cut = made | leaves | {*x, *y}
    # Weight of each net: outputs of adders less inputs. They add up to `constant`.
    weights: Counter[Net] = Counter()
    constant = 0
    for (column, _), adder in adders.items():
        outputs = [adder["sum"], adder["carry"]]
        present = [net for net in outputs if not _is_lost(net)]
        inputs = sorted(set().union(*(circuit.support(net, cut) for net in present)), key=str)
        one = _added(circuit, outputs, inputs)
        if one is None:
            return None
        weights[outputs[0]] += 1 << column
        weights[outputs[1]] += 2 << column
        weights.subtract(dict.fromkeys(inputs, 1 << column))
        constant += one << column
    return _product(circuit, leaves, weights, constant, x, y)


def _added(circuit: Gates, outputs: Sequence[Net], inputs: Sequence[Net]) -> int | None:
    """Find the constant c with sum + 2 carry = c + the sum of the inputs; None if there is none."""
    if len(inputs) > 3:
        return None
    for constant in (0, 1):
        totals = [number.bit_count() + constant for number in range(1 << len(inputs))]
        wanted = [total >> 1 for total in totals] if _is_lost(outputs[0]) else totals
        table = circuit.table([net for net in outputs if not _is_lost(net)], inputs)
        if [sum(bit << place for place, bit in enumerate(row)) for row in table] == wanted:
            return constant
    return None


def _product(
    circuit: Gates, leaves: set[Net], weights: Counter[Net], constant: int, x: Sequence[Net], y: Sequence[Net]
) -> list[Net] | None:
    # Partial products in no adder, such as that of the two lowest bits, are bits of the product by themselves.
    terms: Counter[frozenset[Net]] = Counter()
    for net, weight in weights.items():
        if weight < 0:
            factors = _factors(circuit, net, {*x, *y})
            if factors is None:
                return None
            terms[factors] -= weight
    terms[frozenset()] += constant
    wanted: Counter[frozenset[Net]] = Counter()
    for i, a in enumerate(x):
        for j, b in enumerate(y):
            if "0" not in (a, b):
                wanted[frozenset({a, b}) - {"1"}] += 1 << (i + j)
    bits = {weight: net for net, weight in weights.items() if weight > 0}
    if sum(bits) != sum(weight for weight in weights.values() if weight > 0):
        return None  # two nets of one weight
    wanted.subtract(terms)
    for factors, weight in wanted.items():
        if weight == 0:
            continue
        net = next((n for n in leaves if _factors(circuit, n, {*x, *y}) == factors), "lost")
        if weight in bits or weight.bit_count() != 1 or weight < 0:
            return None
        bits[weight] = net
    places = range(x.index(next(filter(_is_used, x))) + y.index(next(filter(_is_used, y))), len(x) + len(y))
    if set(bits) != {1 << i for i in places}:
        return None
    return [*["0"] * places[0], *(bits[1 << i] for i in places)]


def _is_lost(net: Net) -> bool:
    return isinstance(net, str) and net.startswith("lost")


def _is_used(bit: Net) -> bool:
    return bit != "0"


def _factors(circuit: Gates, net: Net, operands: set[Net]) -> frozenset[Net] | None:
    """Find the operand bits whose AND a net is; None if it is none."""
    inputs = [net] if net in operands else sorted(circuit.support(net, operands), key=str)
    if not set(inputs) <= operands or len(inputs) > 2:
        return None
    if net not in operands and [row[0] for row in circuit.table([net], inputs)] != [0] * (2 ** len(inputs) - 1) + [1]:
        return None
    return frozenset(inputs)
