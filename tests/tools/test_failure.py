"""What is computed from the outcome of a failed job is failed, and nothing is decided by it."""

import json
import operator
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from lmul.tools.failure import FAILED, FailedJobError, FailedOutcome, Failure, as_text, failure_in, failure_of

_FAILURE = Failure("Area of adder", "cells.lib", "it has no gates")
_OUTCOME = FailedOutcome(_FAILURE)


@dataclass(frozen=True)
class Area:
    unit: Any
    size: int = 3


def test_a_failure_names_job_context_and_reason() -> None:
    unit, place = SimpleNamespace(name="adder"), SimpleNamespace(name="cells.lib")
    assert failure_of(Area(unit), place, ValueError("it has\n no gates")) == _FAILURE
    assert _FAILURE.sentence == "Area of adder in cells.lib: it has no gates"
    assert failure_of(Area(1), object(), ValueError("no")).sentence == "Area(unit=1, size=3): no"
    assert failure_in(_OUTCOME) is _FAILURE and failure_in("failed") is None


@pytest.mark.parametrize(
    "compute",
    [
        lambda x: x.cost.area,
        lambda x: x.scaled(2, by=3),
        lambda x: x["a"],
        lambda x: 1 - x / 2,
        lambda x: 2 * x + 1,
        lambda x: sum([1.0, x, 2.0]),
        lambda x: -abs(round(x, 2)) // 2,
        lambda x: (2**x) ** 2,
        lambda x: np.float64(2) * np.log(x),
    ],
)
def test_what_is_computed_from_it_is_failed(compute: Callable[[Any], Any]) -> None:
    found = compute(_OUTCOME)
    assert failure_in(found) is _FAILURE
    assert (f"{found:.3f}", str(found)) == (FAILED, FAILED)


@pytest.mark.parametrize(
    "decide",
    [
        bool,
        float,
        int,
        len,
        list,
        vars,
        hash,
        lambda x: np.array([1.0, x]),
        lambda x: np.mean([1.0, x.area]),
        lambda x: max(1, x),
        lambda x: x == 1,
        lambda x: x != 1,
        lambda x: 1 in x,
        lambda x: bool(np.float64(1) < x),
        *(lambda x, compare=compare: compare(2, x) for compare in (operator.lt, operator.le, operator.gt, operator.ge)),
    ],
)
def test_nothing_is_decided_by_it(decide: Callable[[Any], Any]) -> None:
    with pytest.raises(FailedJobError, match=r"^Area of adder in cells\.lib: it has no gates$"):
        decide(_OUTCOME)


def test_in_files_it_is_a_word() -> None:
    value = {"a": [_OUTCOME, 1], "b": (_OUTCOME.area,), "c": {"d": _OUTCOME}}
    assert as_text(value) == {"a": [FAILED, 1], "b": (FAILED,), "c": {"d": FAILED}}
    assert json.dumps(as_text(_OUTCOME)) == '"failed"'
