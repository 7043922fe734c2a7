"""Multiply floating-point numbers by one integer addition (L-Mul), exactly, or in between; in NumPy and in Verilog.

Everything works on codes: the integers whose bits a format spells. One `Parameters` object says what a multiplier
computes; the NumPy model, the hardware and the studies all take that object.

>>> import lmul
>>> x, y = lmul.encode(lmul.E4M3, [1.0, 1.5, -3.0]), lmul.encode(lmul.E4M3, [1.0, 2.0, 0.4])
>>> lmul.decode(lmul.E4M3, lmul.multiply(lmul.Parameters(lmul.E4M3), x, y))
array([ 1.125,  3.25 , -1.25 ])
>>> lmul.decode(lmul.E4M3, lmul.multiply(lmul.Parameters(lmul.E4M3, lmul.Method.EXACT), x, y))
array([ 1.  ,  3.  , -1.25])

A dot product adds products in an accumulator of its own, here without rounding; `DotParameters` says which.

>>> dot = lmul.DotParameters(lmul.Parameters(lmul.E4M3, lmul.Method.corrected(2)), lmul.Accumulator.FIXED)
>>> float(lmul.dot_product(dot, x, y).values(dot))
2.75

In a dot product the logarithms of operands can be looked up where these enter; `Method.log` then adds them.

>>> dot = lmul.DotParameters(lmul.Parameters(lmul.E4M3, lmul.Method.log(guard=1, segments=4)))
>>> float(lmul.dot_product(dot, x, y).values(dot))
2.8125
>>> [hex(code) for code in lmul.log_codes(dot.product.log_formats[0], x)]
['0xa0', '0xa9', '0x2b9']

A unit is an Amaranth component; `export` writes its Verilog and a manifest.

>>> from pathlib import Path
>>> from tempfile import TemporaryDirectory
>>> with TemporaryDirectory() as folder:
...     lmul.export(lmul.Multiplier(lmul.Parameters(lmul.BF16), pipeline=1), Path(folder)).verilog.name
'lmul_bf16_flush_p1.v'

How far a method is from the true product, as a mean of |relative error|, and the constant that brings it closest:

>>> round(lmul.mean_relative_error(lmul.Parameters(lmul.E4M3)), 4)
0.0524
>>> lmul.best_constant(lmul.E4M3, lmul.Distribution.GAUSSIAN, with_gain=False).d(lmul.E4M3)
0

The table of logarithms, and D_log, with the least such error; the table as JSON is a file for `--table`:

>>> fitted = lmul.fitted_table(lmul.E4M3, guard=1)
>>> fitted.method.log_table, fitted.method.d, round(fitted.error, 4)
((0, 3, 5, 7, 9, 11, 13, 15), -1, 0.0178)

Names are loaded when they are first used, so that `import lmul` takes no time.
"""

from importlib import import_module
from importlib.metadata import version
from pkgutil import extend_path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    __version__: str

    from lmul.accuracy.constant_search import best_constant as best_constant
    from lmul.accuracy.distributions import Distribution as Distribution
    from lmul.accuracy.log_tables import fitted_table as fitted_table
    from lmul.accuracy.products.mean_error import mean_relative_error as mean_relative_error
    from lmul.golden.accumulators import Accumulator as Accumulator
    from lmul.golden.accumulators import DotParameters as DotParameters
    from lmul.golden.block_scaling import quantise as quantise
    from lmul.golden.block_scaling import scaled_dot_product as scaled_dot_product
    from lmul.golden.codes import decode as decode
    from lmul.golden.codes import encode as encode
    from lmul.golden.dot.scaled_sums import encode_e8m0 as encode_e8m0
    from lmul.golden.dot.scaled_sums import scaled_sums as scaled_sums
    from lmul.golden.dot.sums import least_anchor as least_anchor
    from lmul.golden.formats import BF16 as BF16
    from lmul.golden.formats import E2M1 as E2M1
    from lmul.golden.formats import E2M3 as E2M3
    from lmul.golden.formats import E2M5 as E2M5
    from lmul.golden.formats import E3M2 as E3M2
    from lmul.golden.formats import E3M4 as E3M4
    from lmul.golden.formats import E4M3 as E4M3
    from lmul.golden.formats import E5M2 as E5M2
    from lmul.golden.formats import FP16 as FP16
    from lmul.golden.formats import FP32 as FP32
    from lmul.golden.formats import TF32 as TF32
    from lmul.golden.formats import Format as Format
    from lmul.golden.formats import format_named as format_named
    from lmul.golden.log_codes import log_codes as log_codes
    from lmul.golden.methods import Method as Method
    from lmul.golden.multiply import multiply as multiply
    from lmul.golden.parameters import Overflow as Overflow
    from lmul.golden.parameters import Parameters as Parameters
    from lmul.golden.parameters import Policy as Policy
    from lmul.hdl.array.systolic import Dataflow as Dataflow
    from lmul.hdl.array.systolic import SystolicArray as SystolicArray
    from lmul.hdl.dot.converter import LogConverter as LogConverter
    from lmul.hdl.dot.dot_product import DotProduct as DotProduct
    from lmul.hdl.export.verilog import export as export
    from lmul.hdl.multiplier import Multiplier as Multiplier
    from lmul.kernels.sums import dot_product as dot_product
    from lmul.kernels.sums import matmul as matmul

# In a checkout this folder stands alone, and the rest of the package is where it is installed.
__path__ = extend_path(__path__, __name__)

_HOMES = {
    "accuracy.constant_search": ("best_constant",),
    "accuracy.distributions": ("Distribution",),
    "accuracy.log_tables": ("fitted_table",),
    "accuracy.products.mean_error": ("mean_relative_error",),
    "golden.accumulators": ("Accumulator", "DotParameters"),
    "golden.block_scaling": ("quantise", "scaled_dot_product"),
    "golden.codes": ("decode", "encode"),
    "golden.dot.scaled_sums": ("encode_e8m0", "scaled_sums"),
    "golden.dot.sums": ("least_anchor",),
    "golden.formats": (
        *("BF16", "E2M1", "E2M3", "E2M5", "E3M2", "E3M4", "E4M3", "E5M2", "FP16", "FP32", "TF32"),
        *("Format", "format_named"),
    ),
    "golden.log_codes": ("log_codes",),
    "golden.methods": ("Method",),
    "golden.multiply": ("multiply",),
    "golden.parameters": ("Overflow", "Parameters", "Policy"),
    "hdl.array.systolic": ("Dataflow", "SystolicArray"),
    "hdl.dot.converter": ("LogConverter",),
    "hdl.dot.dot_product": ("DotProduct",),
    "hdl.export.verilog": ("export",),
    "hdl.multiplier": ("Multiplier",),
    "kernels.sums": ("dot_product", "matmul"),
}
_HOME = {name: f"lmul.{home}" for home, names in _HOMES.items() for name in names}

__all__ = [
    "BF16",
    "E2M1",
    "E2M3",
    "E2M5",
    "E3M2",
    "E3M4",
    "E4M3",
    "E5M2",
    "FP16",
    "FP32",
    "TF32",
    "Accumulator",
    "Dataflow",
    "Distribution",
    "DotParameters",
    "DotProduct",
    "Format",
    "LogConverter",
    "Method",
    "Multiplier",
    "Overflow",
    "Parameters",
    "Policy",
    "SystolicArray",
    "__version__",
    "best_constant",
    "decode",
    "dot_product",
    "encode",
    "encode_e8m0",
    "export",
    "fitted_table",
    "format_named",
    "least_anchor",
    "log_codes",
    "matmul",
    "mean_relative_error",
    "multiply",
    "quantise",
    "scaled_dot_product",
    "scaled_sums",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name == "__version__":
            return version("lmul")
        if name not in _HOME:
            raise AttributeError(f"module 'lmul' has no attribute {name!r}")
        return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
