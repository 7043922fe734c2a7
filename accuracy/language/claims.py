"""Claims about language models, judged by the perplexities of `lmul accuracy language`."""

from collections.abc import Iterator, Mapping
from typing import Any

from lmul.accuracy.unbounded import Cut
from lmul.accuracy.verdicts import NOT_MEASURED, ClaimComparison, Entry, figures, verdict

LOSSLESS = 1.01
"""Perplexity in times of float32's up to which products count as lossless: more than its interval of most runs."""

_BITS = (3, 4, 6)
_ATTENTION = "tables 2 to 5: attention by L-Mul is almost lossless"


class Perplexities:
    """Perplexities in the JSON of `lmul accuracy language --full`; empty if it was not run."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        self._rows: dict[str, dict[str, dict[str, Any]]] = {s: found[s] for s in ("attention", "all") if s in found}

    def claims(self) -> Iterator[Entry]:
        """Yield what the paper claims of its tables 2 to 5, and of table 6, here without fine-tuning."""
        if not self._rows or "lmul_e8m3_truncated_fp32_tensor" not in self._rows["attention"]:
            yield Entry(_ATTENTION, "paper", "perplexity of a language model", NOT_MEASURED, "")
            return
        yield self._lossless("attention", _ATTENTION)
        yield self._better(3, "e5m2")
        yield self._better(4, "e4m3")
        yield self._lossless("all", "table 6: all products by L-Mul lose nothing")

    def _lossless(self, scope: str, claim: str) -> Entry:
        rows = self._rows[scope]
        compared = [
            ClaimComparison(cut.value, f"k = {k}", rows[f"lmul_e8m{k}_{cut}_fp32_tensor"]["ratio"], 1.0, LOSSLESS)
            for cut in Cut
            for k in _BITS
        ]
        compared.append(
            ClaimComparison("bf16", "rounded", rows["lmul_bf16_rounded_fp32_tensor"]["ratio"], 1.0, LOSSLESS)
        )
        replaced = "attention" if scope == "attention" else "all products, without fine-tuning"
        condition = f"no task; perplexity in times of float32's, at most 1 % above; {replaced}"
        return Entry(claim, "paper", condition, verdict(compared), figures(compared))

    def _better(self, bits: int, format: str) -> Entry:
        """Compare L-Mul of k bits, cut both ways, with exact products of a format, which are rounded."""
        rows = self._rows["attention"]
        exact = rows[f"exact_{format}_rounded_fp32_tensor"]["ratio"]
        compared = [
            ClaimComparison(cut.value, "perplexity", rows[f"lmul_e8m{bits}_{cut}_fp32_tensor"]["ratio"], exact)
            for cut in Cut
        ]
        claim = f"{bits}-bit L-Mul is no worse than exact {format} in attention"
        condition = "no task; perplexity in times of float32's; exact operands rounded"
        return Entry(claim, "paper", condition, verdict(compared), figures(compared))
