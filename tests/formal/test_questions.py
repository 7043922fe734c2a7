"""Questions to the solver are kept, and a second solver answers them alike."""

import pytest

from lmul.formal.questions import compare, questions_kept, second_solver
from lmul.formal.sums.rounder import prove_rounder
from lmul.golden.accumulators import DotParameters
from lmul.golden.formats import E2M1
from lmul.golden.parameters import Parameters
from lmul.tools.process import ToolError

DOT = DotParameters(Parameters(E2M1), output=E2M1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The questions of one proof."""
    folder = tmp_path_factory.mktemp("questions")
    with questions_kept(folder / "kept", "e2m1 rounder"):
        assert prove_rounder(DOT).outcome == "proved"
    assert prove_rounder(DOT).outcome == "proved"  # not kept
    return folder / "kept"


def test_each_question_is_kept_with_our_answer(folder):
    texts = {path.name: path.read_text() for path in folder.iterdir()}
    assert {name: text.splitlines()[:2] for name, text in texts.items()} == {
        "e2m1_rounder-01-claim.smt2": ["(set-logic QF_BV)", "(set-info :status unsat)"],
        "e2m1_rounder-02-control.smt2": ["(set-logic QF_BV)", "(set-info :status sat)"],
    }


def test_a_second_solver_agrees(folder):
    verdicts = compare(sorted(folder.iterdir()), second_solver())
    assert [(each.ours, each.theirs, each.outcome) for each in verdicts] == [
        ("unsat", "unsat", "agree"),
        ("sat", "sat", "agree"),
    ]


@pytest.mark.parametrize(("status", "outcome"), [("sat", "disagree"), ("unknown", "unanswered")])
def test_a_wrong_answer_is_found(folder, tmp_path, status, outcome):
    text = (folder / "e2m1_rounder-01-claim.smt2").read_text()
    wrong = tmp_path / "wrong.smt2"
    wrong.write_text(text.replace(":status unsat", f":status {status}"))
    (verdicts,) = compare([wrong], second_solver())
    assert (verdicts.ours, verdicts.theirs, verdicts.outcome) == (status, "unsat", outcome)


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("(check-sat)", ValueError, r"^.*bad\.smt2 must have a :status, sat, unsat or unknown$"),
        ("(set-info :status sat)\n(assert x)", ToolError, r"^.* must answer sat, unsat or unknown to .*, not .*error"),
    ],
)
def test_other_files_are_refused(tmp_path, text, error, message):
    (tmp_path / "bad.smt2").write_text(text)
    with pytest.raises(error, match=message):
        compare([tmp_path / "bad.smt2"], second_solver())


def test_a_solver_must_be_there():
    with pytest.raises(ToolError, match=r"^a second solver needs the program no_solver: pip install z3-solver has z3$"):
        second_solver("no_solver")


def test_a_file_gets_no_questions(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ValueError, match="a folder, not in the file"), questions_kept(tmp_path / "file", "part"):
        pytest.fail("the work has begun")
