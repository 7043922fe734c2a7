"""Claims about single products, judged by the results of `lmul accuracy products`."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from lmul.accuracy.verdicts import CUTS, FAILS, HOLDS, NEAR, ClaimComparison, Entry, figure_entry, figures, verdict
from lmul.golden.codes import encode
from lmul.golden.formats import format_named
from lmul.golden.multiply import multiply
from lmul.golden.parameters import Parameters

_MEASURES = {"mean": "mean", "nmse": "NMSE"}
_WEIGHTS, _ACTIVATIONS = "weights x weights", "query x key"  # as docs/tensors.py names them
_OPERANDS = {
    "mantissa": "uniform mantissas",
    "gaussian": "Gaussian operands",
    _WEIGHTS: "all-MiniLM-L6-v2, all its weights",
    _ACTIVATIONS: "all-MiniLM-L6-v2, queries and keys",
}

_BASELINES = [
    ("2-bit L-Mul is more accurate than exact e5m2 on uniform operands", ["mantissa"], 2, "e5m2", 1.0),
    ("3-bit L-Mul is more accurate than exact e5m2 on uniform operands", ["mantissa"], 3, "e5m2", 1.0),
    ("4-bit L-Mul is more accurate than exact e5m2 on uniform operands", ["mantissa"], 4, "e5m2", 1.0),
    ("5-bit L-Mul is more accurate than exact e4m3 on weights", [_WEIGHTS, "gaussian"], 5, "e4m3", 1.0),
    ("3-bit L-Mul is more accurate than exact e5m2 on activations", [_ACTIVATIONS, "gaussian"], 3, "e5m2", 1.0),
    ("4-bit L-Mul reaches exact e4m3 on activations", [_ACTIVATIONS, "gaussian"], 4, "e4m3", NEAR),
]
"""Claims of the paper: claim, operands, mantissa bits of L-Mul, baseline, factor allowed."""

_TABLE = {
    2: (".0357", ".1467", ".1111", ".0357"),
    3: (".0378", ".0524", ".0689", ".0190"),
    4: (".0383", ".0514", ".0694", ".0107"),
    7: (".0385", ".0266", ".0751", ".0014"),
}
_COLUMNS = {
    "mitchell": "addition without a constant",
    "lmul": "L-Mul",
    "equation1": "the paper's equation 1",
    "rounded": "the exact product rounded to M bits",
}
_CUT_FIGURES = {
    ("truncated", "exact"): {2: ".161", 3: ".084"},
    ("truncated", "lmul"): {3: ".048", 4: ".030"},
    ("rounded", "exact"): {2: ".059", 3: ".029"},
    ("rounded", "lmul"): {3: ".058", 4: ".053"},
}


class Products:
    """Errors in the JSON of `lmul accuracy products`."""

    def __init__(self, found: dict[str, Any]) -> None:
        self.found = found
        self._rows = {(r["operands"], r["cut"], r["method"], r["format"] or r["bits"]): r for r in found["rows"]}
        self._operands = {key[0] for key in self._rows}

    def error(self, operands: str, cut: str, method: str, bits: int | str, measure: str) -> float:
        """Return an error against the product of the uncut operands."""
        return float(self._rows[operands, cut, method, bits][f"total_{measure}"])

    def claims(self) -> Iterator[Entry]:
        """Yield the paper's claims."""
        yield from self._expectations()
        for claim, operands, k, baseline, allowed in _BASELINES:
            for name in operands:
                if name in self._operands:
                    others = {
                        (group, m): self.error(name, cut, "exact", baseline, m)
                        for group, (_, cut) in CUTS.items()
                        for m in _MEASURES
                    }
                    compared = self._compared(name, k, others, allowed)
                    yield Entry(claim, "paper", _OPERANDS[name], verdict(compared), figures(compared))
        for name in (_ACTIVATIONS, "gaussian"):
            if name in self._operands:
                least = {
                    (c, m): min(self.error(name, c, "lmul", k, m) for k in range(1, 11))
                    for c in ("truncated", "rounded")
                    for m in _MEASURES
                }
                compared = self._compared(name, 6, least, NEAR)
                claim = "6-bit L-Mul reaches the least error of L-Mul with any number of bits"
                yield Entry(claim, "paper", _OPERANDS[name], verdict(compared), figures(compared))

    def _compared(
        self, operands: str, bits: int, others: dict[tuple[str, str], float], allowed: float
    ) -> list[ClaimComparison]:
        """Compare L-Mul of `bits` with others, by cut and measure."""
        return [
            ClaimComparison(group, _MEASURES[m], self.error(operands, CUTS[group][0], "lmul", bits, m), other, allowed)
            for (group, m), other in others.items()
        ]

    def _expectations(self) -> Iterator[Entry]:
        rows = {row["k"]: row for row in self.found["expectation"]}
        for form, key in (("equation 1", "equation1"), ("the adder", "adder")):
            # Rounded operands have an expected error of 0, and so does their exact product.
            others = {"truncated": abs(rows[2]["exact_counted"]), "truncated against rounded": 0.0}
            compared = [
                ClaimComparison(group, f"k = {k}", abs(rows[k][f"{key}_counted"]), other)
                for group, other in others.items()
                for k in (2, 3, 4, 6)
            ]
            claim = f"the expected error of L-Mul, as {form}, is smaller in size than that of exact 2-bit products"
            yield Entry(claim, "paper", "uniform mantissas, truncated", verdict(compared), figures(compared))

    def own_figures(self) -> Iterator[Entry]:
        """Yield our figures published before this command existed."""
        rows = {row["bits"]: row for row in self.found["mantissas"]}
        where = "every pair of M-bit mantissas"
        for at, (method, title) in enumerate(_COLUMNS.items()):
            pairs = [(f"M = {m}", _TABLE[m][at], float(rows[m][f"{method}_mean"])) for m in _TABLE]
            yield figure_entry(f"mean |relative error| of {title}", where, pairs)
        best = [(f"M = {m}", claimed, float(rows[m]["best_mean"])) for m, claimed in ((4, ".0270"), (7, ".0253"))]
        yield figure_entry("mean |relative error| of addition with the best D", where, best)
        yield figure_entry("bias of L-Mul", where, [("M = 3", ".049", float(rows[3]["lmul_bias"]))])
        for (cut, method), claimed in _CUT_FIGURES.items():
            pairs = [(f"k = {k}", c, self.error("mantissa", cut, method, k, "mean")) for k, c in claimed.items()]
            title = f"mean |relative error| of {'L-Mul' if method == 'lmul' else 'exact products'}"
            yield figure_entry(title, f"uniform mantissas, {cut}", pairs)
        kept = {name: _same_after_one(name) for name in ("e5m2", "e4m3", "e3m4", "bf16")}
        text = "normal numbers that stay what they are: " + ", ".join(f"{n} of {name}" for name, n in kept.items())
        told = FAILS if kept["e5m2"] or kept["e4m3"] else HOLDS
        yield Entry("1.0 x y is not y for M <= 3", "ours", "L-Mul, flush, every normal y but the largest", told, text)


def _same_after_one(name: str) -> int:
    """Count a format's positive normal numbers, but the largest, that L-Mul by 1 does not change."""
    f = format_named(name)
    codes = np.arange(f.hidden_one, f.top)
    return int((multiply(Parameters(f), encode(f, 1.0), codes) == codes).sum())
