"""Report of attention, `lmul accuracy attention`."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from lmul.accuracy.attention.picture import attention_figure
from lmul.accuracy.attention.replaced_matmul import MOST_RANK
from lmul.accuracy.attention.sections import findings, layer_section, layers, record, scope_section
from lmul.accuracy.attention.study import LINEAR_RANK, AttentionError, HeadErrors, ModelErrors
from lmul.accuracy.attention.variants import GAIN
from lmul.reporting.drawing import image
from lmul.reporting.sections import Record, Section
from lmul.reporting.topic import Picture, Topic
from lmul.tools.session import Plan, Session

TITLE = "What replaced multiplications do to a transformer"

NOTES = [
    "Operands of e8mk have k mantissa bits and exponents without bounds: range plays no part. For e4m3 and e5m2 each "
    "matrix gets the largest power of two for a scale that does not saturate, and what is then below the smallest "
    "normal number is zero, as in the units of this project. A matrix is the operand of all sentences of one length, "
    "in linear layers of all sentences. bf16 is e8m7.",
    "trunc. and round.: how operands come to that. Which method is better depends on it, so both are always shown.",
    "Sums are float32's; softmax, norms and GELU are too. MSE: of the output of attention, before its linear layer, "
    "against float32; mean over the layers. MSE alone: a layer at a time is replaced, on float32's Q, K and V. whole: "
    "all layers are, so that errors of the layers before come in.",
    "cos: cosine of an embedding (mean of the tokens, scaled to length 1) to that of float32; least: of all sentences. "
    "neighbour: sentences whose nearest other one by cosine is that of float32; in brackets Wilson's interval of 95 %. "
    "It tells few of the arms apart.",
    "L-Mul is the adder with the paper's constant 2^-l(k). Eq. 1 is the paper's equation with it, which is not what "
    "the adder computes. best: the whole number of LSBs and the gain with the least NMSE on Gaussian operands, other "
    f"than these. no constant, gain: {GAIN} as a factor of the sums. exact, gain: exact products and the factor best "
    "on those Gaussian operands; it undoes the bias of truncation, as L-Mul's constant does in part.",
    "The adder's table of products of mantissas is computed by matrices of rank "
    f"{MOST_RANK} in attention and {LINEAR_RANK} in linear layers: its own where it has no more rows than that, else "
    "the nearest, whose missing part is in the mean square below 0.004 of the adder's own error.",
    "One model and few sentences: not to be taken for what other models or tasks lose.",
]


@dataclass(frozen=True)
class Attention(Topic[Session]):
    """Topic: errors of attention with replaced matrix products.

    Parameters
    ----------
    jobs : sequence of ModelErrors or HeadErrors
        Jobs, one for each replacement and scope.
    """

    jobs: Sequence[ModelErrors | HeadErrors]

    def plan(self, setting: Session) -> Plan:
        """List the jobs."""
        return [(setting, self.jobs)]

    def sections(self, setting: Session) -> list[Section]:
        """Make the table of each scope, then the table of its layers."""
        rows = self.rows(setting)
        scopes = _scopes(rows)
        return [scope_section(rows, scope) for scope in scopes] + [layer_section(rows, scope) for scope in scopes]

    def pictures(self, setting: Session) -> dict[str, Picture]:
        """Draw the errors of all replacements."""
        return {"": Picture(TITLE, partial(_drawn, self.rows(setting)))}

    def data(self, setting: Session) -> dict[str, Any]:
        """Return every figure, by scope and name of the replacement."""
        rows = self.rows(setting)
        return {
            scope: {row.replacement.name: record(row, rows) | layers(row) for row in rows if row.scope == scope}
            for scope in _scopes(rows)
        }

    def findings(self, setting: Session) -> list[str]:
        """Say what follows from the tables."""
        return findings(self.rows(setting))

    def rows(self, setting: Session) -> list[AttentionError]:
        """Look up the outcomes of the jobs."""
        return [setting[job] for job in self.jobs]

    def lines(self, setting: Session) -> list[Record]:
        """List the rows of the CSV file."""
        rows = self.rows(setting)
        return [record(row, rows) for row in rows]

    def shown(self, setting: Session) -> list[str]:
        """List the keys of the tables that a terminal shows."""
        rows = self.rows(setting)
        return [scope_section(rows, scope).key for scope in _scopes(rows)]


def _scopes(rows: Sequence[AttentionError]) -> list[str]:
    return list(dict.fromkeys(row.scope for row in rows))


def _drawn(rows: list[AttentionError], kind: str) -> bytes:
    return image(partial(attention_figure, rows), kind, Title=TITLE)
