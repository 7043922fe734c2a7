"""Packages that some platforms lack, and the message where one is missing.

pip installs them where they have wheels (see pyproject.toml); the NumPy model needs none of them.
"""

from importlib.util import find_spec

from lmul.tools.process import ToolError

_COMPANIONS = {
    "coloquinte": ("coloquinte==0.4.1", "places cells"),
    "klayout": ("klayout", "draws layouts"),
    "pyosys": ("pyosys==0.70", "writes Verilog and maps it to cells"),
    "bitwuzla": ("bitwuzla", "solves the proofs"),
    "torch": ("torch", "trains networks"),
    "cocotb": ("cocotb", "drives simulations"),
    "cocotb_tools": ("cocotb", "drives simulations"),
}


def missing_companion(module: str) -> str | None:
    """Write one line on the package that a module belongs to and how to get it; None for any other module.

    Parameters
    ----------
    module : str
        Name of the module that could not be imported, with dots or without.
    """
    known = _COMPANIONS.get(module.split(".", maxsplit=1)[0])
    if known is None:
        return None
    package, purpose = known
    return (
        f"this needs the package {package.split('=')[0]}, which {purpose} and is not installed: pip install '{package}'"
        " (where it has no wheel, Linux on x86-64 has all)"
    )


def check_companion(module: str) -> None:
    """Raise an error if a companion is missing.

    Raises
    ------
    ToolError
        The module of a companion cannot be imported.
    """
    missing = missing_companion(module)
    if missing and find_spec(module) is None:
        raise ToolError(missing)
