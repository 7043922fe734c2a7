"""Tables of `lmul accuracy attention`, and the findings from them."""

from collections.abc import Sequence

from lmul.accuracy.attention.replaced_matmul import Arm
from lmul.accuracy.attention.study import AttentionError
from lmul.accuracy.attention.variants import BITS
from lmul.accuracy.unbounded import Cut
from lmul.reporting.sections import Record, Section, Show, decimals, plain, scientific

BASELINE = "exact_e4m3_rounded"
"""Replacement that errors are given relative to."""

SCOPES = {
    "attention": "both products of matrices of attention replaced",
    "all": "all products of matrices replaced",
}
SHORT = {Cut.TRUNCATED: "trunc.", Cut.ROUNDED: "round."}

Rows = Sequence[AttentionError]


def error(row: AttentionError) -> float:
    """Return the mean square with all layers replaced, or with one at a time where the whole run is missing."""
    found = row.mse if row.whole_mse is None else row.whole_mse
    assert found is not None
    return found


def ratio(row: AttentionError, rows: Rows) -> float:
    """Compute the mean square relative to the baseline's in the same scope."""
    return error(row) / error(_baseline(row, rows))


def _baseline(row: AttentionError, rows: Rows) -> AttentionError:
    return next(r for r in rows if (r.scope, r.replacement.name) == (row.scope, BASELINE))


def record(row: AttentionError, rows: Rows) -> Record:
    """Return all values of a row as a flat record."""
    baseline, replacement = _baseline(row, rows), row.replacement
    agreement = row.agreement
    low, high = agreement.interval if agreement else (None, None)
    return {
        "name": replacement.name,
        "scope": row.scope,
        "method": replacement.arm.value,
        "operands": replacement.operands_name,
        "cut": replacement.cut.value,
        "constant": None if replacement.form == "exact" else replacement.constant,
        "gain": replacement.gain,
        "mse": row.mse,
        "mse_ratio": _quotient(row.mse, baseline.mse),
        "whole_mse": row.whole_mse,
        "whole_mse_ratio": _quotient(row.whole_mse, baseline.whole_mse),
        "cosine_mean": row.cosine_mean,
        "cosine_least": row.cosine_least,
        "nearest_same": agreement.share if agreement else None,
        "nearest_low": low,
        "nearest_high": high,
        "sentences": agreement.count if agreement else None,
    }


def _quotient(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a / b


def layers(row: AttentionError) -> dict[str, list[float]]:
    """Return the mean squares layer by layer."""
    return {"mse_by_layer": list(row.single), "whole_mse_by_layer": list(row.whole)}


def scope_section(rows: Rows, scope: str) -> Section:
    """Make the table of all arms of a scope, both cuts in one row."""
    records: dict[tuple[Arm, str], Record] = {}
    for row in (r for r in rows if r.scope == scope):
        flat = record(row, rows)
        arm, operands = row.replacement.arm, row.replacement.operands_name
        family = "formats" if operands in ("e4m3", "e5m2") else operands.replace("bf16", "e8m7")
        made = records.setdefault((arm, operands), {"operands": operands, "method": arm.label, "family": family})
        cut = row.replacement.cut
        made |= {f"{key}_{cut}": flat[key] for key in ("mse_ratio", "whole_mse_ratio", "cosine_mean", "cosine_least")}
        made[f"nearest_{cut}"] = None if row.agreement is None else _agreement(row)
    columns: dict[str, tuple[str, Show]] = {"operands": ("operands", plain), "method": ("method", plain)}
    for key, title, show in (
        ("mse_ratio", "MSE", decimals(2)),
        ("whole_mse_ratio", "whole", decimals(2)),
        ("cosine_mean", "cos", decimals(5)),
        ("cosine_least", "least", decimals(4)),
        ("nearest", "neighbour", plain),
    ):
        columns |= {f"{key}_{cut}": (f"{title} {SHORT[cut]}", show) for cut in Cut}
    ordered = sorted(records.values(), key=lambda each: (each["family"] != "formats", str(each["family"])))
    title = f"Error with {SCOPES[scope]}; MSE and whole as ratios to exact e4m3, rounded"
    return Section(f"{scope}_arms", title, ordered, columns, group=("family",))


def _agreement(row: AttentionError) -> str:
    assert row.agreement is not None
    low, high = row.agreement.interval
    return f"{100 * row.agreement.share:.0f} % ({100 * low:.0f} to {100 * high:.0f})"


def layer_section(rows: Rows, scope: str) -> Section:
    """Make the table of mean squares of each layer."""
    own = [r for r in rows if r.scope == scope]
    alone = bool(own[0].single)
    records: list[Record] = []
    for row in own:
        values = row.single if alone else row.whole
        made: Record = {"name": row.replacement.name, "scope": scope}
        made |= {"constant": row.replacement.constant, "gain": row.replacement.gain, "mean": sum(values) / len(values)}
        records.append(made | {str(i): value for i, value in enumerate(values)})
    columns: dict[str, tuple[str, Show]] = {"name": ("arm", plain)}
    columns |= {"constant": ("constant", decimals(4)), "gain": ("gain", decimals(4)), "mean": ("mean", scientific)}
    layers = len(own[0].single if alone else own[0].whole)
    columns |= {str(i): (f"layer {i}", scientific) for i in range(layers)}
    which = "that layer alone replaced" if alone else "all layers replaced"
    title = f"Mean squared error of the attention output, layer by layer: {SCOPES[scope]}, {which}"
    return Section(f"{scope}_layers", title, records, columns, group=("scope",))


def findings(rows: Rows) -> list[str]:
    """Say for how many bits L-Mul's attention is as accurate as exact formats, and what its constant does."""
    sentences = []
    for scope in dict.fromkeys(row.scope for row in rows):
        own = {r.replacement.name: r for r in rows if r.scope == scope}
        for baseline in ("exact_e4m3_rounded", "exact_e5m2_rounded"):
            answers = []
            for cut in Cut:
                good = [str(k) for k in BITS if error(own[f"lmul_e8m{k}_{cut}"]) <= error(own[baseline])]
                answers.append(_for_bits(cut, good))
            what = f"With {SCOPES[scope]}, L-Mul's squared error is at most that of {baseline.replace('_', ' ')}"
            sentences.append(f"{what} for {'; '.join(answers)}.")
        # Only baselines that were measured with every number of bits.
        baselines = {"exact": "exact products of the same operands"}
        baselines |= {"fitted": "exact products of the same operands with a gain"} if scope != "all" else {}
        for baseline, title in baselines.items():
            answers = []
            for cut in Cut:
                pairs = [(k, f"{baseline}_{'bf16' if k == 7 else f'e8m{k}'}_{cut}") for k in BITS]
                less = [str(k) for k, name in pairs if error(own[f"lmul_e8m{k}_{cut}"]) < error(own[name])]
                answers.append(_for_bits(cut, less))
            what = f"With {SCOPES[scope]}, L-Mul's squared error is less than that of {title}"
            sentences.append(f"{what} for {'; '.join(answers)}.")
        values = [error(own[f"{m}_e4m3_rounded"]) / error(own[BASELINE]) for m in ("lmul", "gain", "best")]
        sentences.append(
            f"With {SCOPES[scope]} and operands rounded to e4m3, the squared error is {values[0]:.1f} times that of "
            f"exact products with the paper's constant, {values[1]:.1f} times with none and a gain, {values[2]:.1f} "
            "times with the best constant and its gain."
        )
    return sentences


def _for_bits(cut: Cut, bits: Sequence[str]) -> str:
    return f"{cut} operands: k = {', '.join(bits)}" if bits else f"{cut} operands: no k"
