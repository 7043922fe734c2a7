"""How far the technology-free model of energy agrees with a library's tables."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lmul.reporting.sections import Record

KINDS = {"settled": "without glitches", "glitches": "with glitches"}


MODELS = {"same": "same netlist", "generic": "generic gates"}


@dataclass(frozen=True)
class Agreement:
    """How well one model follows another, after the best single factor between them.

    Parameters
    ----------
    correlation : float
        Pearson's, of the logarithms.
    factor : float
        What the model is to be multiplied with: the least squares of logarithms.
    worst : float
        The largest ratio of the two then, in either direction.
    typical : float
        Likewise, the root mean square of logarithms.
    """

    correlation: float
    factor: float
    worst: float
    typical: float

    @classmethod
    def of(cls, model: Sequence[float], reference: Sequence[float]) -> "Agreement":
        """The agreement of positive numbers, two at least."""
        own, other = np.log(model), np.log(reference)
        off = own - other - np.mean(own - other)
        correlation = float(np.corrcoef(own, other)[0, 1])
        factor = float(np.exp(np.mean(other - own)))
        return cls(correlation, factor, float(np.exp(np.abs(off).max())), float(np.exp(np.sqrt(np.mean(off**2)))))


def agreement_of(records: Sequence[Record], kind: str, model: str) -> Agreement:
    """Of the energies `kind` of some rows."""
    return Agreement.of([float(r[f"{kind}_{model}"] or 0) for r in records], [float(r[kind] or 0) for r in records])
