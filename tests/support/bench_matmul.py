"""How fast `golden.matmul` is for the wide product and the fixed accumulator, beside NumPy's float32 matmul. No test.

    python tests/support/bench_matmul.py [--size 512] [--format e4m3] [--method lmul]

One thread, in a process of its own: OPENBLAS_NUM_THREADS=1, and OPENBLAS_CORETYPE and OPENBLAS_L2_SIZE, with which some
machines slow NumPy down, are taken out of its environment. Ratios of the least processor time of several turns, float32
and ours in turn. Random tiles of the result are compared with the scalar definition. The peak of memory is of one call.
"""

import argparse
import os
import subprocess
import sys
import time
import tracemalloc
from fractions import Fraction

import numpy as np

from lmul.golden import reference
from lmul.golden.accumulators import DotParameters
from lmul.golden.dot.sums import matmul
from lmul.golden.formats import format_named
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters

TURNS, TILES, TILE = 7, 3, 4


def timed(function, *arguments):
    start = time.process_time()
    function(*arguments)
    return time.process_time() - start


def differences(p, a, b, sums, rng):
    """Sums of random tiles that are not those of the definition, and how many were compared."""
    lsb, wrong = Fraction(2) ** p.lsb, 0
    for _ in range(TILES):
        i, j = (int(rng.integers(len(a) - TILE + 1)) for _ in range(2))
        for row in range(i, i + TILE):
            for column in range(j, j + TILE):
                pairs = zip(a[row].tolist(), b[:, column].tolist(), strict=True)
                true = sum(reference.wide_product(p, x, y) for x, y in pairs)
                wrong += int(sums.codes[row, column]) * lsb != true
    return wrong, TILES * TILE * TILE


def measure(size, p):
    rng = np.random.default_rng(1)
    a, b = (rng.integers(1 << f.width, size=(size, size), dtype=np.uint32) for f in (p.product.format,) * 2)
    x, y = (rng.standard_normal((size, size)).astype(np.float32) for _ in range(2))
    sums = matmul(p, a, b)
    times = [(timed(np.matmul, x, y), timed(matmul, p, a, b)) for _ in range(TURNS)]
    numpy, ours = (min(each) for each in zip(*times, strict=True))
    tracemalloc.start()
    matmul(p, a, b)
    peak = tracemalloc.get_traced_memory()[1]
    wrong, compared = differences(p, a, b, sums, rng)
    room = 3 * size * size * 8
    print(f"{p.name}, {size} x {size} x {size}, one thread, load average {os.getloadavg()[0]:.1f}")
    print(f"  numpy float32 {size**3 / numpy / 1e9:.2f} G products/s, ours {size**3 / ours / 1e9:.2f}")
    print(f"  1/{ours / numpy:.1f} of numpy float32 in the same run (asked for: at least 1/24)")
    print(f"  peak of memory {peak / room:.2f} times operands as float64 and result (asked for: at most 4)")
    print(f"  {compared} sums of {TILES} random tiles compared with the definition, {wrong} differ")
    return 1 if wrong else 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--format", default="e4m3")
    parser.add_argument("--method", default="lmul")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        product = Parameters(format_named(options.format), Method.parse(options.method))
        return measure(options.size, DotParameters(product, depth=max(options.size, 1024)))
    environment = {k: v for k, v in os.environ.items() if k not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}
    environment["OPENBLAS_NUM_THREADS"] = "1"
    return subprocess.run([sys.executable, *sys.argv, "--child"], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
