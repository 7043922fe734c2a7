"""Streams give everybody the same numbers, and say which."""

import pickle

import numpy as np
import pytest

from lmul.accuracy.model.attention import Head, softmax
from lmul.golden.block_scaling import BLOCK, Rule
from lmul.synth.energy.operands import GAUSSIAN, SPREAD, UNIFORM, Stream, attention_streams, scaled_by, tensor_stream


def test_random_numbers() -> None:
    for stream, deviation in ((UNIFORM, 3**-0.5), (GAUSSIAN, 1)):
        x, y = (stream.blocks(side, 500) for side in (0, 1))
        assert x.shape == y.shape == (500, BLOCK)
        assert np.std(x) == pytest.approx(deviation, rel=0.02) and abs(np.mean(x)) < 0.02
        assert abs(np.corrcoef(x.ravel(), y.ravel())[0, 1]) < 0.03
        assert np.array_equal(stream.blocks(0, 3), x[:3])  # however many a contender takes
        assert np.array_equal(scaled_by(stream, Rule.FLOOR).blocks(1, 500), y)
        assert stream.exponent(0) == -SPREAD
    assert np.abs(UNIFORM.blocks(0, 500)).max() <= 1


def test_tensors_are_drawn_from_in_order() -> None:
    x = np.arange(4.0 * BLOCK).reshape(8, -1) + 1
    stream = tensor_stream("mine", x, [3])
    assert set(stream.blocks(0, 50)[:, 0]) == {1, 1 + BLOCK, 1 + 2 * BLOCK, 1 + 3 * BLOCK}
    assert (np.diff(stream.blocks(0, 50)) == 1).all()
    assert (stream.blocks(1, 2) == 3).all()  # too short: repeated
    assert stream.exponent(1) == 2 - SPREAD  # 3 is closer to 4 than to 2


def test_zeros_are_tensors_too() -> None:
    stream = tensor_stream("zeros", [0.0], np.zeros((2, 3), np.float16))
    assert not stream.blocks(1, 2).any() and stream.exponent(1) == -SPREAD


def test_long_tensors_keep_some_blocks() -> None:
    stream = tensor_stream("long", np.arange(BLOCK << 14), [1])
    assert stream.tensors is not None and len(stream.tensors.x) < 1 << 14
    assert stream.tensors.x[0, 0] == 0 and stream.tensors.x[-1, -1] == (BLOCK << 14) - 1


def test_repr_tells_contents_apart() -> None:
    first, other, turned = (tensor_stream("t", x, [1.0]) for x in ([[1.0, 2]], [[1.0, 3]], [[1.0], [2]]))
    assert len({repr(first), repr(other), repr(turned)}) == len({first, other, turned}) == 3
    assert "array" not in repr(first)
    again = pickle.loads(pickle.dumps(tensor_stream("t", [[1.0, 2]], [1.0])))
    assert again == first and repr(again) == repr(first) and hash(again) == hash(first)
    assert np.array_equal(again.blocks(0, 3), first.blocks(0, 3))


_SIZE = r"must be zero or a number of 2\^-500 to 2\^500 in size"


@pytest.mark.parametrize(
    ("x", "fault"),
    [
        ([[1, 2], [3, np.nan]], rf"x {_SIZE}, not NaN \(at index \[1, 1\]\)"),
        ([-np.inf], rf"x {_SIZE}, not -inf \(at index \[0\]\)"),
        ([1, 1e300], rf"x {_SIZE}, not 1e\+300 \(at index \[1\]\)"),
        (np.zeros((3, 0)), r"x must have a number in it, not the shape \(3, 0\)"),
    ],
)
def test_what_a_tensor_must_be(x: object, fault: str) -> None:
    with pytest.raises(ValueError, match=f"^{fault}$"):
        tensor_stream("bad", x, [1.0])
    with pytest.raises(ValueError, match=f"^{fault.replace('x must', 'y must')}$"):
        tensor_stream("bad", [1.0], x)


def test_a_name_without_tensors_must_be_known() -> None:
    with pytest.raises(ValueError, match=r"^name must be uniform or gaussian without tensors, not 'laplace'$"):
        Stream("laplace")


def test_tensors_are_numbers() -> None:
    with pytest.raises(TypeError, match=r"^values must be floating-point numbers or integers, not .*$"):
        tensor_stream("bad", ["one"], [1.0])


class _Encoder:
    """Stands for a model of one head whose numbers are known."""

    def attention(self, sentence: str, layer: int) -> list[Head]:
        rng = np.random.default_rng([len(sentence), layer])
        return [Head(*rng.standard_normal((3, 32, 64)).astype(np.float32))]


def test_attention_of_a_model() -> None:
    scores, mix = attention_streams(_Encoder(), ["one", "three"], 2)
    [head] = _Encoder().attention("one", 2)
    assert (scores.name, mix.name) == ("query x key, layer 2", "attention x value, layer 2")
    assert scores.tensors is not None and mix.tensors is not None
    assert np.array_equal(scores.tensors.x[:64].ravel(), head.query.ravel())
    assert np.array_equal(scores.tensors.y[:64].ravel(), head.key.ravel())
    # 32 tokens: a block is a row of weights, and a feature of all tokens.
    assert np.array_equal(mix.tensors.x[:32], softmax(head.query @ head.key.T * head.scale))
    assert np.array_equal(mix.tensors.y[:64], head.value.T)
    with pytest.raises(ValueError, match=r"^sentences must be one or more, not none$"):
        attention_streams(_Encoder(), [], 2)
