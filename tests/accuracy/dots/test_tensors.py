"""Dot products of the user's own tensors."""

import numpy as np
import pytest

from lmul.accuracy.dots.tensors import Tensors
from lmul.accuracy.dots.total import Condition, DotUnit, Experiment
from lmul.golden.block_scaling import Rule
from lmul.golden.formats import BF16, E3M4
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters


def numbered(rows, length):
    """Rows of consecutive numbers from 1, so that each tells where it is from."""
    return 1 + np.arange(rows * length, dtype=float).reshape(rows, length)


def test_neighbours_of_both_sides_are_from_one_place_that_begins_a_block():
    x, y = Tensors.of("a", numbered(3, 200), numbered(2, 200)).drawn(1, (500, 64)) - 1
    for side, rows in ((x, 3), (y, 2)):
        assert set(side[:, 0] // 200) == set(range(rows))
        np.testing.assert_array_equal(np.diff(side, axis=1), 1)
    places = x[:, 0] % 200
    np.testing.assert_array_equal(places, y[:, 0] % 200)
    assert set(places) == {0, 32, 64, 96, 128}


def test_short_rows_are_taken_whole():
    short = Tensors.of("a", numbered(4, 20)[None], numbered(1, 20)[0])
    assert short.drawn(1, (5, 64)).shape == (2, 5, 20)
    for product, rule in ((Parameters(E3M4, Method.EXACT), Rule.FIT), (Parameters(BF16, Method.log(0, 2)), None)):
        experiment = Experiment(Condition(short, rule), 50)
        assert experiment.nrmse(experiment.computed(DotUnit(product, 12)))[1] < 0.03


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.ones((2, 3)), np.ones((2, 4)), "^x and y must have last axes of one length, not 3 and 4$"),
        (np.ones(3), np.zeros(3), r"^y must have the shape \(\.\.\., K\) and a number that is not zero$"),
        (1.0, np.ones(3), r"^x must have the shape \(\.\.\., K\) and a number that is not zero$"),
        (np.array([1, np.inf]), np.ones(2), "^x must be zero or a number of .*, not inf"),
    ],
)
def test_what_does_not_fit_is_refused(x, y, message):
    with pytest.raises(ValueError, match=message):
        Tensors.of("a", x, y)


def test_tensors_are_known_by_their_numbers():
    one, same, other = (Tensors.of("a", np.full((1, 2), v), np.ones((1, 2))) for v in (1.0, 1.0, 2.0))
    assert one == same and hash(one) == hash(same) and one != other and repr(one) != repr(other)
