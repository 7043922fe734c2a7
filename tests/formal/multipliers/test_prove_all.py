import operator

import pytest

from lmul.formal.multipliers.proof_list import ProvedUnit
from lmul.formal.multipliers.prove_all import prove_all
from lmul.golden.formats import E2M1
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.tools.parallel import on_all_cores


def test_outcomes_come_in_the_order_of_the_items():
    done = []
    assert on_all_cores(operator.neg, [3, 1, 2], abs, lambda: done.append(1)) == [-3, -1, -2]
    assert len(done) == 3


def test_an_error_of_one_is_an_error_of_all():
    with pytest.raises(ZeroDivisionError):
        on_all_cores((1).__truediv__, [1, 0, 2], abs)


def test_units_are_proved_in_other_processes():
    chosen = [ProvedUnit(Parameters(E2M1)), ProvedUnit(Parameters(E2M1, Method.MITCHELL), 1)]
    proofs = prove_all(chosen)
    assert [(p.name, p.outcome) for p in proofs] == [(u.build().name, "proved") for u in chosen]
