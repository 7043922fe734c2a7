# amaranth: UnusedElaboratable=no
"""What named units are and cost: the committed table, and what writes it (`make reference`)."""

import hashlib
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lmul.golden.accumulators import Accumulator
from lmul.golden.formats import BF16, E3M4, E4M3, E5M2, FP32
from lmul.golden.methods import Method
from lmul.golden.parameters import Overflow, Parameters, Policy
from lmul.hdl.array.systolic import Dataflow, SystolicArray
from lmul.hdl.dot.dot_product import DotProduct
from lmul.hdl.export.verilog import verilog
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.style import Style
from lmul.synth.mapping.flow import synthesise
from lmul.synth.measure.catalog import dot_parameters
from lmul.synth.technology.technology import GENERIC
from lmul.tools.parallel import cores

TABLE = Path(__file__).parents[1] / "synth" / "reference.json"

GROWTH = 1.02
"""What no unit may exceed, as a multiple of its area in the table."""


def units(style):
    """The units that the table names, in a style."""
    for f in (E4M3, E5M2, E3M4, BF16, FP32):
        for method in (Method.LMUL, *([Method.corrected(2), Method.EXACT] if f is not FP32 else [])):
            yield Multiplier(Parameters(f, method), style=style)
    for method in (Method.LMUL, Method.EXACT):
        yield Multiplier(Parameters(E4M3, method, Policy.IEEE, overflow=Overflow.INF), style=style)
        yield Multiplier(Parameters(E4M3, method), 1, style=style)
    yield Multiplier(Parameters(E4M3, policy=Policy.RAW), style=style)
    for method in (Method.LMUL, Method.EXACT):
        yield DotProduct(dot_parameters(E4M3, method), 4, style)
        yield SystolicArray(dot_parameters(E4M3, method, Accumulator.FIXED), 2, 2, style=style)
    yield SystolicArray(dot_parameters(BF16, Method.LMUL), 2, 2, dataflow=Dataflow.WEIGHT_STATIONARY, style=style)


def measured():
    """By style and name of the unit: the hash of its Verilog, and its area in generic NAND2 equivalents."""
    texts = {f"{style} {unit.name}": verilog(unit) for style in Style for unit in units(style)}
    with ThreadPoolExecutor(cores()) as pool:
        areas = list(pool.map(lambda name: synthesise(texts[name], name.split()[1], GENERIC).nand2, texts))
    hashes = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}
    return {name: {"verilog_sha256": hashes[name], "nand2": area} for name, area in zip(texts, areas, strict=True)}


def complaints(table, found):
    """What is not as the table says, one sentence a unit."""
    said = [f"{name} is not in the table" for name in found.keys() - table.keys()]
    said += [f"{name} is in the table alone" for name in table.keys() - found.keys()]
    for name in table.keys() & found.keys():
        old, new = table[name], found[name]
        if new["nand2"] > GROWTH * old["nand2"]:
            said.append(f"{name} has grown from {old['nand2']} to {new['nand2']} NAND2 equivalents")
        if new["verilog_sha256"] != old["verilog_sha256"]:
            said.append(f"{name} has another Verilog")
    return sorted(said)


if __name__ == "__main__":
    TABLE.write_text(json.dumps(measured(), indent=2) + "\n")
    print(TABLE, file=sys.stderr)
