# amaranth: UnusedElaboratable=no
"""Every variant of every format against the golden model: what `make verify-all` runs, and `make test` does not."""

import time

import pytest
from support.cases import all_variants, formats_up_to, mixed_formats, small_formats, wide_formats

from lmul.hdl.multiplier import Multiplier
from lmul.sim.multiplier import PAIRS, verify_all

# One build each: C++ compilers take more than their share of memory for more.
PARTS = {str(f): [(f,)] for f in wide_formats()}
PARTS |= {"up_to_8_bits": [(f,) for f in small_formats()]}
PARTS |= {"up_to_8_bits_unnamed": [(f,) for f in formats_up_to(8) if f not in small_formats()]}
PARTS |= {"_".join(map(str, formats[:2])) + f"_to_{formats[2]}": [formats] for formats in mixed_formats()}


@pytest.mark.complete
@pytest.mark.parametrize("part", PARTS)
def test_every_product_of_every_variant(part, tmp_path, capsys):
    units = [Multiplier(p) for formats in PARTS[part] for p in all_variants(*formats)]
    started = time.perf_counter()
    checked = verify_all(units, tmp_path)
    seconds = time.perf_counter() - started
    products, mismatches = (sum(getattr(c, what) for c in checked) for what in ("products", "mismatches"))
    with capsys.disabled():
        print(f"\n{part}: {len(units)} units, {products:,} products, {mismatches:,} mismatches, {seconds:.0f} s")
    assert [(c.name, c.complaint) for c in checked if not c.passed] == []
    for c, unit in zip(checked, units, strict=True):
        bits = unit.parameters.format.width + unit.parameters.y_format.width
        assert c.products == 1 << bits if bits <= 16 else c.products >= PAIRS
