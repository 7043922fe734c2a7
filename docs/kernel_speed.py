"""Time matrix products of codes beside NumPy's of float32: compiled, with one and two threads, and by the model alone.

    python docs/kernel_speed.py [FILE]

All take turns on the same operands, so that what else the machine does hits all alike; the best time of each counts.
The model goes once, on fewer rows. Writes the table to FILE, or prints it.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

# Before NumPy starts its threads.
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"

import numpy as np

import lmul
from lmul.golden.dot import sums as golden
from lmul.kernels.ways import loops

SIZE, MODEL_ROWS, ROUNDS = 512, 32, 5
FORMATS = (lmul.E4M3, lmul.E5M2, lmul.E3M4, lmul.E2M1, lmul.BF16)
METHODS = ("lmul", "mitchell", "corrected1", "log1", "exact")
ACCUMULATORS = (("fp32", None), ("anchored", 12), ("fixed", None), ("e4m3", None))

TEXT = """# Speed of matrix products

Written by `make kernel-speed`. {size} x {size} x {size} products of codes of Gaussian numbers, in times of NumPy's
product of float32 matrices on one thread ({numpy:.1f} ms here, best of {rounds}): 4.0 is four times as long. `model` is
the NumPy code that serves without numba (on {rows} rows, times {times}). The sums of all three columns are the same.

| format | method | accumulator | 1 thread | 2 threads | model |
|---|---|---|--:|--:|--:|
"""


def seconds(do: Callable[[], object]) -> float:
    """Return how long something takes."""
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


def row(parameters: lmul.DotParameters, numbers: np.ndarray, codes: np.ndarray) -> tuple[str, float]:
    """Measure a unit; return its row, and the time of NumPy's product."""
    anchor = lmul.least_anchor(parameters, codes, codes) if parameters.window else None
    few = codes[:MODEL_ROWS]
    expected = golden.matmul(parameters, few, codes, anchor)
    assert (lmul.matmul(parameters, codes, codes, anchor).codes[:MODEL_ROWS] == expected.codes).all()
    best = [float("inf")] * 3
    for _ in range(ROUNDS):
        turn = [seconds(lambda: numbers @ numbers)]
        turn += [seconds(lambda n=n: lmul.matmul(parameters, codes, codes, anchor, threads=n)) for n in (1, 2)]
        best = [min(pair) for pair in zip(best, turn, strict=True)]
    model = seconds(lambda: golden.matmul(parameters, few, codes, anchor)) * (len(codes) / MODEL_ROWS)
    p, numpy = parameters, best[0]
    figures = " | ".join(f"{t / numpy:.1f}" for t in best[1:])
    name = f"{p.product.format} | {p.method} | {p.accumulator}{p.window or ''}"
    return f"| {name} | {figures} | {model / numpy:.0f} |", numpy


def main() -> None:
    """Measure all units that there are, and write the table."""
    loops()
    numbers = np.random.default_rng(1).normal(size=(SIZE, SIZE))
    rows, times = [], []
    for format in FORMATS:
        codes, single = lmul.encode(format, numbers), numbers.astype(np.float32)
        for method in METHODS:
            for accumulator, window in ACCUMULATORS:
                product = lmul.Parameters(format, lmul.Method.parse(method))
                try:
                    parameters = lmul.DotParameters(product, lmul.Accumulator(accumulator), SIZE, window)
                except ValueError:  # too wide
                    continue
                line, numpy = row(parameters, single, codes)
                print(line, file=sys.stderr, flush=True)
                rows.append(line)
                times.append(numpy)
    head = TEXT.format(size=SIZE, numpy=1000 * min(times), rounds=ROUNDS, rows=MODEL_ROWS, times=SIZE // MODEL_ROWS)
    text = head + "\n".join(rows) + "\n"
    if sys.argv[1:]:
        Path(sys.argv[1]).write_text(text)
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
