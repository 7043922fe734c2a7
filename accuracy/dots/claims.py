"""Claims about sums of products, judged by the results of `lmul accuracy dots`."""

from collections.abc import Iterator
from typing import Any

from lmul.accuracy.verdicts import (
    FAILS,
    HOLDS,
    NEAR,
    NOT_MEASURED,
    ClaimComparison,
    Entry,
    agrees,
    figures,
    number,
    verdict,
)

_SHOWN = (1, 4, 16, 64, 256, 1024, 4096)


class Sums:
    """Errors in the JSON of `lmul accuracy dots`."""

    def __init__(self, found: dict[str, Any]) -> None:
        names = ("distribution", "cut", "format", "method", "accumulator")
        self._rows = {tuple(row[name] for name in names): row for row in found["rows"]}
        self._lengths: list[int] = found["rows"][0]["lengths"]
        self._best = {(row["format"], row["operands"], row["cut"]): row for row in found["best"]}

    def error(self, length: int, *names: str) -> float:
        """Return the NRMSE before any gain of sums of a length, by distribution, cut, format, method and
        accumulator.
        """
        return float(self._rows[names]["before"][self._lengths.index(length)])

    def claims(self) -> Iterator[Entry]:
        """Yield the paper's claims and ours."""
        yield self._fine_tuning()
        yield self._accumulation()
        yield self._bias()
        yield self._gain()

    def _fine_tuning(self) -> Entry:
        compared = []
        for distribution in ("gaussian", "uniform"):
            for cut in ("truncated", "rounded"):
                for length in _SHOWN:
                    where = (distribution, cut, "e4m3")
                    own, other = (self.error(length, *where, method, "e4m3") for method in ("lmul", "exact"))
                    compared.append(ClaimComparison(f"{distribution}, {cut}", f"K = {length}", own, other, NEAR))
        claim = "fine-tuned with 3-bit L-Mul and accumulation in e4m3, a model is equal to one with exact e4m3"
        condition = "no model was tuned; dot products with operands and sums in e4m3, NRMSE"
        told = f"{NOT_MEASURED}; of dot products {verdict(compared)}"
        return Entry(claim, "paper", condition, told, figures(compared))

    def _accumulation(self) -> Entry:
        compared = []
        for k in _SHOWN:
            where = ("gaussian", "rounded", "e4m3")
            own, other = self.error(k, *where, "lmul", "fixed"), self.error(k, *where, "exact", "e4m3")
            compared.append(ClaimComparison(f"K = {k}", "NRMSE", own, other))
        claim = "L-Mul with exact sums is more accurate than exact products with sums in e4m3"
        condition = "Gaussian operands, rounded to e4m3"
        return Entry(claim, "ours", condition, verdict(compared), figures(compared))

    def _bias(self) -> Entry:
        row = self._rows["uniform", "rounded", "e4m3", "lmul", "fixed"]
        biases = dict(zip(self._lengths, row["bias"], strict=True))
        wrong = [k for k in _SHOWN if not agrees(biases[k], ".05")]
        text = "; ".join(f"K = {k}: {biases[k]:+.4f}" for k in _SHOWN)
        claim = "the bias of L-Mul at M = 3, +5 %, does not average out"
        return Entry(claim, "ours", "positive operands, rounded to e4m3", FAILS if wrong else HOLDS, text)

    def _gain(self) -> Entry:
        best = self._best["e4m3", "gaussian", "rounded"]
        own, gain = float(best["none_gain_nrmse"]), float(best["none_gain_gain"])
        better = [
            ClaimComparison("the paper's constant", "as it is", own, float(best["paper_nrmse"])),
            ClaimComparison("the paper's constant", "with its own gain", own, float(best["paper_gain_nrmse"])),
        ]
        told = verdict(better) if agrees(gain, "1.037") else f"{FAILS}: the gain is another"
        text = f"gain {gain:.4f}; {figures(better)}; best of all: D = {best['best_gain_d']} with the gain "
        text += f"{float(best['best_gain_gain']):.3f}, {number(float(best['best_gain_nrmse']))}"
        claim = "no constant and the gain 1.037 are more accurate than the paper's constant at M = 3"
        return Entry(claim, "ours", "Gaussian operands, rounded to e4m3, NRMSE", told, text)
