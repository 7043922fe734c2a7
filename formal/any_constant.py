# amaranth: UnusedElaboratable=no
"""A multiplier with a port for D, so that one proof is about every constant."""

from collections.abc import Sequence

from amaranth.hdl import Module, Signal
from amaranth.lib.wiring import In, Signature

from lmul.golden.methods import MethodKind
from lmul.golden.parameters import Parameters
from lmul.hdl.arith.gates import Bit, bits_of
from lmul.hdl.multiplier import Multiplier


class AnyConstant(Multiplier):
    """The multiplier of the method `constant` with D as an input.

    It is what the exporter builds for `--constant`, but for what a known D lets it leave out.

    Parameters
    ----------
    parameters : Parameters
        Of the method `constant`, with any D.

    Members
    -------
    d : In(M)
        D; the other ports are those of a combinational `Multiplier`.

    Raises
    ------
    ValueError
        The method is another one.
    """

    d: Signal

    def __init__(self, parameters: Parameters) -> None:
        if parameters.method.kind is not MethodKind.CONSTANT:
            raise ValueError(f"method must be 'constant', not {parameters.method.kind.value!r}")
        super().__init__(parameters)
        self.d = Signal(parameters.result.mantissa_bits)

    @property
    def signature(self) -> Signature:
        """The ports, with D."""
        return Signature({**super().signature.members, "d": In(len(self.d))})

    @property
    def name(self) -> str:
        """The name with the constant left open."""
        return super().name.replace(self.parameters.method.name, "constant_d", 1)

    def _correction(self, m: Module, x: Sequence[Bit], y: Sequence[Bit]) -> Sequence[Bit]:
        return bits_of(self.d)
