"""What claims about a clock edge make of a proof."""

import pytest

from lmul.formal.edge import Claimed, Verdict

HOLDS, FAILS, OPEN = Verdict(True), Verdict(False), Verdict(None)


@pytest.mark.parametrize(
    ("claims", "outcome"),
    [
        ([HOLDS, HOLDS], "proved"),
        ([HOLDS, OPEN], "unknown"),
        ([HOLDS, FAILS], "refuted"),
        ([OPEN, FAILS, HOLDS], "refuted"),
    ],
)
def test_one_claim_that_is_refuted_settles_a_proof(claims, outcome):
    proof = Claimed({str(i): claim for i, claim in enumerate(claims)}, [FAILS]).proof("part", 0)
    assert proof.outcome == outcome
    assert proof.wrong == tuple(str(i) for i, claim in enumerate(claims) if claim is not HOLDS)


def test_a_control_that_holds_makes_a_proof_void():
    assert Claimed({"all": HOLDS}, [HOLDS]).proof("part", 0).outcome == "void"
