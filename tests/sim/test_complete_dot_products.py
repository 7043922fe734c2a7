# amaranth: UnusedElaboratable=no
"""Dot products of all kinds: what `make verify-all` runs, and `make test` does not."""

import pytest
from support.dots import CORRECTED, MIXED, scaled_unit, unit

from lmul.golden.formats import BF16, E4M3, INTEGERS
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.sim.dot_product import verify_dot_products

CYCLES = 100_000

OPERANDS = {"e4m3": (E4M3, {}), "e4m3_e5m2": (E4M3, MIXED), "bf16": (BF16, {})}
METHODS = {
    "lmul": {},
    "corrected": CORRECTED,
    "exact": {"method": Method.EXACT},
    "rounded": {"method": Method.ROUNDED},
    "subnormals": {"subnormals": True},
    "exact with subnormals": {"method": Method.EXACT, "subnormals": True},
    "log": {"method": Method.log(1)},
    "log4": {"method": Method.log(0, 4)},
}


@pytest.mark.complete
@pytest.mark.parametrize("lanes", [1, 4, 16])
def test_every_unit_for_many_cycles(lanes, tmp_path, capsys):
    units = []
    for f, mixed in OPERANDS.values():
        for method in METHODS.values():
            product = Parameters(f, **method, **mixed)
            units.append(unit(product, lanes, 12))
            if f is not BF16:  # there it would be too wide
                units.append(unit(product, lanes))
    units += [unit(Parameters(INTEGERS[f"int{n}"], Method.EXACT), lanes) for n in (4, 6, 8)]
    units += [scaled_unit(Parameters(E4M3, method, subnormals=True), lanes) for method in (Method.LMUL, Method.EXACT)]
    checked = verify_dot_products(units, tmp_path, CYCLES)
    with capsys.disabled():
        for c in checked:
            print(f"\n{c.name}: {c.cycles:,} cycles, {c.sums:,} sums, {c.mismatches:,} mismatches, {c.seconds:.0f} s")
    assert [(c.name, c.complaint) for c in checked if not c.passed] == []
    assert all(c.cycles >= CYCLES and c.steps == c.span > 4000 for c in checked)
