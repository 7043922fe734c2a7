"""On their stimuli, mapped netlists compute what the golden model does with the stream's numbers."""

import numpy as np
import pytest

from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.block_scaling import BLOCK, quantise, scaled_anchor
from lmul.golden.codes import encode
from lmul.golden.dot.sums import dot_product
from lmul.golden.formats import E3M4, E4M3
from lmul.golden.log_codes import log_codes
from lmul.golden.methods import Method
from lmul.golden.multiply import multiply
from lmul.golden.parameters import Parameters
from lmul.synth.energy.circuit import Circuit
from lmul.synth.energy.operands import GAUSSIAN, UNIFORM, Stream, tensor_stream
from lmul.synth.energy.toggles import port_values, simulate
from lmul.synth.measure import stimulus as module
from lmul.synth.measure.catalog import dot_parameters
from lmul.synth.measure.multipliers import UnitMapped
from lmul.synth.measure.pieces import Piece, PieceKind, mapped
from lmul.synth.measure.stimulus import CORE_TERMS, CYCLES, MAC_TERMS, stimulus
from lmul.synth.technology.liberty_cells import read_library
from lmul.synth.technology.technology import Technology

_STREAMS = 64
_LEAST, _MOST = 2.0**-6, 448.0  # numbers of e4m3 that are no subnormals
_LANES = 2
_TENSORS = tensor_stream("wide", *np.random.default_rng(1).standard_t(3, (2, 40, 40)) * 2.0**70)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STREAMS", _STREAMS)


def _codes(dot: DotParameters, stream: Stream, side: int, count: int) -> np.ndarray:
    f = (dot.product.format, dot.product.y_format)[side]
    numbers = stream.blocks(side, count)
    if dot.accumulator is Accumulator.FP32:
        return encode(f, numbers / 2.0 ** stream.exponent(side))
    return quantise(f, numbers, stream.rule).codes


def _sums(dot: DotParameters, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    sums = np.asarray(dot_product(dot, x, y, scaled_anchor(dot) if dot.window else None).codes)
    return sums.astype(np.int64) & (1 << dot.width) - 1


@pytest.mark.parametrize("stream", [UNIFORM, GAUSSIAN, _TENSORS], ids=lambda stream: stream.name)
def test_products_of_a_unit(tiny: Technology, stream: Stream) -> None:
    p = Parameters(E4M3, Method.EXACT, y_format=E3M4)
    values = stimulus(p, stream)
    netlist = Circuit(UnitMapped(p).of(tiny).module, read_library(tiny))
    found = np.stack([port_values(each, "p") for each in simulate(netlist, values)], axis=1)
    place = np.arange(_STREAMS)[:, None] * BLOCK // _STREAMS + np.arange(CYCLES + 1)
    numbers = (stream.blocks(side, 2 * _STREAMS).reshape(_STREAMS, 2 * BLOCK) for side in (0, 1))
    x, y = (np.take_along_axis(n, place, 1) / 2.0 ** stream.exponent(side) for side, n in enumerate(numbers))
    assert np.array_equal(found, multiply(p, encode(E4M3, x), encode(E3M4, y)))
    product = np.abs(x * y)  # as a rule neither flushed nor saturated
    assert np.mean((product > _LEAST) & (product < _MOST)) > 0.8


@pytest.mark.parametrize(
    ("method", "accumulator", "stream"),
    [
        (Method.LMUL, Accumulator.ANCHORED, _TENSORS),
        (Method.corrected(2), Accumulator.ANCHORED, GAUSSIAN),
        (Method.log(0), Accumulator.ANCHORED, GAUSSIAN),
        (Method.EXACT, Accumulator.FIXED, UNIFORM),
        (Method.EXACT, Accumulator.FP32, _TENSORS),
    ],
)
def test_sums_of_a_multiply_accumulate(
    tiny: Technology, method: Method, accumulator: Accumulator, stream: Stream
) -> None:
    dot = dot_parameters(E3M4, method, accumulator, depth=MAC_TERMS)
    piece = Piece(PieceKind.ELEMENT_CORE, dot)
    *_, last = simulate(Circuit(mapped(piece, tiny).module, read_library(tiny)), stimulus(piece, stream))
    # Operands are seen in the sum two cycles later, and a sum begins with a block.
    blocks = (MAC_TERMS - 1 + MAC_TERMS + CYCLES) // BLOCK + 1
    ends = np.arange(_STREAMS) * MAC_TERMS // _STREAMS + MAC_TERMS + CYCLES - 2
    x, y = (_codes(dot, stream, side, _STREAMS * blocks).reshape(_STREAMS, blocks, BLOCK) for side in (0, 1))
    x, y = (codes[np.arange(_STREAMS), ends // BLOCK] for codes in (x, y))
    expected = _sums(dot, np.where(np.arange(BLOCK) <= (ends % BLOCK)[:, None], x, 0), y)
    assert np.array_equal(port_values(last, "total").astype(np.int64), expected)
    assert len(np.unique(expected)) > _STREAMS / 2


@pytest.mark.parametrize("method", [Method.LMUL, Method.log(1, 2), Method.ROUNDED, Method.EXACT])
def test_sums_of_a_core(tiny: Technology, method: Method) -> None:
    dot = dot_parameters(E4M3, method, depth=_LANES * CORE_TERMS)
    piece = Piece(PieceKind.DOT_CORE, dot, _LANES)
    running = simulate(Circuit(mapped(piece, tiny).module, read_library(tiny)), stimulus(piece, GAUSSIAN))
    totals = np.stack([port_values(each, "total") for each in running], axis=1).astype(np.int64)
    cycles = totals.shape[1]
    assert cycles == 2 * CORE_TERMS + CYCLES
    x = _codes(dot, GAUSSIAN, 0, _STREAMS).reshape(_STREAMS, -1, _LANES)
    y = np.tile(_codes(dot, GAUSSIAN, 1, _STREAMS)[:, :_LANES], CORE_TERMS)
    for i in range(_STREAMS):
        ahead = i * CORE_TERMS // _STREAMS
        # What a cycle adds is there in the next one.
        for end in range(2 * CORE_TERMS - ahead, cycles, CORE_TERMS):
            assert totals[i, end] == _sums(dot, x[i, end + ahead - CORE_TERMS : end + ahead].ravel(), y[i])


def test_log_codes_of_a_converter(tiny: Technology) -> None:
    dot = dot_parameters(E3M4, Method.log(1))
    piece = Piece(PieceKind.CONVERTER, dot)
    values = stimulus(piece, GAUSSIAN)
    found = [
        port_values(each, "word") for each in simulate(Circuit(mapped(piece, tiny).module, read_library(tiny)), values)
    ]
    codes = _codes(dot, GAUSSIAN, 0, 2 * _STREAMS).reshape(_STREAMS, 2 * BLOCK)
    place = np.arange(_STREAMS)[:, None] * BLOCK // _STREAMS + np.arange(CYCLES + 1)
    assert dot.product.log_formats is not None
    expected = log_codes(dot.product.log_formats[0], np.take_along_axis(codes, place, 1))
    assert np.array_equal(np.stack(found, axis=1), expected)


def test_cycles_that_count_see_all_phases_alike() -> None:
    dot = dot_parameters(E4M3, Method.LMUL)
    for kind, terms in ((PieceKind.ELEMENT_CORE, MAC_TERMS), (PieceKind.DOT_CORE, CORE_TERMS)):
        clears = np.asarray(stimulus(Piece(kind, dot, _LANES), GAUSSIAN)["clear"])
        assert (clears.sum(axis=0) == _STREAMS // terms).all()


def test_other_pieces_have_none() -> None:
    with pytest.raises(ValueError, match=r"^kind must be element core, dot core or converter to have .* not loader$"):
        stimulus(Piece(PieceKind.LOADER, dot_parameters(E4M3, Method.LMUL)), GAUSSIAN)
