"""Matrix products of any size by an array's Verilog under Verilator, checked against the golden model."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lmul.golden.codes import Codes, checked_codes, encode
from lmul.golden.formats import Format
from lmul.hdl.arith.stored_operand import anchor_width
from lmul.hdl.array.systolic import SystolicArray
from lmul.hdl.export.verilog import Exported, export
from lmul.sim.array import player, shape_of
from lmul.sim.jobs.matmul import MatmulJob, Outcome, read_result, write_matmul
from lmul.sim.mutation import watched
from lmul.sim.stimulus.tiling import Tiling
from lmul.sim.verilator import SimulationError, reason, run_bench
from lmul.sim.verilog.player import player_top

WORTH_OPTIMISING = 1 << 24
"""Multiplications from which on a faster simulation is worth a longer build."""


@dataclass(frozen=True)
class Product:
    """Product of two matrices, as an array computed it.

    Attributes
    ----------
    values : array of float64, (M, N) or (S, M, N)
        The sums.
    saturated : array of bool, as `values`
        Sums that saturated by the golden model; arrays flag whole rows of a tile.
    outcome : Outcome
        Result of the comparison with the golden model, and times.
    """

    values: NDArray[np.float64]
    saturated: NDArray[np.bool_]
    outcome: Outcome


def matmul_rtl(
    unit: SystolicArray,
    a: ArrayLike,
    b: ArrayLike,
    folder: Path,
    anchor: int | None = None,
    done: Callable[[int], None] = lambda macs: None,
) -> Product:
    """Multiply matrices with an array, tile by tile.

    Parameters
    ----------
    unit : SystolicArray
        Array. Its depth must be at least K, unless its accumulator is a floating-point one.
    a, b : array, (M, K) and (K, N), or a batch of them, (S, M, K) and (S, K, N)
        Numbers of a floating-point type, which are encoded in the formats of x and y, or integers, which are codes.
    folder : Path
        Folder for Verilog, build and logs. A build for the same array is used again.
    anchor : int, optional
        Anchor. By default each tile has the least that none of its products exceeds.
    done : callable
        Called now and then with the number of simulated multiplications, of `total_macs`. Its errors end the bench.

    Raises
    ------
    TypeError, ValueError
        The matrices do not fit each other or the array, or are not numbers.
    SimulationError
        There is no usable Verilator, or it could not build or run what was exported.
    OSError
        The folder cannot be written.
    """
    codes, shape = operands(unit, a, b), shape_of(unit)
    single = codes[0].ndim == 2
    codes = (codes[0][None], codes[1][None]) if single else codes
    if anchor is not None and not unit.dot.kind.has_anchor:
        raise ValueError(f"anchor must be left out unless the accumulator is anchored, not {anchor}")
    if anchor is not None:
        limit = 1 << (anchor_width(unit.dot) - 1)
        if not -limit <= anchor < limit:
            raise ValueError(f"anchor must be {-limit} to {limit - 1} for {unit.name}, not {anchor}")
    folder.mkdir(parents=True, exist_ok=True)
    tiling = Tiling.of(shape, codes[0].shape, codes[1].shape)
    exported = _exported(unit, folder)
    top, public = player_top([player(unit, tiling.memories())])
    job = write_matmul(folder, MatmulJob(unit.name, shape, anchor), *codes)
    with watched(folder, done):
        passed = run_bench(
            folder,
            top,
            public,
            [exported.verilog],
            "lmul.sim.benches.matmul",
            "product_is_made",
            job,
            optimised=tiling.macs > WORTH_OPTIMISING,
        )
    if not passed:
        raise SimulationError(f"the multiplication failed: {reason(folder / 'test.log')}")
    values, saturated, outcome = read_result(folder)
    return Product(values[0], saturated[0], outcome) if single else Product(values, saturated, outcome)


def total_macs(unit: SystolicArray, m: int, k: int, n: int, batch: int = 1) -> int:
    """Count the multiplications of a batch of products, with those by the zeros that pad tiles."""
    return Tiling.of(shape_of(unit), (batch, m, k), (batch, k, n)).macs


def operands(
    unit: SystolicArray, a: ArrayLike, b: ArrayLike, names: tuple[str, str] = ("a", "b")
) -> tuple[Codes, Codes]:
    """Encode two matrices and check that the array can multiply them.

    Errors are those of `matmul_rtl`; they call the matrices by `names`.
    """
    p = unit.dot.product
    x, y = (_codes(*each) for each in ((names[0], p.format, a), (names[1], p.y_format, b)))
    if x.ndim != y.ndim or x.shape[:-2] != y.shape[:-2] or x.shape[-1] != y.shape[-2] or not x.size or not y.size:
        sizes = " and ".join(" x ".join(map(str, matrix.shape)) for matrix in (x, y))
        raise ValueError(f"{names[0]} and {names[1]} must be of M x K and K x N numbers, not of {sizes}")
    if unit.dot.kind.is_integer and x.shape[-1] > unit.dot.depth:
        raise ValueError(f"K must be 1 to {unit.dot.depth}, the array's depth, not {x.shape[-1]}")
    return x, y


def _codes(what: str, format: Format, values: ArrayLike) -> Codes:
    array: NDArray[Any] = np.asarray(values)
    if array.ndim not in (2, 3):
        raise ValueError(f"{what} must be a matrix or a batch of them, not an array of {array.ndim} dimensions")
    if array.dtype.kind in "ui":
        return checked_codes(what, format, array)
    try:
        return encode(format, array)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{what}: {error}") from None


def _exported(unit: SystolicArray, folder: Path) -> Exported:
    """Export the array's Verilog; leave an identical file untouched, so that nothing is rebuilt."""
    fresh, kept = export(unit, folder / "exported"), folder / "verilog" / f"{unit.name}.v"
    text = fresh.verilog.read_text()
    if not kept.exists() or kept.read_text() != text:
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(text)
    return Exported(kept, fresh.manifest, fresh.ports)
