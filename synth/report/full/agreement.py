"""Agreement of the technology-free energy model with a library's tables."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lmul.reporting.sections import Record

KINDS = {"settled": "without glitches", "glitches": "with glitches"}


MODELS = {"same": "same netlist", "generic": "generic gates"}


@dataclass(frozen=True)
class Agreement:
    """Agreement of a model with a reference, after the best single factor between them.

    Parameters
    ----------
    correlation : float
        Pearson's correlation of the logarithms.
    factor : float
        Factor to multiply the model with, by least squares of logarithms.
    worst : float
        Largest ratio of the two after that, in either direction.
    typical : float
        Root mean square of the logarithms of that ratio, as a factor.
    """

    correlation: float
    factor: float
    worst: float
    typical: float

    @classmethod
    def of(cls, model: Sequence[float], reference: Sequence[float]) -> "Agreement":
        """Compare positive numbers, two or more."""
        own, other = np.log(model), np.log(reference)
        off = own - other - np.mean(own - other)
        correlation = float(np.corrcoef(own, other)[0, 1])
        factor = float(np.exp(np.mean(other - own)))
        return cls(correlation, factor, float(np.exp(np.abs(off).max())), float(np.exp(np.sqrt(np.mean(off**2)))))


def agreement_of(records: Sequence[Record], kind: str, model: str) -> Agreement:
    """Compare the energies `kind` of some rows, by a model and by the library."""
    return Agreement.of([float(r[f"{kind}_{model}"] or 0) for r in records], [float(r[kind] or 0) for r in records])
