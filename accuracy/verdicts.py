"""Verdicts of the ledger of claims, derived by rule from measured figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

CUTS = {
    "truncated": ("truncated", "truncated"),
    "rounded": ("rounded", "rounded"),
    "truncated against rounded": ("truncated", "rounded"),
}
"""Cuts of the operands of L-Mul and of its baseline, by the name of the comparison."""

NEAR = 1.1
"""Factor up to which one error `reaches` or is `equal to` another."""

HOLDS, FAILS, NOT_MEASURED = "**holds**", "**fails**", "**not measured**"

RULES = """\
- *A is more accurate than B*: compared with the operands of both truncated, with those of both rounded, and with A's
  truncated and B's rounded, as a converter makes them; by the mean |relative error| and by the NMSE of the product of
  the uncut operands, or by the squared error of the attention output with one layer and with all replaced. **holds**:
  in all of these; **fails**: in none; else **holds only if**, with those in which it does. *Reaches* and *equal to*
  mean: at most 10 % above.
- *A figure*: **holds** where it agrees to one unit of the last digit that was claimed, or to 0.2 %.
- **not measured**: no command here measures it, or it was not run.

In the figures, `a / b` is that of the first against that of the second."""


@dataclass(frozen=True)
class Entry:
    """Row of the ledger.

    Attributes
    ----------
    claim, source : str
        Claim, and who made it.
    condition : str
        Operands, data and measure that it was judged on.
    verdict : str
        Verdict by `RULES`.
    figures : str
        Figures that the verdict follows from.
    """

    claim: str
    source: str
    condition: str
    verdict: str
    figures: str


@dataclass(frozen=True)
class ClaimComparison:
    """Claim that one number is at most another.

    Attributes
    ----------
    group, detail : str
        Condition in two steps; where all details of a group hold, the verdict names the group only.
    own, other : float
        Number that is judged, and the one to compare with.
    allowed : float
        Factor by which `other` is multiplied.
    """

    group: str
    detail: str
    own: float
    other: float
    allowed: float = 1.0

    @property
    def holds(self) -> bool:
        """Tell whether `own` is at most `allowed` times `other`."""
        return self.own <= self.allowed * self.other


def verdict(comparisons: Sequence[ClaimComparison]) -> str:
    """Return holds, fails, or holds only if, with the conditions."""
    if comparisons and all(c.holds for c in comparisons):
        return HOLDS
    conditions = []
    for group, members in _grouped(comparisons):
        good = [c.detail for c in members if c.holds]
        if good:
            conditions.append(group if len(good) == len(members) else f"{group}, by {' and '.join(good)}")
    return f"**holds only if** {'; '.join(conditions)}" if conditions else FAILS


def figures(comparisons: Sequence[ClaimComparison]) -> str:
    """Write both numbers of each comparison."""
    groups = _grouped(comparisons)
    return "; ".join(
        f"{group}: {', '.join(f'{c.detail} {number(c.own)} / {number(c.other)}' for c in members)}"
        for group, members in groups
    )


def _grouped(comparisons: Sequence[ClaimComparison]) -> list[tuple[str, list[ClaimComparison]]]:
    return [(group, list(members)) for group, members in groupby(comparisons, key=lambda c: c.group)]


def number(value: float) -> str:
    """Write a number with three significant digits."""
    return f"{value:.3g}" if abs(value) >= 0.001 or value == 0 else f"{value:.2e}"


def agrees(found: float, claimed: str) -> bool:
    """Tell whether a figure agrees with the claimed one, by the rule in `RULES`."""
    unit = 10.0 ** -len(claimed.partition(".")[2])
    return abs(found - float(claimed)) <= max(1.0001 * unit, 0.002 * abs(float(claimed)))


def figure_entry(claim: str, condition: str, pairs: Sequence[tuple[str, str, float]]) -> Entry:
    """Make the entry for figures of ours, each with its name, the claimed text and the value found."""
    wrong = [name for name, claimed, found in pairs if not agrees(found, claimed)]
    told = f"{FAILS} for {', '.join(wrong)}" if wrong else HOLDS
    text = "; ".join(f"{name}: claimed {claimed}, found {found:.4f}" for name, claimed, found in pairs)
    return Entry(claim, "ours", condition, told, text)
