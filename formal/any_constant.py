# amaranth: UnusedElaboratable=no
"""Multiplier with a port for D, to prove all constants at once."""

from collections.abc import Sequence

from amaranth.hdl import Module, Signal
from amaranth.lib.wiring import In, Signature

from lmul.golden.methods import MethodKind
from lmul.golden.parameters import Parameters
from lmul.hdl.arith.gates import Bit, bits_of
from lmul.hdl.multiplier import Multiplier
from lmul.hdl.style import Style


class AnyConstant(Multiplier):
    """Multiplier of the method `constant` with D as an input.

    It is the multiplier that `--constant` exports in the style gates, without the simplifications of a known D.

    Parameters
    ----------
    parameters : Parameters
        Parameters of the method `constant`, with any D.

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
        super().__init__(parameters, style=Style.GATES)
        self.d = Signal(parameters.mantissa_bits)

    @property
    def signature(self) -> Signature:
        """Return the ports, with D."""
        return Signature({**super().signature.members, "d": In(len(self.d))})

    @property
    def name(self) -> str:
        """Return the module's name, with `constant_d` in place of the constant."""
        return super().name.replace(self.parameters.method.name, "constant_d", 1)

    def _correction(self, m: Module, x: Sequence[Bit], y: Sequence[Bit]) -> Sequence[Bit]:
        return bits_of(self.d)
