# amaranth: UnusedElaboratable=no
"""Cores that are measured compute what the golden model does."""

from dataclasses import replace

import numpy as np
import pytest

from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.dot.sums import dot_product
from lmul.golden.formats import BF16, E2M3, E3M4, E4M3, Format, format_named
from lmul.golden.methods import Method
from lmul.hdl.arith.entering import entering
from lmul.hdl.arith.stored_operand import Stored, anchor_width
from lmul.synth.energy.circuit import Circuit
from lmul.synth.energy.toggles import Simulation, port_values, simulate
from lmul.synth.measure.catalog import dot_parameters
from lmul.synth.measure.cores import CORES, DotCores
from lmul.synth.measure.pieces import Piece, PieceKind, mapped
from lmul.synth.measure.stimulus import entered_codes, stored_words
from lmul.synth.technology.liberty_cells import read_library
from lmul.synth.technology.technology import Technology

_LANES = 2


@pytest.mark.parametrize("f", [E2M3, E3M4])
@pytest.mark.parametrize("method", [Method.LMUL, Method.corrected(2), Method.log(1, 2, d=-3), Method.EXACT])
@pytest.mark.parametrize("accumulator", [Accumulator.ANCHORED, Accumulator.FIXED, Accumulator.FP32])
def test_stored_words_are_those_of_the_loader(
    tiny: Technology, f: Format, method: Method, accumulator: Accumulator
) -> None:
    dot = dot_parameters(f, method, accumulator)
    codes = np.arange(1 << f.width)
    anchors = range(dot.lowest_exponent, dot.highest_exponent + 2, 2) if dot.window is not None else [0]
    loader = Piece(PieceKind.LOADER, dot)
    circuit = Circuit(mapped(loader, tiny).module, read_library(tiny))
    for anchor in anchors:
        stimulus = {"code": entered_codes(dot.product, 1, codes)[:, None]}
        if dot.window is not None:
            size = 1 << anchor_width(dot)
            stimulus["anchor"] = np.full((len(codes), 1), anchor % size)
        [state] = simulate(circuit, stimulus)
        assert np.array_equal(port_values(state, "word").astype(np.int64), stored_words(dot, codes, anchor))


@pytest.mark.parametrize("method", [Method.LMUL, Method.ROUNDED, Method.EXACT])
def test_sums_with_subnormal_operands(tiny: Technology, method: Method) -> None:
    usual = dot_parameters(E4M3, method, depth=_LANES)
    dot = replace(usual, product=replace(usual.product, subnormals=True))
    x, y = np.random.default_rng(1).integers(0, 1 << E4M3.width, (2, 400, _LANES))
    last = _summed(tiny, dot, x, stored_words(dot, y, E4M3.bias))
    expected = dot_product(dot, x, y, E4M3.bias, saturate=True).codes & (1 << dot.width) - 1
    assert np.array_equal(port_values(last, "total").astype(np.int64), expected)


def test_sums_of_integers(tiny: Technology) -> None:
    f = format_named("int5")
    dot = dot_parameters(f, Method.EXACT, Accumulator.FIXED, depth=_LANES)
    x, y = np.random.default_rng(1).integers(0, 1 << f.width, (2, 400, _LANES))
    last = _summed(tiny, dot, x, stored_words(dot, y))
    expected = dot_product(dot, x, y).codes & (1 << dot.width) - 1
    assert np.array_equal(port_values(last, "total").astype(np.int64), expected)


@pytest.mark.parametrize("f", [E4M3, E3M4, BF16])
@pytest.mark.parametrize("method", [Method.LMUL, Method.log(0), Method.log(1, 4), Method.ROUNDED, Method.EXACT])
def test_products_above_the_anchor_and_far_below_it(tiny: Technology, f: Format, method: Method) -> None:
    dot = dot_parameters(f, method, depth=_LANES)
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 1 << f.width, (2, 400, _LANES))
    middle = dot.product.result.bias
    anchors = rng.integers(max(middle - 16, dot.lowest_exponent), min(middle + 16, dot.highest_exponent), (400, 1))
    words = stored_words(dot, y, anchors)
    last = _summed(tiny, dot, x, words)
    expected = dot_product(dot, x, y, anchors[:, 0], saturate=True)
    assert np.array_equal(port_values(last, "total").astype(np.int64), expected.codes & (1 << dot.width) - 1)
    assert np.array_equal(port_values(last, "saturated").astype(bool), expected.saturated)
    assert 0 < expected.saturated.sum() < 400


@pytest.mark.parametrize("method", [Method.LMUL, Method.EXACT])
def test_sums_of_a_fixed_accumulator(tiny: Technology, method: Method) -> None:
    dot = dot_parameters(E2M3, method, Accumulator.FIXED, depth=_LANES)
    x, y = np.random.default_rng(1).integers(0, 1 << E2M3.width, (2, 400, _LANES))
    last = _summed(tiny, dot, x, stored_words(dot, y))
    expected = dot_product(dot, x, y).codes & (1 << dot.width) - 1
    assert np.array_equal(port_values(last, "total").astype(np.int64), expected)


@pytest.mark.parametrize("accumulator", [Accumulator.ANCHORED, Accumulator.FIXED])
def test_sums_of_four_cores_are_added(tiny: Technology, accumulator: Accumulator) -> None:
    dot = dot_parameters(E2M3, Method.LMUL, accumulator, depth=CORES)
    x, y = np.random.default_rng(1).integers(0, 1 << E2M3.width, (2, 400, CORES))
    anchor = () if dot.window is None else (E2M3.bias - 1,)
    last = _summed(tiny, dot, x, stored_words(dot, y, *anchor), PieceKind.DOT_CORES)
    each = dot_product(dot, x, y, *anchor, saturate=True)
    expected = np.asarray(each.codes).astype(np.int64) & (1 << dot.width + 2) - 1
    assert np.array_equal(port_values(last, "total").astype(np.int64), expected)
    assert np.array_equal(port_values(last, "saturated").astype(bool), each.saturated)
    assert each.saturated.any() == (dot.window is not None)


def test_four_cores_have_integer_sums() -> None:
    for lanes, accumulator in ((6, Accumulator.FIXED), (4, Accumulator.FP32)):
        with pytest.raises(ValueError, match=rf"^lanes must be a multiple of 4 .*, not {lanes} with {accumulator}$"):
            DotCores(dot_parameters(E2M3, Method.LMUL, accumulator), lanes)


def _summed(
    tiny: Technology, dot: DotParameters, x: np.ndarray, words: np.ndarray, kind: PieceKind = PieceKind.DOT_CORE
) -> Simulation:
    """A core that has added up rows of x and of words."""
    lanes = x.shape[1]
    widths = {"x": entering(dot.product)[0].width, "word": Stored.of(dot).width}
    x = entered_codes(dot.product, 0, x)
    packed = {
        port: sum(fields[:, i].astype(object) << i * widths[port] for i in range(lanes))[:, None].repeat(3, axis=1)
        for port, fields in (("x", x), ("word", words))
    }
    circuit = Circuit(mapped(Piece(kind, dot, lanes), tiny).module, read_library(tiny))
    ones = np.ones((len(x), 3), np.uint8)
    *_, last = simulate(circuit, {**packed, "load": ones, "clear": ones})
    return last
