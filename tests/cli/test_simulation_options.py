"""`--waves` and `--cache` of the commands that simulate."""

import numpy as np
import pytest

from lmul.cli import array, dot, multiplier
from lmul.sim.compiled import compiled_parts
from lmul.sim.jobs.arrays import CheckedArray
from lmul.sim.jobs.products import Checked
from lmul.sim.waves import recorded

COMMANDS = {
    "multiplier": (multiplier, "verify_all", ("--format", "e4m3")),
    "dot": (dot, "verify_dot_products", ("--format", "e4m3", "--lanes", "2")),
    "array": (array, "verify_arrays", ("--format", "e4m3", "--rows", "2", "--cols", "2")),
}


@pytest.fixture(params=COMMANDS)
def verify(request, lmul, monkeypatch):
    """Run a command with further arguments; return its outcome, and what the simulation was told."""
    module, name, arguments = COMMANDS[request.param]
    told = []

    def checks(*given):
        told.append((recorded(), compiled_parts() is not None))
        if module is multiplier:
            return [Checked("unit", 4, 0, "", np.zeros(4, np.uint32), 1.0)]
        return [CheckedArray("unit", 4, 0, "", 100, 10, 10, 1.0)]

    monkeypatch.setattr(module, name, checks)
    return lambda *further: (lmul("verify", request.param, *arguments, *further), told)


def test_waves_go_where_they_are_asked_for(verify):
    for further, expected in (((), None), (("--waves", "a.vcd"), "a.vcd"), (("--waves", "b/c.fst"), "b/c.fst")):
        outcome, told = verify(*further)
        assert outcome.code is None
        path, cache = told[-1]
        assert (path and str(path), cache) == (expected, True)
    assert recorded() is None


def test_another_ending_is_refused_in_one_line(verify, workplace):
    outcome, told = verify("--waves", "waves.txt")
    assert (outcome.code, told) == (2, [])
    assert outcome.err == "lmul: waves must be a file that ends in .vcd or .fst, not 'waves.txt'\n"


def test_everything_is_compiled_anew_without_the_cache(verify):
    outcome, told = verify("--no-cache")
    assert outcome.code is None and told == [(None, False)]
    assert compiled_parts() is not None
