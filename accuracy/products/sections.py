"""Tables of `lmul accuracy products`, and the findings from them."""

from collections.abc import Sequence

import numpy as np

from lmul.accuracy.products.closed_form import by_adder, by_equation1, truncation
from lmul.accuracy.products.study import BITS, MantissaError, ProductError, every_pair
from lmul.accuracy.unbounded import Cut, adder, cut_to_bits, equation1
from lmul.golden.methods import paper_constant
from lmul.reporting.sections import Record, Section, Show, decimals, plain, scientific

MEASURES = {
    "mean": "mean |relative error|",
    "bias": "bias: mean relative error",
    "rms": "root of the mean squared relative error",
    "largest": "largest |relative error|",
    "nmse": "NMSE: squared errors over squared products",
}
METHODS = {
    "exact": "exact",
    "rounded": "rounded",
    "lmul": "L-Mul",
    "mitchell": "Mitchell",
    "equation1": "Eq. 1",
    "best_mean": "best c",
}
_SHORT = {Cut.TRUNCATED: "trunc.", Cut.ROUNDED: "round."}
_TITLES = {"mantissa": "Uniform mantissas", "gaussian": "Gaussian operands"}
_M = 9  # mantissa bits of the operands whose expected errors are computed over all pairs

Rows = Sequence[ProductError]


def title_of(operands: str) -> str:
    """Return the operands in words, or the names of files for operands of the user's."""
    return _TITLES.get(operands, operands)


def measure_section(rows: Rows, operands: str, measure: str, which: str = "total") -> Section:
    """Make the table of one measure of all methods, a row for each number of bits and for each format."""
    records: dict[tuple[int | None, str | None], Record] = {}
    for row in rows:
        if row.operands == operands and row.method in METHODS:
            name = row.format or f"k = {row.bits}"
            blank = {f"{m}_{c}": None for m in METHODS for c in Cut}
            record = records.setdefault((row.bits, row.format), {"operands": operands, "bits": name, **blank})
            record[f"{row.method}_{row.cut}"] = getattr(getattr(row, which), measure)
    number: Show = scientific if measure == "nmse" else decimals(4)
    columns: dict[str, tuple[str, Show]] = {"bits": ("operands", plain)}
    for method, title in METHODS.items():
        columns |= {f"{method}_{cut}": (f"{title} {_SHORT[cut]}", number) for cut in Cut}
    against = "the uncut operands" if which == "total" else "the cut operands"
    return Section(
        f"{operands}_{which}_{measure}",
        f"{MEASURES[measure]}, against the product of {against}: {title_of(operands)}",
        list(records.values()),
        columns,
        group=("operands",),
    )


def constant_section(rows: Rows, operands: str) -> Section:
    """Make the table of the adder with every power of two, and with the best real constants."""
    records: dict[tuple[int | None, str], Record] = {}
    for row in rows:
        if row.operands != operands or row.constant is None or row.method == "equation1":
            continue
        best = row.method.startswith("best")
        name = row.method.replace("_", ", ") if best else f"2^{np.log2(row.constant):.0f}" if row.constant else "none"
        record = records.setdefault((row.bits, name), {"bits": row.bits, "constant": name})
        record["papers"] = "paper" if row.method == "lmul" else None
        record[f"constant_{row.cut}"] = row.constant
        for measure in ("mean", "bias", "nmse"):
            record[f"{measure}_{row.cut}"] = getattr(row.total, measure)
    columns: dict[str, tuple[str, Show]] = {
        "bits": ("k", plain),
        "constant": ("constant", plain),
        "papers": ("", plain),
    }
    for measure, number in (
        ("constant", decimals(4)),
        ("mean", decimals(4)),
        ("bias", decimals(4)),
        ("nmse", scientific),
    ):
        columns |= {f"{measure}_{cut}": (f"{measure} {_SHORT[cut]}", number) for cut in Cut}
    title = f"The adder with each constant, against the product of the uncut operands: {title_of(operands)}"
    return Section(f"{operands}_constants", title, list(records.values()), columns, group=("bits",))


def mantissa_section(found: Sequence[MantissaError]) -> Section:
    """Make the table of errors over every pair of M-bit mantissas."""
    records: list[Record] = []
    for each in found:
        record: Record = {"bits": each.bits, "best_d": each.best_d}
        for method in ("mitchell", "lmul", "best", "equation1", "rounded"):
            measured = getattr(each, method)
            record |= {f"{method}_mean": measured.mean, f"{method}_bias": measured.bias}
        records.append(record)
    titles = {"mitchell": "no constant", "lmul": "L-Mul", "best": "best D", "equation1": "Eq. 1", "rounded": "rounded"}
    columns: dict[str, tuple[str, Show]] = {"bits": ("M", plain), "best_d": ("best D", plain)}
    for what in ("mean", "bias"):
        columns |= {f"{method}_{what}": (f"{title} {what}", decimals(4)) for method, title in titles.items()}
    title = "Relative error over every pair of M-bit mantissas, against their exact product"
    note = "The best D is the whole number of mantissa LSBs with the least mean. Exponents play no part."
    return Section("mantissas", title, records, columns, group=(), notes=[note])


def expectation_section() -> Section:
    """Make the table of expected errors, in closed form and as a mean over all pairs."""
    x, y = every_pair(_M)
    true, records = (x * y).mean(), list[Record]()
    for k in (k for k in BITS if k < _M):
        d = paper_constant(k)
        cut_x, cut_y = (cut_to_bits(side, k, Cut.TRUNCATED) for side in (x, y))
        closed = (truncation(_M, k), by_equation1(_M, k, d), by_adder(_M, k, d))
        constant = d / (1 << k)
        counted = (cut_x * cut_y, equation1(cut_x, cut_y, constant), adder(cut_x, cut_y, constant))
        record: Record = {"k": k, "d": d}
        for name, formula, products in zip(("exact", "equation1", "adder"), closed, counted, strict=True):
            record |= {f"{name}_closed": float(formula), f"{name}_counted": float(products.mean() - true)}
        records.append(record)
    columns: dict[str, tuple[str, Show]] = {"k": ("k", plain), "d": ("D", plain)}
    for name, title in (("exact", "exact -f1"), ("equation1", "Eq. 1 -f2"), ("adder", "adder")):
        columns |= {f"{name}_{how}": (f"{title} {how}", decimals(6)) for how in ("closed", "counted")}
    title = f"Expected error of the product of {_M}-bit mantissas cut to k bits by truncation, exponents 0"
    note = "Closed forms: docs/accuracy.md. Counted: the mean over all pairs of mantissas."
    return Section("expectation", title, records, columns, group=(), notes=[note])


def findings(rows: Rows) -> list[str]:
    """Say for how many bits L-Mul is at least as accurate as an exact format, for each cut."""
    means = {(row.operands, row.cut, row.method, row.format or row.bits): row.total.mean for row in rows}
    sentences = []
    for operands in dict.fromkeys(row.operands for row in rows):
        equal = {
            cut: [k for k in BITS if means[operands, cut, "lmul", k] <= means[operands, cut, "exact", k]] for cut in Cut
        }
        shown = "; ".join(f"{f'k = {_ranges(good)}' if good else 'no k'} ({cut})" for cut, good in equal.items())
        what = f"{title_of(operands)}: L-Mul's mean |relative error| is at most that of exact products of as many bits"
        sentences.append(f"{what} for {shown}.")
    for operands in dict.fromkeys(row.operands for row in rows):
        for name in ("e5m2", "e4m3", "e3m4"):
            answers = []
            for cut, other in ((Cut.TRUNCATED,) * 2, (Cut.ROUNDED,) * 2, (Cut.TRUNCATED, Cut.ROUNDED)):
                limit = means[operands, other, "exact", name]
                good = [k for k in BITS if means[operands, cut, "lmul", k] <= limit]
                bits = f"k = {_ranges(good)}" if good else "no k"
                answers.append(f"{bits} ({cut}, against {other}: {limit:.4f})")
            what = f"{title_of(operands)}: L-Mul's mean |relative error| is at most that of exact {name}"
            sentences.append(f"{what} for {'; '.join(answers)}.")
    return sentences


def _ranges(bits: list[int]) -> str:
    """Write numbers as ranges, such as `2, 4 to 10`."""
    starts = [b for b in bits if b - 1 not in bits]
    ends = [b for b in bits if b + 1 not in bits]
    return ", ".join(str(a) if a == b else f"{a} to {b}" for a, b in zip(starts, ends, strict=True))
