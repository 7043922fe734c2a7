"""Outcomes come back as they were, and nothing comes back that is not of its type."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pytest

from lmul.golden.formats import E4M3
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.tools.outcome_data import from_json, to_json


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Point:
    colour: Colour
    place: tuple[int, float]
    rest: dict[str, Any]
    next: "Point | None" = None

    def __post_init__(self) -> None:
        if self.place[0] < 0:
            raise TypeError("place must not be negative")


POINT = Point(Colour.RED, (1, 0.1), {"net": [1, "0", None]}, Point(Colour.RED, (2, 1e300), {}))


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (POINT, Point),
        ([POINT, POINT], list[Point]),
        (None, Point | None),
        (0.1 + 0.2, float),
        (float("inf"), float),
        (((1, 2), (3,)), tuple[tuple[int, ...], ...]),
        (Parameters(E4M3, Method.corrected(1)), Parameters),
    ],
)
def test_an_outcome_comes_back_as_it_was(outcome, kind):
    assert from_json(to_json(outcome), kind) == outcome


def test_numbers_of_numpy_come_back_as_pythons():
    assert from_json(to_json([np.float64(0.1), np.int64(3)]), list[float]) == [0.1, 3.0]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", int),
        ("1.5", int),
        ("true", int),
        ('"1"', float),
        ("[1, 2]", tuple[int]),
        ("{}", list[int]),
        ("[]", dict[str, int]),
        ('"blue"', Colour),
        ("[]", Point),
        ('{"colour": "red"}', Point),
        ('{"colour": "red", "place": [-1, 0], "rest": {}, "next": null}', Point),
        ('"text"', Point | None),
    ],
)
def test_what_is_not_of_the_type_is_refused(text, kind):
    with pytest.raises(ValueError):
        from_json(text, kind)


def test_an_outcome_that_is_no_data_is_refused():
    with pytest.raises(TypeError, match=r"^an outcome must be of dataclasses, lists, texts and numbers, not <object"):
        to_json([object()])
