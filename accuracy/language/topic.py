"""Report of language models, `lmul accuracy language`."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from matplotlib.figure import Figure

from lmul.accuracy.language.perplexity import Losses, Perplexity
from lmul.accuracy.language.variants import SCOPES
from lmul.accuracy.model.compared import described
from lmul.reporting.drawing import image, plain_axes
from lmul.reporting.sections import Record, Section, decimals, plain
from lmul.reporting.topic import Picture, Topic
from lmul.tools.session import Plan, Session

TITLE = "Perplexity of a language model, its products replaced"

TITLES = {"attention": "attention", "all": "all products"}

NOTES = [
    "attention: Q K^T and the product of weights and V are replaced. all products: those with the model's weights and "
    "the last layer's, too. Softmax, norms, rotary positions and the sums of residuals are float32's.",
    "Every sum is bit for bit that of a unit with the accumulator named; what is between units is float32. Scale "
    "`tensor`: a power of two for each matrix, such that neither operands nor sums saturate; `block`: one for 32 "
    "elements along K, sums of blocks added in float64; operands below the smallest normal number are zero.",
    "Perplexity is exp of the mean loss a token; the first token of a block is not predicted. Interval: 95 %, "
    "Student's t over the blocks of text, taken as independent. Ratio to float32: by the difference of losses block "
    "for block, which is why its interval is much narrower.",
    "One model and one text: not to be taken for what other models or tasks lose.",
]


@dataclass(frozen=True)
class Language(Topic[Session]):
    """Topic: perplexities with replaced products.

    Parameters
    ----------
    jobs : sequence of Perplexity
        Jobs; the first is that of float32.
    """

    jobs: Sequence[Perplexity]

    def plan(self, setting: Session) -> Plan:
        """List the jobs."""
        return [(setting, self.jobs)]

    def rows(self, setting: Session) -> list[Losses]:
        """Look up the outcomes of the jobs."""
        return [setting[job] for job in self.jobs]

    def lines(self, setting: Session) -> list[Record]:
        """List the rows of the CSV file."""
        rows = self.rows(setting)
        return [record(row, rows[0]) for row in rows]

    def sections(self, setting: Session) -> list[Section]:
        """Make the table."""
        columns = {
            "scope": ("replaced", plain),
            "operands": ("operands", plain),
            "cut": ("cut", plain),
            "method": ("method", plain),
            "sums": ("sums", plain),
            "scale": ("scale", plain),
            "perplexity": ("perplexity", decimals(2)),
            "low": ("from", decimals(2)),
            "high": ("to", decimals(2)),
            "ratio": ("to float32", decimals(4)),
            "ratio_low": ("from", decimals(4)),
            "ratio_high": ("to", decimals(4)),
        }
        return [Section("perplexity", TITLE, self.lines(setting), columns, group=("scope",))]

    def pictures(self, setting: Session) -> dict[str, Picture]:
        """Draw the ratios to float32."""
        lines = [line for line in self.lines(setting) if line["arithmetic"] is not None]
        return {"": Picture(TITLE, partial(_drawn, lines))} if lines else {}

    def data(self, setting: Session) -> dict[str, Any]:
        """Return every figure, by scope and arithmetic."""
        rows = self.rows(setting)
        found: dict[str, Any] = {"float32": record(rows[0], rows[0])}
        for scope in SCOPES:
            own = [row for row in rows[1:] if row.variant.scope == scope]
            found[scope] = {str(record(row, rows[0])["arithmetic"]): record(row, rows[0]) for row in own}
        return found

    def findings(self, setting: Session) -> list[str]:
        """Say what is closest to float32 in each scope, and what L-Mul loses beside exact e4m3."""
        sentences = []
        lines = [line for line in self.lines(setting) if line["arithmetic"] is not None]
        for title in TITLES.values():
            own = {str(line["arithmetic"]): line for line in lines if line["scope"] == title}
            pair = [
                own[name] for name in ("exact_e4m3_rounded_fp32_tensor", "lmul_e4m3_rounded_fp32_tensor") if name in own
            ]
            if len(pair) == 2:
                exact, ours = (
                    f"{float(each['ratio'] or 0):.4f} ({each['ratio_low']:.4f} to {each['ratio_high']:.4f})"
                    for each in pair
                )
                sentences.append(
                    f"With {title} replaced, operands rounded to e4m3 and sums in float32, the perplexity is {exact} "
                    f"times that of float32 by exact products and {ours} times by L-Mul."
                )
        return sentences


def record(row: Losses, float32: Losses) -> Record:
    """Make the record of a variant."""
    arithmetic = row.variant.arithmetic
    low, high = row.bounds
    scope = "nothing" if arithmetic is None else TITLES[row.variant.scope]
    made: Record = {"scope": scope, **described(arithmetic)}
    ratio, ratio_low, ratio_high = row.ratio(float32) if arithmetic is not None else (None, None, None)
    made |= {"perplexity": row.perplexity, "low": low, "high": high}
    return made | {"ratio": ratio, "ratio_low": ratio_low, "ratio_high": ratio_high}


def _drawn(lines: list[Record], kind: str) -> bytes:
    return image(partial(_figure, lines), kind, Title=TITLE)


def _figure(lines: list[Record]) -> Figure:
    """Draw the ratio to float32 with its interval, a line a variant and a panel a scope."""
    scopes = list(dict.fromkeys(str(line["scope"]) for line in lines))
    names = list(dict.fromkeys(_label(line) for line in lines))
    figure = Figure(figsize=(9.5, 1.3 + 0.24 * len(names)), dpi=120, facecolor="white", layout="constrained")
    for axes, scope in zip(figure.subplots(1, len(scopes), sharey=True, squeeze=False)[0], scopes, strict=True):
        for line in (each for each in lines if each["scope"] == scope):
            values = [100 * (float(line[key] or 1) - 1) for key in ("ratio", "ratio_low", "ratio_high")]
            place = len(names) - names.index(_label(line))
            axes.plot(values[1:], [place, place], "-", color="#888888", lw=2)
            axes.plot(values[:1], [place], "o", color="#0072B2" if line["method"] != "exact" else "#D55E00", ms=4.5)
        axes.set_yticks(range(len(names), 0, -1), names, fontsize=8)
        axes.axvline(0, color="#666666", lw=1, ls=":", zorder=0)
        axes.set_xscale("symlog", linthresh=1)
        axes.set_title(f"{scope} replaced", fontsize=10, loc="left")
        axes.set_xlabel("perplexity above float32's, %")
        plain_axes(axes)
    return figure


def _label(line: Record) -> str:
    parts = (line["method"], line["operands"], line["cut"], "block scales" if line["scale"] == "block" else None)
    sums = f"sums {line['sums']}" if line["sums"] not in ("fp32", "fixed") else None
    return " ".join(str(part) for part in (*parts, sums) if part not in (None, "rounded"))
