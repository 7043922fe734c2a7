"""Claims about a transformer, judged by the results of `lmul accuracy attention`."""

from collections.abc import Iterator, Sequence
from typing import Any

from lmul.accuracy.verdicts import (
    CUTS,
    FAILS,
    HOLDS,
    NEAR,
    NOT_MEASURED,
    ClaimComparison,
    Entry,
    figures,
    number,
    verdict,
)

_DETAILS = {"mse": "one layer", "whole_mse": "all layers"}
_BITS = range(2, 8)
_TASKS = {
    "attention by L-Mul is within 0.07 % of bf16, average over tasks": "tasks of language models",
    "attention by L-Mul gains 0.12 %, average over tasks": "tasks of vision models",
}
_RATIOS = {
    "exact_e5m2_rounded": 3.9,
    "lmul_e8m3_truncated": 2.9,
    "lmul_e8m4_truncated": 1.0,
    "lmul_e8m4_rounded": 3.8,
    "lmul_e4m3_rounded": 4.3,
    "gain_e4m3_rounded": 1.6,
}
"""Squared error of the attention output relative to exact e4m3, rounded, from a probe that shares no code with this."""

_QUARTER = 0.25


class Attention:
    """Errors in the JSON of `lmul accuracy attention`; empty if it was not run."""

    def __init__(self, found: dict[str, Any]) -> None:
        self._scopes: dict[str, dict[str, dict[str, Any]]] = {s: found[s] for s in ("attention", "all") if s in found}

    def claims(self) -> Iterator[Entry]:
        """Yield the paper's claims and ours."""
        for claim, tasks in _TASKS.items():
            yield Entry(claim, "paper", tasks, NOT_MEASURED, "")
        if self._scopes:
            yield self._neighbours()
            for scope in self._scopes:
                yield self._baseline("3-bit L-Mul is more accurate than exact e5m2", 3, "e5m2", scope)
                yield self._baseline("4-bit L-Mul reaches exact e4m3", 4, "e4m3", scope, NEAR)
                yield self._baseline("5-bit L-Mul is more accurate than exact e4m3", 5, "e4m3", scope)
            yield self._least()
            yield self._everywhere()
            yield self._ratios()

    def _neighbours(self) -> Entry:
        arms = ["exact_bf16_rounded", *(f"lmul_e8m{k}_{cut}" for k in (3, 4, 6) for cut in ("truncated", "rounded"))]
        texts = []
        for name in arms:
            row = self._scopes["attention"][name]
            share, low, high = (100 * row[key] for key in ("nearest_same", "nearest_low", "nearest_high"))
            texts.append(f"{name.replace('_', ' ')}: {share:.1f} % ({low:.1f} to {high:.1f})")
        claim = "attention by L-Mul is almost lossless"
        condition = "no task; sentences whose nearest neighbour is that of float32, with the interval of 95 %"
        return Entry(claim, "paper", condition, NOT_MEASURED, "; ".join(texts))

    def _compared(
        self, bits: int, others: Sequence[str], scope: str = "attention", allowed: float = 1.0
    ) -> list[ClaimComparison]:
        """Compare L-Mul of `bits` with the best of others, by cut, for one layer and for all."""
        rows, compared = self._scopes[scope], []
        for group, (cut, baselines_cut) in CUTS.items():
            own = rows[f"lmul_e8m{bits}_{cut}"]
            for key, detail in _DETAILS.items():
                if own[key] is not None:
                    least = min(float(rows[f"{other}_{baselines_cut}"][key]) for other in others)
                    compared.append(ClaimComparison(group, detail, float(own[key]), least, allowed))
        return compared

    def _baseline(self, claim: str, bits: int, baseline: str, scope: str, allowed: float = 1.0) -> Entry:
        compared = self._compared(bits, [f"exact_{baseline}"], scope, allowed)
        rows = self._scopes[scope]
        own, fitted = rows[f"lmul_e8m{bits}_truncated"], rows.get(f"fitted_{baseline}_truncated")
        for key, detail in _DETAILS.items():
            # An output scale can hold the gain that removes the bias of truncation.
            if fitted is not None and own[key] is not None and fitted[key] is not None:
                group = "truncated against truncated with a gain"
                compared.append(ClaimComparison(group, detail, float(own[key]), float(fitted[key]), allowed))
        where = _WHERE if scope == "attention" else _WHERE.replace("attention replaced", "all products replaced")
        return Entry(claim, "paper", where, verdict(compared), figures(compared))

    def _least(self) -> Entry:
        compared = self._compared(6, [f"lmul_e8m{k}" for k in _BITS], allowed=NEAR)
        claim = "6-bit L-Mul reaches the least error of L-Mul with 2 to 7 bits"
        return Entry(claim, "paper", _WHERE, verdict(compared), figures(compared))

    def _everywhere(self) -> Entry:
        compared = self._compared(3, ["exact_e4m3"], "all", NEAR)
        claim = "3-bit L-Mul in the place of all products is equal to exact e4m3"
        condition = "not fine-tuned; attention output, squared error, all products of matrices replaced"
        return Entry(claim, "paper", condition, verdict(compared), figures(compared))

    def _ratios(self) -> Entry:
        rows = self._scopes["attention"]
        found = {name: rows[name]["mse_ratio"] for name in _RATIOS}
        wrong = [name for name, claimed in _RATIOS.items() if abs(found[name] / claimed - 1) > _QUARTER]
        text = "; ".join(f"{n.replace('_', ' ')}: claimed {c}, found {number(found[n])}" for n, c in _RATIOS.items())
        told = f"{FAILS} for {', '.join(name.replace('_', ' ') for name in wrong)}" if wrong else HOLDS
        claim = "squared errors of the attention output, to that of exact e4m3 with rounded operands"
        return Entry(claim, "ours", "one layer replaced at a time; to a quarter", told, text)


_WHERE = "all-MiniLM-L6-v2, attention output, squared error, attention replaced"
