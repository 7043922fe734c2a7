"""What the page says of some proofs that never were."""

import json

import pytest

from lmul.formal.multipliers.multiplier import Counterexample, Proof
from lmul.formal.multipliers.proof_list import units
from lmul.formal.multipliers.tables import proof_files, summary
from lmul.golden.formats import E2M1

FOUND = Counterexample(1, 2, 3, 4)
UNITS = units([E2M1])


def proofs(**changed):
    made = [Proof(u.build().name, True, "solver", 2.0, None, FOUND) for u in UNITS]
    return [Proof(**{**vars(made[0]), **changed}), *made[1:]]


def test_the_table_counts_every_unit_once():
    page = proof_files(UNITS, proofs(), 60, 2)["proofs.md"]
    rows = [line.split("|")[1:-1] for line in page.splitlines() if line.startswith("| ")][1:]
    assert sum(int(cell) for row in rows for cell in row[3:6]) == len(UNITS)
    assert {row[6].strip() for row in rows} == {"all proved"} and len(rows) <= 50
    assert f"{len(UNITS)} units: {len(UNITS)} proved; {2 * len(UNITS)} s of work, 60 s on 2 cores." in page
    assert "- one format: e2m1" in page
    assert page.index("## Simulated besides") < page.index("## Neither")


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({"holds": False, "counterexample": FOUND}, "refuted"),
        ({"holds": None}, "unknown"),
        ({"control": None}, "void"),
        ({"careless": ()}, "void"),
    ],
)
def test_what_is_not_proved_is_not_hidden(changed, outcome):
    made = proofs(**changed)
    assert made[0].outcome == outcome
    assert f"{len(UNITS) - 1} proved, 1 {outcome};" in summary(UNITS, made)
    files = proof_files(UNITS, made, 60, 2)
    assert f"1 {outcome} |" in files["proofs.md"]
    records = json.loads(files["proofs.json"])["proofs"]
    assert [r["outcome"] for r in records].count("proved") == len(UNITS) - 1
    assert records[1]["control"] == {"x": 1, "y": 2, "expected": 3, "got": 4}
