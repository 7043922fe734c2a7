"""ONNX models with our operators against onnx's own, and what is refused."""

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from support.small_onnx import classifier, made, saved

from lmul.accuracy.model.arithmetic import Arithmetic
from lmul.accuracy.onnx_model.graph import OnnxModel
from lmul.accuracy.onnx_model.study import ModelRun, classes
from lmul.golden.accumulators import DotParameters
from lmul.golden.formats import E4M3
from lmul.golden.parameters import Parameters
from lmul.tools.session import NoContext

RNG = np.random.default_rng(5)
IMAGES = RNG.standard_normal((6, 1, 8, 8)).astype(np.float32)
LMUL = Arithmetic(DotParameters(Parameters(E4M3)))


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return saved(tmp_path_factory.mktemp("onnx") / "small.onnx", classifier())


def test_float32_is_that_of_onnx(path):
    outputs, layers = OnnxModel(path).run({"x": IMAGES})
    expected = ReferenceEvaluator(classifier_of(path)).run(None, {"x": IMAGES})
    assert np.allclose(outputs[0], expected[0], rtol=1e-5)
    assert [(each.name, each.operator) for each in layers] == [("conv", "Conv"), ("m", "MatMul"), ("last", "Gemm")]
    assert np.array_equal(layers[-1].output, outputs[0])


def classifier_of(path):
    return str(path)


CONVOLUTIONS = {
    "groups": ((2, 4, 9, 7), (6, 2, 3, 2), {"group": 2, "pads": [0, 1, 2, 0]}),
    "dilations": ((1, 2, 11, 12), (3, 2, 3, 3), {"dilations": [2, 3], "strides": [2, 1]}),
    "a signal": ((2, 3, 13), (4, 3, 4), {"strides": [3], "pads": [1, 2]}),
    "a volume": ((1, 2, 5, 6, 4), (2, 2, 2, 3, 2), {"strides": [1, 2, 1]}),
    "same upper": ((1, 1, 7, 8), (2, 1, 4, 4), {"auto_pad": "SAME_UPPER", "strides": [2, 3]}),
    "same lower": ((1, 1, 7, 8), (2, 1, 4, 4), {"auto_pad": "SAME_LOWER", "strides": [2, 3]}),
    "valid": ((1, 1, 7, 8), (2, 1, 3, 4), {"auto_pad": "VALID"}),
    "depthwise": ((2, 4, 6, 6), (4, 1, 3, 3), {"group": 4}),
}


@pytest.mark.parametrize("what", CONVOLUTIONS)
def test_convolutions_are_sums_over_windows(what, tmp_path):
    size, filters, attributes = CONVOLUTIONS[what]
    x, w, b = (RNG.standard_normal(s).astype(np.float32) for s in (size, filters, filters[:1]))
    node = helper.make_node("Conv", ["x", "w", "b"], ["y"], **attributes)
    model = made([node], {"x": size}, {"y": len(size)}, {"w": w, "b": b})
    (found,), _ = OnnxModel(saved(tmp_path / "c.onnx", model)).run({"x": x})
    assert np.allclose(found, by_hand(x, w, b, **attributes), atol=1e-4)


def by_hand(x, w, b, group=1, pads=None, dilations=None, strides=None, auto_pad="NOTSET"):
    """Place by place, filter by filter, as ONNX's text has it."""
    axes = x.ndim - 2
    dilations, strides, pads = dilations or [1] * axes, strides or [1] * axes, pads or [0] * 2 * axes
    outputs = []
    for i in range(axes):
        n, k, s = x.shape[2 + i], (w.shape[2 + i] - 1) * dilations[i] + 1, strides[i]
        if auto_pad.startswith("SAME"):
            total = max((-(-n // s) - 1) * s + k - n, 0)
            small, large = total // 2, total - total // 2
            pads[i], pads[i + axes] = (small, large) if auto_pad == "SAME_UPPER" else (large, small)
        outputs.append((n + pads[i] + pads[i + axes] - k) // s + 1)
    y = np.zeros((x.shape[0], w.shape[0], *outputs))
    for n, f in np.ndindex(y.shape[:2]):
        first = f // (w.shape[0] // group) * w.shape[1]
        for place in np.ndindex(*outputs):
            total = float(b[f])
            for c, *tap in np.ndindex(w.shape[1:]):
                at = [p * s + t * d - q for p, s, t, d, q in zip(place, strides, tap, dilations, pads, strict=False)]
                if all(0 <= a < n for a, n in zip(at, x.shape[2:], strict=True)):
                    total += float(w[(f, c, *tap)]) * float(x[(n, first + c, *at)])
            y[(n, f, *place)] = total
    return y


@pytest.mark.parametrize(
    ("a", "b"),
    [((3, 4), (4, 2)), ((4,), (4, 2)), ((3, 4), (4,)), ((4,), (4,)), ((2, 1, 3, 4), (5, 4, 2)), ((4,), (5, 4, 2))],
)
def test_products_have_the_shapes_of_numpy(a, b, tmp_path):
    x, y = (RNG.standard_normal(size).astype(np.float32) for size in (a, b))
    model = made([helper.make_node("MatMul", ["x", "y"], ["z"])], {"x": a, "y": b}, {"z": np.matmul(x, y).ndim}, {})
    (found,), _ = OnnxModel(saved(tmp_path / "m.onnx", model)).run({"x": x, "y": y})
    assert found.shape == np.matmul(x, y).shape and np.allclose(found, np.matmul(x, y), atol=1e-6)


@pytest.mark.parametrize("shape", [(2, 3, 5), (2, 3, 5, 4), (2, 3, 5, 4, 6)])
def test_maxima_are_taken_channel_by_channel(shape, tmp_path):
    """Which onnx 1.23 does for images alone."""
    x = RNG.standard_normal(shape).astype(np.float32)
    nodes = [helper.make_node("GlobalMaxPool", ["x"], ["y"]), helper.make_node("MatMul", ["x", "w"], ["z"])]
    weights = {"w": np.eye(shape[-1], dtype=np.float32)}
    model = made(nodes, {"x": shape}, {"y": len(shape), "z": len(shape)}, weights)
    found, _ = OnnxModel(saved(tmp_path / "g.onnx", model)).run({"x": x})
    assert found[0].shape == (2, 3, *[1] * (len(shape) - 2))
    assert np.array_equal(found[0].reshape(2, 3), x.reshape(2, 3, -1).max(2))


def test_all_three_operators_are_replaced(path):
    model = OnnxModel(path)
    true, replaced = model.run({"x": IMAGES})[1], model.run({"x": IMAGES}, LMUL.matmul())[1]
    for a, b in zip(true, replaced, strict=True):
        assert 0 < np.linalg.norm(a.output - b.output) / np.linalg.norm(a.output) < 0.5
    # Of the first one all is known: a convolution is a product of matrices.
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(IMAGES[:, 0], [(0, 0), (1, 1), (1, 1)]), (3, 3), (1, 2))
    weights = numpy_helper.to_array(next(w for w in model._model.graph.initializer if w.name == "filters"))
    rows = windows[:, ::2, ::2].reshape(-1, 9)
    expected = LMUL.matmul()(rows, weights.reshape(4, 9).T).reshape(6, 4, 4, 4).transpose(0, 3, 1, 2)
    assert np.array_equal(replaced[0].output, expected)


def test_errors_are_by_layer_and_counts_by_input(path):
    labels = classes(OnnxModel(path).run({"x": IMAGES})[0][0])
    labels[0] = (labels[0] + 1) % 5
    jobs = [ModelRun("m", "d", each, path, (("x", IMAGES),), labels) for each in (None, LMUL)]
    true, found = (job.run(NoContext()) for job in jobs)
    assert [each.error for each in (*true.layers, *true.outputs)] == [0, 0, 0, 0]
    assert (true.same, true.right, true.count) == (6, 5, 6)
    assert all(0 < each.error < 0.5 for each in (*found.layers, *found.outputs))
    assert found.layers[-1].error == found.outputs[0].error and found.same <= 6


def test_operators_that_form_other_products_are_named(tmp_path):
    nodes = [
        helper.make_node("Einsum", ["x", "x"], ["e"], equation="ij,kj->ik"),
        helper.make_node("MatMul", ["e", "x"], ["y"]),
    ]
    model = made(nodes, {"x": (3, 3)}, {"y": (3, 3)}, {})
    assert OnnxModel(saved(tmp_path / "e.onnx", model)).left_alone == {"Einsum": 1}


def test_what_is_no_model_is_refused(tmp_path):
    (tmp_path / "no.onnx").write_bytes(b"no model")
    with pytest.raises(ValueError, match=r"no.onnx must be a valid ONNX model"):
        OnnxModel(tmp_path / "no.onnx")
    own = helper.make_node("FusedGelu", ["x"], ["y"], domain="com.own")
    model = made([own], {"x": (2,)}, {"y": (2,)}, {}, domains=["com.own"])
    with pytest.raises(ValueError, match=r"operators must be ones that onnx's reference knows: .*FusedGelu"):
        OnnxModel(saved(tmp_path / "f.onnx", model))
    model = made([helper.make_node("Relu", ["x"], ["y"])], {"x": (2,)}, {"y": (2,)}, {})
    with pytest.raises(ValueError, match="must have one of MatMul, Gemm, Conv, not only Relu"):
        OnnxModel(saved(tmp_path / "r.onnx", model))


def test_inputs_that_do_not_fit_are_refused(path):
    model, wrong = OnnxModel(path), IMAGES.copy()
    wrong[2, 0, 1, 1] = np.nan
    for inputs, message in (
        ({"y": IMAGES}, "inputs must be x, not y"),
        ({"x": IMAGES[:, :, :7]}, "x must be of the shape N x 1 x 8 x 8, not 6 x 1 x 7 x 8"),
        ({"x": IMAGES[0]}, "x must be of the shape N x 1 x 8 x 8, not 1 x 8 x 8"),
        ({"x": wrong}, r"the model must run on these inputs: operands of products must be finite, not nan"),
    ):
        with pytest.raises(ValueError, match=message):
            model.run(inputs)


def test_a_constant_that_is_infinite_is_no_operand(tmp_path):
    """As of a model of the package magika, where a maximum begins."""
    nodes = [helper.make_node("Max", ["x", "low"], ["m"]), helper.make_node("MatMul", ["m", "m"], ["y"])]
    model = made(nodes, {"x": (3, 3)}, {"y": (3, 3)}, {"low": np.array(-np.inf, np.float32)})
    x = RNG.standard_normal((3, 3)).astype(np.float32)
    (found,), _ = OnnxModel(saved(tmp_path / "i.onnx", model)).run({"x": x})
    assert np.allclose(found, x @ x, atol=1e-6)
    assert model.graph.initializer[0].data_type == TensorProto.FLOAT
