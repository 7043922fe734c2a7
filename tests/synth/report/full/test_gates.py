"""The paper's recipe by hand, and what is said about it."""

import numpy as np
import pytest

from lmul.golden.formats import BF16, E4M3, E5M2
from lmul.synth.measure.session import Measured
from lmul.synth.report.full.gate_recount import lmul_parts, paper_gates, recipe_parts, textbook_parts, total
from lmul.synth.report.full.gates import gates_jobs, gates_section
from lmul.synth.report.full.published import PUBLISHED, published_section
from lmul.synth.technology.generic import GATES
from lmul.synth.technology.technology import GENERIC


def test_the_recipe() -> None:
    # An adder of n bits has n - 1 full adders of 11 gates and one half adder of 5.
    assert total(lmul_parts(E4M3)) == total(lmul_parts(E5M2)) == 4 + (5 + 6 * 11) + (5 + 7 * 11) == 157
    assert total(recipe_parts(E5M2)) == 4 + (5 + 4 * 11) + (5 + 7 * 11) + (6 + 3 * 5 + 2 * 11) + 2 * 5 == 188
    assert total(recipe_parts(E5M2)) - 3 == 185  # with one gate for the sign
    assert total(recipe_parts(E4M3)) == 177


@pytest.mark.parametrize("f", [E5M2, E4M3, BF16])
def test_a_textbook_array_has_the_adders_that_its_columns_need(f) -> None:
    """Counted in another way: each full adder takes a bit away, and half adders take none."""
    mantissas = next(part for part in textbook_parts(f) if part.what == "mantissas")
    rows = f.mantissa_bits + 1
    bits = rows * rows  # of partial products
    assert bits - mantissas.full_adders == 2 * rows
    assert mantissas.ands == sum(1 for i, j in np.ndindex(rows, rows) if i < rows - 1 and j < rows - 1)


@pytest.mark.parametrize(
    ("cell", "gates"), [("NAND2", 1), ("AND2", 1), ("NOR4", 3), ("AOI21", 2), ("OAI22", 3), ("XNOR2", 4), ("INV", 1)]
)
def test_gates_in_the_paper_s_unit(cell: str, gates: int) -> None:
    assert paper_gates({cell: 10}) == 10 * gates


def test_every_gate_has_a_price() -> None:
    assert all(paper_gates({gate.name: 1}) >= (gate.name != "BUF") for gate in GATES)


def test_the_section_and_its_verdicts() -> None:
    measured = Measured(GENERIC)
    for job in gates_jobs():
        measured.learn(job, job.run(GENERIC))
    section = gates_section(measured)
    rows = {record["unit"]: record for record in section.records}
    assert rows["exact_e4m3_flush"]["printed"] == 325 and rows["lmul_e4m3_raw"]["printed"] == 157
    for f in ("e4m3", "e5m2"):
        exact = rows[f"exact_{f}_flush"]
        for policy in ("raw", "flush"):
            row = rows[f"lmul_{f}_{policy}"]
            assert row["nand2_saved"] == 1 - row["nand2"] / exact["nand2"]
            assert row["synthesised_saved"] == 1 - row["synthesised"] / exact["synthesised"]
            assert row["recipe_saved"] == 1 - 157 / exact["recipe"]
        assert exact["nand2_saved"] is None
        assert rows[f"lmul_{f}_ieee_inf"]["recipe"] is None
    assert section.notes[2].startswith("e5m2: printed, L-Mul saves 47 % of the gates (296 to 157). Found: recipe 16 %")
    assert section.notes[2].endswith("The claim fails.")


def test_published_figures_name_their_sources() -> None:
    section = published_section()
    assert len(section.records) == len(PUBLISHED)
    assert all(record["source"] and record["figures"] for record in section.records)
    assert section.table.titles == ["source", "conditions", "format", "unit", "figures"]
