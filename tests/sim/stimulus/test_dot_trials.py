# amaranth: UnusedElaboratable=no
"""Where subnormals count, benches multiply the smallest of them with each other."""

import numpy as np
from support.arrays import OS, array
from support.dots import unit

from lmul.golden.formats import E4M3, E5M2
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.sim.array import shape_of as shape_of_array
from lmul.sim.dot_product import shape_of
from lmul.sim.stimulus.array_trials import special
from lmul.sim.stimulus.dot_trials import trials


def magnitudes(f, codes):
    return set((codes & (f.sign_bit - 1)).ravel().tolist())


def test_a_dot_product_ends_with_them():
    counting, flushed = (unit(Parameters(E4M3, Method.log(1), y_format=E5M2, subnormals=s), 2) for s in (True, False))
    played, without = (list(trials(shape_of(each), np.random.default_rng(0))) for each in (counting, flushed))
    last = played[-1].traffic
    assert len(played) == len(without) + 1
    assert magnitudes(E4M3, last.x) >= {1, E4M3.hidden_one} and magnitudes(E5M2, last.y) == {1, E5M2.hidden_one}
    both = (last.x & 0x7F == 1) & (last.y[last.used] & 0x7F == 1)
    assert both.any()


def test_an_array_has_a_tile_of_them():
    for subnormals, least in ((True, 1), (False, E4M3.hidden_one)):
        made = array(Parameters(E4M3, Method.log(1), subnormals=subnormals), 2, 2, OS)
        tiles = special(shape_of_array(made), np.random.default_rng(0), "smallest", 4)
        assert magnitudes(E4M3, tiles.a) == magnitudes(E4M3, tiles.b) == {least}
