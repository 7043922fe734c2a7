"""A change that can change an outcome changes the digest, and no other does."""

import sys
from collections.abc import Callable, Iterator

import pytest

from lmul.accuracy.dots.total import PLAIN, DotUnit
from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import E4M3
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters, Policy
from lmul.synth.energy.operands import GAUSSIAN
from lmul.synth.measure.energy_jobs import EnergyJob
from lmul.synth.measure.jobs import PieceCost, TotalErrors
from lmul.synth.measure.multipliers import MeanError, UnitCost, VerilogFiles
from lmul.synth.measure.pieces import Piece, PieceKind
from lmul.synth.technology.technology import GENERIC
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
        ("lmul.tools.yosys_server", "libyosys.run_pass", "libyosys.pass_run"),
        ("lmul.golden.methods", "if mantissa_bits <= 3:", "if mantissa_bits <= 2:"),
        ("lmul.golden.methods", "Method.LMUL = Method(MethodKind.LMUL)", "Method.LMUL = Method(MethodKind.MITCHELL)"),
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
        ("lmul.tools.store", "DAYS = 90", "DAYS = 91"),
    ],
)
def test_comments_docstrings_and_what_the_job_does_not_need_are_not(edited, module, old, new):
    assert code_of(JOB) == edited(module, old, new)


MODULES = {
    "lmul.planted": """
from lmul.planted_more import *
from lmul.planted_more import K as L
import lmul.planted_more as more

T = {1: 10}
T[2] = 5
A = 10
A = A + 1

class Q:
    m = 2

Q.m = 3

def register(found):
    return found

@register
def made():
    return 7

def registered():
    return register

def both():
    from lmul.planted_more import K
    return K

def quoted(x: "list[C]"):
    return x

class C:
    n = 1

def star():
    return S

def attribute():
    return more.U

def passed(f):
    return f(more)
""",
    "lmul.planted_more": "from lmul.planted_last import K\nS = 21\nU = 22\nV = 23\n",
    "lmul.planted_last": "K = 31\n",
}


@pytest.mark.parametrize(
    ("name", "module", "old"),
    [
        ("T", "lmul.planted", "5"),
        ("A", "lmul.planted", "10"),
        ("Q", "lmul.planted", "3"),
        ("Q", "lmul.planted", "m = 2"),
        ("registered", "lmul.planted", "7"),
        ("both", "lmul.planted_last", "31"),
        ("L", "lmul.planted_last", "31"),
        ("quoted", "lmul.planted", "n = 1"),
        ("star", "lmul.planted_more", "21"),
        ("attribute", "lmul.planted_more", "22"),
        ("passed", "lmul.planted_more", "23"),
    ],
)
def test_every_way_to_bind_and_to_import_is_followed(monkeypatch, name, module, old):
    texts = dict(MODULES)
    monkeypatch.setattr(code_digest, "source", texts.get)
    _forget()
    before = code_digest.digest(frozenset({("lmul.planted", name)}))
    assert old in texts[module]
    texts[module] = texts[module].replace(old, f"{old}0")
    _forget()
    assert code_digest.digest(frozenset({("lmul.planted", name)})) != before


def test_packages_that_a_job_names_count_whole(monkeypatch):
    class Named:
        code_packages = ("lmul.golden",)

    found = {module for module, _, _ in code_digest.reached(frozenset(code_digest._roots(Named())))}
    assert {"lmul.golden.multiply", "lmul.golden.dot.sums", "lmul.golden.reference"} <= found


DOT = DotParameters(Parameters(E4M3, Method.corrected(2)), Accumulator.ANCHORED, 64, 12)


@pytest.mark.parametrize(
    "job",
    [
        JOB,
        MeanError(Parameters(E4M3, Method.corrected(1))),
        VerilogFiles(Parameters(E4M3, Method.EXACT, Policy.IEEE), "0"),
        EnergyJob(Parameters(E4M3), GAUSSIAN),
        PieceCost(Piece(PieceKind.TERM, DOT)),
        TotalErrors(PLAIN, (DotUnit(DOT.product, DOT.window),), 20),
    ],
    ids=lambda job: type(job).__name__,
)
def test_every_function_that_a_job_runs_is_hashed(job):
    ran = set()

    def note(frame, event, argument):
        module, name = frame.f_globals.get("__name__", ""), frame.f_code.co_qualname.split(".")[0]
        generated = name[0] == "<" or name == "__create_fn__"  # lambdas of the module itself; methods of dataclasses
        if event == "call" and module.startswith("lmul.") and module not in code_digest.NEUTRAL and not generated:
            ran.add((module, name))

    sys.setprofile(note)
    try:
        job.run(GENERIC)
    finally:
        sys.setprofile(None)
    places = code_digest.reached(frozenset(code_digest._roots(job)))
    assert len(ran) > 5 and ran <= {(module, name) for module, names, _ in places for name in names.split()}


def test_classes_of_what_a_question_holds_count():
    assert code_of((JOB,)) == code_of(JOB) != code_of(Parameters(E4M3)) != code_of("no class of lmul")
