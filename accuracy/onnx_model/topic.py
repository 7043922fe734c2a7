"""Report of ONNX models, `lmul accuracy model`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lmul.accuracy.model.compared import described
from lmul.accuracy.onnx_model.study import ModelError, ModelRun
from lmul.reporting.sections import Record, Section, Show, percent_of, plain, significant_percent
from lmul.reporting.topic import Topic
from lmul.tools.session import Plan, Session

TITLE = "Error of an ONNX model, its products replaced"

NOTES = [
    "The products of MatMul, Gemm and Conv are replaced, all of them; everything else, biases too, is float32's, by "
    "onnx's reference evaluator. Every sum is bit for bit that of a unit with the accumulator named.",
    "Scale `tensor`: a power of two for each matrix, such that neither operands nor sums saturate; `block`: one for 32 "
    "elements along K, sums of blocks added in float64; operands below the smallest normal number are zero.",
    "Error: norm of the difference to float32 by that of float32, over all inputs. A layer's error has those of the "
    "layers before it in it. Same: inputs whose largest element of the first output is that of float32.",
]


@dataclass(frozen=True)
class Model(Topic[Session]):
    """Topic: errors of an ONNX model with replaced products.

    Parameters
    ----------
    jobs : sequence of ModelRun
        Jobs; the first is that of float32.
    """

    jobs: Sequence[ModelRun]

    def plan(self, setting: Session) -> Plan:
        """List the jobs."""
        return [(setting, self.jobs)]

    def rows(self, setting: Session) -> list[ModelError]:
        """Look up the outcomes of the jobs."""
        return [setting[job] for job in self.jobs]

    def lines(self, setting: Session) -> list[Record]:
        """List the rows of the CSV file: each output and layer by each arithmetic."""
        return [
            {**described(row.arithmetic), "node": each.name, "operator": each.operator, "error": each.error}
            for row in self.rows(setting)
            for each in (*row.outputs, *row.layers)
        ]

    def sections(self, setting: Session) -> list[Section]:
        """Make the table of outputs, and that of layers."""
        rows = self.rows(setting)
        named = ("method", "operands", "cut", "sums", "scale")
        columns: dict[str, tuple[str, Show]] = {key: (key, plain) for key in named}
        share = {"same": ("same", percent_of(2)), "right": ("right", percent_of(2))}
        outputs = {f"output{i}": (each.name, significant_percent(3)) for i, each in enumerate(rows[0].outputs)}
        told = [_record(row) for row in rows]
        every = [
            {"layer": each.name, "operator": each.operator}
            | {_name(row): row.layers[i].error for row in rows if row.arithmetic is not None}
            for i, each in enumerate(rows[0].layers)
        ]
        by_layer: dict[str, tuple[str, Show]] = {"layer": ("layer", plain), "operator": ("operator", plain)}
        by_layer |= {_name(row): (_name(row), significant_percent(3)) for row in rows if row.arithmetic is not None}
        return [
            Section("outputs", TITLE, told, columns | outputs | share, group=()),
            Section("layers", "Error of each layer's output", every, by_layer, group=()),
        ]

    def data(self, setting: Session) -> dict[str, Any]:
        """Return every figure, by arithmetic."""
        return {
            _name(row): _record(row) | {"layers": {f"{i} {each.name}": each.error for i, each in enumerate(row.layers)}}
            for row in self.rows(setting)
        }

    def findings(self, setting: Session) -> list[str]:
        """Say how close exact and L-Mul products of e4m3 come."""
        found = {_name(row): row for row in self.rows(setting)}
        pair = [found.get(name) for name in ("exact_e4m3_rounded_fp32_tensor", "lmul_e4m3_rounded_fp32_tensor")]
        errors = [row.outputs[0].error for row in pair if row is not None and row.outputs]
        if len(errors) < 2 or None in errors:
            return []
        exact, ours = (100 * float(error or 0) for error in errors)
        return [
            f"With operands rounded to e4m3 and sums in float32, the first output is off by {exact:.3g} % with exact "
            f"products and by {ours:.3g} % with L-Mul."
        ]


def _name(row: ModelError) -> str:
    return "float32" if row.arithmetic is None else row.arithmetic.name


def _record(row: ModelError) -> Record:
    made: Record = described(row.arithmetic)
    made |= {f"output{i}": each.error for i, each in enumerate(row.outputs)}
    for key in ("same", "right"):
        number = getattr(row, key)
        made[key] = None if number is None or not row.count else number / row.count
    return made
