"""Tables of `lmul accuracy dots`, and the findings from them."""

from collections.abc import Sequence

from lmul.accuracy.constant_search import Objective, search_for
from lmul.accuracy.distributions import Distribution
from lmul.accuracy.dots.by_length import DISTRIBUTIONS, DotError
from lmul.accuracy.unbounded import Cut
from lmul.golden.formats import Format, format_named
from lmul.golden.methods import paper_constant
from lmul.reporting.sections import Record, Section, Show, decimals, percent_of, plain

TITLES = {Distribution.UNIFORM: "positive uniform operands", Distribution.GAUSSIAN: "Gaussian operands"}
SHORT = {Cut.TRUNCATED: "trunc.", Cut.ROUNDED: "round."}
_MIDDLE = 64

Rows = Sequence[DotError]


def summary_section(rows: Rows, distribution: Distribution, all_accumulators: bool) -> Section:
    """Make a table of bias and errors at two lengths: all methods in exact sums, or two in every accumulator."""
    records: dict[tuple[str, str, str], Record] = {}
    longest = max(rows[0].lengths)
    lengths = dict.fromkeys((min(_MIDDLE, longest), longest))
    for row in rows:
        fits = row.method in ("exact", "lmul") if all_accumulators else row.exact_sums
        if row.distribution is not distribution or not fits:
            continue
        names = (row.format, row.method, row.accumulator)
        record = records.setdefault(names, dict(zip(("format", "method", "accumulator"), names, strict=True)))
        for length in lengths:
            at = row.lengths.index(length)
            for what in ("bias", "before", "after", "gain", "saturated"):
                record[f"{what}_{length}_{row.cut}"] = getattr(row, what)[at]
    columns: dict[str, tuple[str, Show]] = {name: (name, plain) for name in ("format", "method", "accumulator")}
    for what, wanted in (("bias", lengths), ("before", [longest]), ("after", [longest])):
        for length in wanted:
            title = f"{what} {length}"
            columns |= {f"{what}_{length}_{cut}": (f"{title} {SHORT[cut]}", percent_of(2)) for cut in Cut}
    columns[f"gain_{longest}_rounded"] = ("gain round.", decimals(3))
    if all_accumulators:
        columns[f"saturated_{longest}_rounded"] = ("saturated round.", percent_of(0))
    which = "by accumulator" if all_accumulators else "by method, exact sums"
    return Section(
        f"{distribution}_{'accumulators' if all_accumulators else 'methods'}",
        f"Dot products of {TITLES[distribution]} {which}",
        list(records.values()),
        columns,
    )


def length_section(rows: Rows, distribution: Distribution, what: str) -> Section:
    """Make the table of one measure of exact sums by length."""
    kept = [row for row in rows if row.distribution is distribution and row.exact_sums]
    records: list[Record] = []
    for row in sorted(kept, key=lambda r: [r.format != each.format for each in kept]):
        record: Record = {"format": row.format, "method": row.method, "cut": row.cut.value}
        record |= {str(length): value for length, value in zip(row.lengths, getattr(row, what), strict=True)}
        records.append(record)
    columns: dict[str, tuple[str, Show]] = {name: (name, plain) for name in ("format", "method", "cut")}
    columns |= {str(length): (f"K = {length}", percent_of(2)) for length in rows[0].lengths}
    title = {"bias": "Bias", "before": "NRMSE", "after": "NRMSE after the gain"}[what]
    return Section(f"{distribution}_{what}", f"{title} by length, {TITLES[distribution]}, exact sums", records, columns)


def best_section(formats: Sequence[Format]) -> Section:
    """Make the table of the best constants for products, with and without a gain, beside the paper's and none."""
    records: list[Record] = []
    for format in formats:
        for distribution in DISTRIBUTIONS:
            for cut in Cut:
                record: Record = {"format": format.name, "operands": distribution.value, "cut": cut.value}
                paper = paper_constant(format.mantissa_bits)
                for suffix, with_gain in (("", False), ("_gain", True)):
                    search = search_for(format, distribution, Objective.NMSE, with_gain, cut)
                    best = search.least(format.hidden_one)
                    chosen = {"best": best, "none": search.at(0.0), "paper": search.at(paper / format.hidden_one)}
                    for name, each in chosen.items():
                        record |= {f"{name}{suffix}_d": each.d(format), f"{name}{suffix}_nrmse": each.error**0.5}
                        record[f"{name}{suffix}_gain"] = each.gain
                records.append(record)
    columns: dict[str, tuple[str, Show]] = {name: (name, plain) for name in ("format", "operands", "cut")}
    for name, title in (("paper", "paper's"), ("none", "no constant"), ("best", "best")):
        for suffix in ("", "_gain"):
            if name == "best":
                columns[f"best{suffix}_d"] = (f"best{' with gain' if suffix else ''} D", plain)
            columns[f"{name}{suffix}_nrmse"] = (f"{title} {'with gain' if suffix else 'NRMSE'}", percent_of(2))
            if suffix:
                columns[f"{name}_gain_gain"] = (f"{title} gain", decimals(3))
    title = "The constant D with the least NRMSE of the product, alone and with a gain, beside the paper's and none"
    note = "Found on other operands than those of the tables above: lmul.best_constant."
    return Section("best", title, records, columns, group=("format",), notes=[note])


def findings(rows: Rows, best: Section) -> list[str]:
    """Say what follows from the tables."""
    sentences = []
    found = {(r.distribution, r.cut, r.format, r.method): r for r in rows if r.exact_sums}
    for name in dict.fromkeys(row.format for row in rows):
        for cut in Cut:
            lmul = found[Distribution.UNIFORM, cut, name, "lmul"]
            exact = found[Distribution.UNIFORM, cut, name, "exact"]
            sentences.append(
                f"{name}, {cut}, K = {lmul.lengths[-1]}, positive operands: L-Mul is off by "
                f"{100 * lmul.before[-1]:.2f} % (bias {100 * lmul.bias[-1]:+.2f} %), after the gain "
                f"{lmul.gain[-1]:.3f} by {100 * lmul.after[-1]:.2f} %; exact {100 * exact.before[-1]:.2f} and "
                f"{100 * exact.after[-1]:.2f} %."
            )
    for record in best.records:
        if record["operands"] == "gaussian" and record["cut"] == "rounded":
            m = format_named(str(record["format"])).mantissa_bits
            sentences.append(
                f"{record['format']} (M = {m}), rounded Gaussian operands: no constant, gain "
                f"{record['none_gain_gain']:.3f} leaves {_percent(record['none_gain_nrmse'])}, the paper's, gain "
                f"{record['paper_gain_gain']:.3f} {_percent(record['paper_gain_nrmse'])}, without gain "
                f"{_percent(record['paper_nrmse'])}; the best D = {record['best_gain_d']} with its gain "
                f"{_percent(record['best_gain_nrmse'])}."
            )
    return sentences


def _percent(value: str | float | None) -> str:
    return f"{100 * float(value or 0):.2f} %"
