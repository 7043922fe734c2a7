"""Instances that are taken out of a module for its proof: each must be of the module that is proved by itself.

What a proof takes out may put out anything there. So nothing else says which module it is, or what clocks it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lmul.formal.arrays.netlist import Module
from lmul.formal.sums.products import names
from lmul.golden.accumulators import DotParameters
from lmul.hdl.array.axi import AxiStreamArray
from lmul.hdl.array.systolic import SystolicArray
from lmul.hdl.dot.converter import converter
from lmul.hdl.dot.dot_product import DotProduct
from lmul.hdl.dot.products import product_parts


@dataclass(frozen=True)
class Taken:
    """What is taken out of a module.

    Attributes
    ----------
    module : str
        Name of the module.
    types : mapping of str to str
        Instances, and what the names of their modules begin with: slices have their width behind it.
    shared : mapping of (str, str) to str
        Clocks and resets: instance and port, and the port of the module that it has to be joined to.
    """

    module: str
    types: Mapping[str, str]
    shared: Mapping[tuple[str, str], str] = field(default_factory=dict)


def taken_of_unit(unit: DotProduct) -> Taken:
    """List what is taken out of a unit of dot products."""
    ports = {"x": ("x", unit.lanes), "y": ("y", unit.lanes)}
    types = _products(unit.dot, unit.name, unit.lanes) | _converters(unit.dot, unit.name, ports)
    return Taken(unit.name, types)


def taken_of_array(top: SystolicArray | AxiStreamArray) -> list[Taken]:
    """List what is taken out of elements, of the array, and of an AXI4-Stream top."""
    array, prefix = (top.array if isinstance(top, AxiStreamArray) else top), top.name
    inner = f"{prefix}_array" if isinstance(top, AxiStreamArray) else prefix
    ports = {"x": ("a", array.rows * array.lanes), "y": ("b", array.columns * array.lanes)}
    types = {"grid": f"{prefix}_grid"} | _converters(array.dot, prefix, ports)
    if array.dot.output is not None:
        types |= {f"rounder_{j}": f"{prefix}_rounder" for j in range(array.columns)}
    taken = [
        Taken(f"{prefix}_element", _products(array.dot, prefix, array.lanes)),
        Taken(inner, types, {("grid", port): port for port in ("clk", "rst")}),
    ]
    if isinstance(top, AxiStreamArray):
        types = {"core": inner} | {f"slice_{stream}": f"{prefix}_slice_" for stream in "abc"}
        taken.append(Taken(prefix, types, {(name, "clk"): "aclk" for name in types}))
    return taken


def faults_of_instances(module: Module, taken: Taken) -> list[str]:
    """List instances that are of other modules, or of one with parameters, and those that another clock moves."""
    found = module.instances
    types = {name: found[name].type if name in found else "none" for name in taken.types}
    faults = [
        f"{name} must be a {wanted}, not {types[name]}"
        for name, wanted in taken.types.items()
        if types[name] != wanted and not (wanted.endswith("_") and types[name].startswith(wanted))
    ]
    return faults + [
        f"{name}.{port} is connected to something else"
        for (name, port), source in taken.shared.items()
        if name in found and found[name].connections.get(port) != module.port(source)
    ]


def _products(dot: DotParameters, prefix: str, lanes: int) -> dict[str, str]:
    (part,) = product_parts(dot)
    return dict.fromkeys(names(dot, lanes), f"{prefix}_{part.name}")


def _converters(dot: DotParameters, prefix: str, ports: Mapping[str, tuple[str, int]]) -> dict[str, str]:
    types: dict[str, str] = {}
    for side, (port, count) in ports.items():
        part = converter(dot, side)
        if part is not None:
            types |= {f"{port}_converter_{i}": f"{prefix}_{part.name}" for i in range(count)}
    return types
