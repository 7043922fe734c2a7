"""Models with replaced layers, against PyTorch's own layers and against the NumPy study."""

import copy
import doctest
import io
from pathlib import Path

import numpy as np
import pytest
from support.small_transformer import random_weights, save_model

from lmul.accuracy.model.arithmetic import Arithmetic
from lmul.accuracy.model.compared import arithmetic_of
from lmul.accuracy.model.transformer import Encoder, _groups
from lmul.golden.formats import E4M3
from lmul.golden.methods import Method

WHY = "PyTorch is in the extra torch: make test-models"
torch = pytest.importorskip("torch", reason=WHY)
ours = pytest.importorskip("lmul.torch", reason=WHY)
own = pytest.importorskip("support.own_model", reason=WHY)
nn, F = torch.nn, torch.nn.functional

FLOAT32 = {"format": "fp32", "method": "exact", "accumulator": "fp32", "scale": "none"}
"""Products as PyTorch forms them, but for the order of sums."""

MODEL = Path(__file__).parent.parent.parent / "model"


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(1)


@pytest.fixture
def products(monkeypatch):
    """Shapes of the products that are formed by an arithmetic, in order."""
    seen, usual = [], Arithmetic.product

    def product(self, left, right, *others, **named):
        seen.append((left.codes.shape, right.codes.shape))
        return usual(self, left, right, *others, **named)

    monkeypatch.setattr(Arithmetic, "product", product)
    return seen


def encoder(**others):
    layer = nn.TransformerEncoderLayer(16, 2, 24, batch_first=True, **{"dropout": 0.0, **others})
    return nn.TransformerEncoder(layer, 3, enable_nested_tensor=not others)


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
@pytest.mark.parametrize("train", [True, False])
@pytest.mark.parametrize(("where", "each"), [("all", 8), ("attention", 2)])
@pytest.mark.parametrize("padded", [True, False])
def test_an_encoder_has_each_product_replaced(products, train, where, each, padded):
    model, x = encoder().train(train), torch.randn(2, 5, 16)
    padding = torch.tensor([[False] * 5, [False] * 3 + [True] * 2]) if padded else None
    with torch.set_grad_enabled(train):
        wanted = model(x, src_key_padding_mask=padding)
        told = ours.convert(model, where, **FLOAT32)
        found = model(x, src_key_padding_mask=padding)
    kept = slice(None) if padding is None else ~padding  # PyTorch's other way has zeros where there is padding
    torch.testing.assert_close(found[kept], wanted[kept], rtol=1e-4, atol=1e-5)
    assert len(products) == 3 * each
    layers = {"Linear": 6, "MultiheadAttention": 3}
    assert told.replaced == (layers if where == "all" else {"MultiheadAttention": 3})
    assert told.count == sum(told.replaced.values()) and told.left == {}
    with torch.no_grad():  # a part of it by itself
        model.layers[0](x)
    assert len(products) == 4 * each


def test_state_and_parameters_stay():
    model = encoder()
    before, parameters = copy.deepcopy(model.state_dict()), list(model.parameters())
    ours.convert(model, "all")
    assert all(a is b for a, b in zip(parameters, model.parameters(), strict=True))
    after = model.state_dict()
    assert list(after) == list(before) and all(torch.equal(after[name], before[name]) for name in before)
    encoder().load_state_dict(after)
    x, other = torch.randn(1, 3, 16), copy.deepcopy(model)
    assert torch.equal(other(x), model(x))
    file = io.BytesIO()
    torch.save(model, file)
    file.seek(0)
    assert torch.equal(torch.load(file, weights_only=False)(x), model(x))


@pytest.mark.parametrize(
    "made",
    [
        {"kdim": 6, "vdim": 10},
        {"bias": False, "add_bias_kv": True},
        {"add_zero_attn": True, "batch_first": True},
        {"batch_first": True},
    ],
)
@pytest.mark.parametrize("masks", ["none", "bool", "float", "heads", "causal"])
@pytest.mark.parametrize("single", [True, False])
def test_attention_of_several_heads_is_pytorchs(made, masks, single):
    attention = nn.MultiheadAttention(8, 2, **made)
    batch = 3
    q, k, v = (
        torch.randn(batch, 4, 8),
        torch.randn(batch, 5, made.get("kdim", 8)),
        torch.randn(batch, 5, made.get("vdim", 8)),
    )
    q, k, v = (each[0] if single else each if made.get("batch_first") else each.transpose(0, 1) for each in (q, k, v))
    mask, count = torch.rand(4, 5) < 0.3, 2 if single else 2 * batch
    mask[:, 0] = False
    others = {
        "none": {},
        "bool": {
            "attn_mask": mask,
            "key_padding_mask": torch.tensor([[False] * 4 + [True]] * (1 if single else batch)),
        },
        "float": {"attn_mask": torch.randn(4, 5)},
        "heads": {"attn_mask": mask.repeat(count, 1, 1), "average_attn_weights": False},
        "causal": {"attn_mask": torch.ones(4, 5, dtype=torch.bool).triu(1), "is_causal": True, "need_weights": False},
    }[masks]
    if (
        "add_zero_attn" in made or "add_bias_kv" in made
    ):  # without weights PyTorch takes the hint for the key that is added, too
        others.pop("is_causal", None)
    if single and masks == "bool":
        others["key_padding_mask"] = others["key_padding_mask"][0]
    wanted = attention(q, k, v, **others)
    ours.convert(attention, "all", **FLOAT32)
    for got, want in zip(attention(q, k, v, **others), wanted, strict=True):
        if want is None:
            assert got is None
        else:
            torch.testing.assert_close(got, want, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    "layer",
    [
        lambda: nn.Conv2d(4, 6, (3, 2), stride=(2, 1), padding=(1, 2), dilation=(1, 2)),
        lambda: nn.Conv2d(4, 6, 3, padding="same", groups=2, bias=False),
        lambda: nn.Conv2d(4, 4, 3, padding=1, padding_mode="circular", groups=4),
        lambda: nn.Conv1d(4, 6, 3, stride=2, padding=1),
        lambda: nn.Conv1d(4, 6, 2, padding="same", dilation=2, padding_mode="reflect", groups=2),
        lambda: nn.Linear(9, 5),
    ],
)
def test_layers_are_pytorchs_with_their_gradients(layer):
    layer = layer()
    x = torch.randn(2, 4, 8, 9) if not isinstance(layer, nn.Conv1d) else torch.randn(2, 4, 9)
    x.requires_grad_()
    found = []
    for step in (1, 2):
        if step == 2:
            ours.convert(layer, "all", **FLOAT32)
        y = layer(x)
        gradients = torch.autograd.grad((y * y).sum(), [x, *layer.parameters()])
        found.append((y, layer(x[0].detach()), *gradients))
    for got, want in zip(found[1], found[0], strict=True):
        torch.testing.assert_close(got, want, rtol=1e-4, atol=1e-5)


def test_attention_as_a_function_is_replaced_while_the_model_runs(products):
    model, x = own.OwnModel(), torch.randn(2, 3, 8)
    wanted = model(x)
    assert ours.convert(model, "all", **FLOAT32) == ours.Converted({"Linear": 1}, {"LSTM": 1})
    torch.testing.assert_close(model(x), wanted)
    assert len(products) == 3
    with pytest.raises(ValueError, match="attn_mask must be None where is_causal is set"):
        model(x, is_causal=True, attn_mask=torch.ones(3, 3, dtype=torch.bool))
    F.scaled_dot_product_attention(x, x, x)  # after an error too, others are left alone
    assert len(products) == 4
    other = own.OwnModel()
    assert ours.convert(other) == ours.Converted({}, {})
    other(x)
    assert len(products) == 6


@pytest.mark.parametrize(
    "others",
    [
        {},
        {"is_causal": True},
        {"scale": 0.3, "attn_mask": torch.arange(12).reshape(3, 4) % 5 > 0},
        {"attn_mask": torch.arange(12).reshape(3, 4) / 7},
        {"attn_mask": torch.tensor([[True] * 4, [False] * 4, [True, False] * 2])},
    ],
)
def test_attention_is_pytorchs(others):
    q, k, v = torch.randn(2, 4, 3, 8), torch.randn(2, 4, 4, 8), torch.randn(2, 4, 4, 6)
    given = {"format": "fp32", "method": "exact", "operand_scale": "none", **others}
    torch.testing.assert_close(ours.attention(q, k, v, **given), F.scaled_dot_product_attention(q, k, v, **others))
    k, v = k[:, :2], v[:, :2]
    wanted = F.scaled_dot_product_attention(q, k, v, enable_gqa=True, **others)
    torch.testing.assert_close(ours.attention(q, k, v, enable_gqa=True, **given), wanted)


def test_weights_that_change_have_new_codes():
    layer = ours.Linear(6, 4, method="exact", scale="none")
    x = torch.ones(1, 6)
    first = layer(x)
    with torch.no_grad():
        layer.weight.mul_(2)
    second = layer(x)
    layer.weight.data.zero_()  # which no version tells
    assert not torch.equal(first, second) and torch.equal(layer(x)[0], layer.bias)
    with torch.inference_mode():
        assert torch.equal(layer(x)[0], layer.bias)


def test_weights_that_do_not_change_become_codes_once(monkeypatch):
    layer, calls, usual = ours.Linear(6, 4), [], Arithmetic.right
    monkeypatch.setattr(Arithmetic, "right", lambda self, b: calls.append(b) or usual(self, b))
    for _ in range(3):
        layer(torch.randn(2, 6))
    assert len(calls) == 1


def layer_of(weights, width, heads, inner, epsilon):
    """PyTorch's layer with the weights of a layer of BERT, by their names there."""
    layer = nn.TransformerEncoderLayer(width, heads, inner, 0.0, F.gelu, epsilon, batch_first=True).eval()
    names = {
        "self_attn.out_proj": "attention.output.dense",
        "linear1": "intermediate.dense",
        "linear2": "output.dense",
        "norm1": "attention.output.LayerNorm",
        "norm2": "output.LayerNorm",
    }
    state = {}
    for part in ("weight", "bias"):
        state |= {f"{name}.{part}": weights[f"{there}.{part}"] for name, there in names.items()}
        sides = [weights[f"attention.self.{side}.{part}"] for side in ("query", "key", "value")]
        state[f"self_attn.in_proj_{part}"] = np.concatenate(sides)
    layer.load_state_dict({name: torch.from_numpy(values) for name, values in state.items()})
    return layer


def compare_with_numpy(folder, sentence):
    """Compare each layer's output with that of the study in NumPy, from the same input, with all products by L-Mul.

    One code that rounds the other way, since PyTorch's softmax is float32's, changes all that comes behind it.
    """
    bert = Encoder(folder)
    own, tokens = arithmetic_of(Method.LMUL, E4M3).matmul(), bert.tokens(sentence)
    x, groups = bert._embedded([tokens]), _groups([len(tokens)])
    for number in range(bert.layers):
        prefix = f"encoder.layer.{number}."
        weights = {name.removeprefix(prefix): w for name, w in bert._weights.items() if name.startswith(prefix)}
        inner, width = weights["intermediate.dense.weight"].shape
        layer = layer_of(weights, width, bert.heads, inner, bert._epsilon)
        told = ours.convert(layer, "all", format="e4m3", method="lmul", accumulator="fp32")
        assert told.replaced == {"Linear": 2, "MultiheadAttention": 1}
        wanted, plain = (bert._layer(x, number, groups, each, each, None) for each in (own, np.matmul))
        with torch.no_grad():
            found = layer(torch.from_numpy(x)[None])[0].numpy()
        assert np.linalg.norm(found - wanted) < 0.01 * np.linalg.norm(wanted - plain)
        x = wanted


def test_a_small_bert_has_the_numbers_of_the_study_in_numpy(tmp_path):
    save_model(tmp_path, random_weights())
    compare_with_numpy(tmp_path, "a cat slept")


@pytest.mark.skipif(not MODEL.exists(), reason="model/ is not here; make model brings it")
def test_a_trained_bert_has_the_numbers_of_the_study_in_numpy():
    compare_with_numpy(MODEL, "The cat slept on the mat all day.")


@pytest.mark.parametrize(
    ("model", "where", "others", "message"),
    [
        (nn.Linear(2, 2), "everything", {}, "where must be one of attention, all, not 'everything'"),
        (nn.Linear(2, 2), "all", {"format": "fp8"}, "format must be e4m3 or e5m2 where it has 8 bits, not 'fp8'"),
        (nn.Linear(2, 2), "all", {"method": "log"}, "method log must have its guard bits, .*, not 'log'"),
        (nn.Sequential(nn.LSTM(2, 2)), "all", {}, "model must have one of .*, not only LSTM, Sequential"),
        (nn.Linear(2, 2), "attention", {}, "model must have one of MultiheadAttention, not only Linear"),
        (nn.Linear(2, 2).double(), "all", {}, "weight must be a tensor of torch.float32, .*, not torch.float64"),
        (F.gelu, "all", {}, "model must be a torch.nn.Module, not builtin_function_or_method"),
        (ours.Linear(2, 2), "all", {}, "model must not have been converted before"),
    ],
)
def test_bad_input_is_one_line_and_leaves_the_model_alone(model, where, others, message):
    with pytest.raises((TypeError, ValueError), match=f"^{message}$"):
        ours.convert(model, where, **others)


def test_weights_and_inputs_that_are_not_finite_are_named():
    model = encoder()
    with torch.no_grad():
        model.layers[1].linear2.weight[3, 1] = torch.nan
    named = r"layers.1.linear2.weight must be finite, not nan \(at index \[3, 1\]\)"
    with pytest.raises(ValueError, match=f"^{named}$"):
        ours.convert(model, "all")
    assert not any(isinstance(each, ours.Linear) for each in model.modules())
    layer = ours.Linear(2, 2)
    with pytest.raises(ValueError, match=r"^a must be finite, not nan \(at index \[0, 1\]\)$"):
        layer(torch.tensor([1.0, torch.nan]))
    with pytest.raises(ValueError, match=r"^input must be \(\.\.\., 2\), not \(3,\)$"):
        layer(torch.ones(3))
    with torch.no_grad():
        layer.weight[1, 0] = torch.inf
    with pytest.raises(ValueError, match=r"^weight must be finite, not inf \(at index \[1, 0\]\)$"):
        layer(torch.ones(2))


def test_the_example_prints_what_it_says():
    outcome = doctest.testmod(ours)
    assert outcome.attempted >= 10 and not outcome.failed
