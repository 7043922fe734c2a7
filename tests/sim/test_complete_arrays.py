# amaranth: UnusedElaboratable=no
"""Every accumulator, dataflow and shape for a million cycles: what `make verify-all` runs, and `make test` does not."""

import pytest
from support.arrays import OS, WS, array

from lmul.golden.accumulators import Accumulator
from lmul.golden.formats import BF16, E4M3
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.sim.array import verify_arrays

CYCLES = 1_000_000

SHAPES = [(1, 1), (1, 8), (4, 4), (3, 5), (16, 16)]

PRODUCTS = {
    Accumulator.FIXED: Parameters(E4M3),
    Accumulator.ANCHORED: Parameters(BF16),
    Accumulator.FP32: Parameters(BF16, Method.EXACT),
    Accumulator.BF16: Parameters(BF16, Method.MITCHELL),
    Accumulator.FP16: Parameters(E4M3, Method.EXACT),
    Accumulator.E4M3: Parameters(E4M3),
}


@pytest.mark.complete
@pytest.mark.parametrize("dataflow", [OS, WS])
@pytest.mark.parametrize(("rows", "columns"), SHAPES)
def test_every_accumulator_for_a_million_cycles(rows, columns, dataflow, tmp_path, capsys):
    units = []
    for accumulator, product in PRODUCTS.items():
        window = 16 if accumulator is Accumulator.ANCHORED else None
        # Several passes of a weight-stationary array, and of many terms an output-stationary one.
        unit = array(product, rows, columns, dataflow, 1, window, accumulator=accumulator, depth=1024)
        units.append(unit)
    checked = verify_arrays(units, tmp_path, CYCLES)
    with capsys.disabled():
        for c in checked:
            print(f"\n{c.name}: {c.cycles:,} cycles, {c.sums:,} sums, {c.mismatches:,} mismatches, {c.seconds:.0f} s")
    assert [(c.name, c.complaint) for c in checked if not c.passed] == []
    assert all(c.cycles >= CYCLES for c in checked)
