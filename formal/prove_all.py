"""Proofs of many units on all cores."""

from collections.abc import Callable, Sequence

from lmul.formal.multiplier import Proof
from lmul.formal.pipeline import prove_unit
from lmul.formal.proof_list import ProvedUnit
from lmul.tools.parallel import on_all_cores


def prove_all(units: Sequence[ProvedUnit], done: Callable[[], None] = lambda: None) -> list[Proof]:
    """Prove units in parallel, one process a core.

    Parameters
    ----------
    units : sequence of ProvedUnit
        Units to prove.
    done : callable
        Called after each.

    Returns
    -------
    list of Proof
        Proofs in the order of the units.
    """
    return on_all_cores(prove_unit, units, lambda unit: unit.parameters.result.mantissa_bits, done)
