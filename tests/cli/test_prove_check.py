"""`--smt2` and `lmul prove check` as their user sees them."""


def test_a_second_solver_is_asked_what_was_kept(lmul, workplace):
    rounder = ["rounder", "--format", "e2m1", "--output", "e2m1"]
    assert lmul("prove", *rounder, "--smt2", "questions").code is None
    outcome = lmul("prove", "check", "questions")
    assert (outcome.code, outcome.err) == (None, "")
    assert outcome.out == "2 questions: 2 agree, 0 unanswered, 0 disagree\n"


def test_a_different_answer_is_said_with_exit_code_1(lmul, workplace):
    (workplace / "questions").mkdir()
    (workplace / "questions" / "wrong.smt2").write_text(
        "(set-logic QF_BV)\n(set-info :status sat)\n(assert false)\n(check-sat)\n"
    )
    outcome = lmul("prove", "check", "questions")
    assert outcome.code == 1
    assert outcome.out.splitlines() == [
        "1 questions: 0 agree, 0 unanswered, 1 disagree",
        "wrong.smt2: disagree, sat and unsat",
    ]


def test_an_empty_folder_is_refused(lmul):
    outcome = lmul("prove", "check", "none")
    assert outcome.code == 2 and "none must have files *.smt2, which --smt2 leaves there" in outcome.err
