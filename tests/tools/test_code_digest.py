"""A change that can change an outcome changes the digest, and no other does."""

from collections.abc import Callable, Iterator

import pytest

from lmul.golden.formats import E4M3
from lmul.golden.parameters import Parameters
from lmul.synth.measure.multipliers import UnitCost
from lmul.tools import code_digest
from lmul.tools.code_digest import code_of

JOB = UnitCost(Parameters(E4M3))


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    yield
    _forget()


def _forget() -> None:
    code_digest.digest.cache_clear()
    code_digest._module.cache_clear()


@pytest.fixture
def edited(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str, str], str]:
    """What the code of the job comes to, once a text stands for another in a module."""
    source = code_digest.source

    def edit(module: str, old: str, new: str) -> str:
        text = source(module)
        assert text is not None and old in text
        monkeypatch.setattr(
            code_digest, "source", lambda name: text.replace(old, new) if name == module else source(name)
        )
        _forget()
        return code_of(JOB)

    return edit


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        ("lmul.hdl.arith.exponent", "SEPARATE_MANTISSA_BITS = 3", "SEPARATE_MANTISSA_BITS = 4"),
        ("lmul.hdl.arith.gates", "return ", "return (), "),
        ("lmul.synth.mapping.flow", "from ", "if True:\n    PLANTED = 1\nfrom "),
        ("lmul.tools.yosys", "libyosys.run_pass", "libyosys.pass_run"),
    ],
)
def test_a_changed_constant_or_statement_is_seen(edited, module, old, new):
    assert code_of(JOB) != edited(module, old, new)


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        ("lmul.hdl.arith.exponent", "SEPARATE_MANTISSA_BITS = 3", "# planted\nSEPARATE_MANTISSA_BITS = 3  # planted"),
        ("lmul.hdl.arith.exponent", '"""Count the bits', '"""Planted. Count the bits'),
        ("lmul.hdl.arith.gates", "def both(", "def planted() -> int:\n    return 1\n\n\ndef both("),
        ("lmul.reporting.sections", "def plain", "PLANTED = 1\n\n\ndef plain"),
        ("lmul.tools.cache", "DAYS = 90", "DAYS = 91"),
    ],
)
def test_comments_docstrings_and_what_the_job_does_not_need_are_not(edited, module, old, new):
    assert code_of(JOB) == edited(module, old, new)


def test_classes_of_what_a_question_holds_count():
    assert code_of((JOB,)) == code_of(JOB) != code_of(Parameters(E4M3)) != code_of("no class of lmul")
