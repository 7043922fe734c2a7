"""`lmul.torch.matmul` against the same products in NumPy, and its gradients."""

import subprocess
import sys

import ml_dtypes
import numpy as np
import pytest

import lmul
from lmul.accuracy.model.arithmetic import Arithmetic, Scale
from lmul.golden.accumulators import Accumulator, DotParameters
from lmul.golden.formats import E4M3, E5M2, format_named
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters

WHY = "PyTorch is in the extra torch: make test-models"
torch = pytest.importorskip("torch", reason=WHY)
ours = pytest.importorskip("lmul.torch", reason=WHY)

ARITHMETICS = (
    ("e4m3", "lmul", "fp32", None, "tensor"),
    ("e4m3", "lmul", "e4m3", None, "tensor"),
    ("e8m3", "lmul", "fp32", None, "none"),
    ("e5m2", "exact", "anchored", 12, "tensor"),
    ("e3m4", "log0", "fixed", None, "block"),
    ("bf16", "corrected2", "bf16", None, "tensor"),
)


def numbers(seed, *shape):
    return torch.from_numpy(np.random.default_rng(seed).standard_normal(shape, dtype=np.float32))


def options(format, method, accumulator, window, scale):
    return {"format": format, "method": method, "accumulator": accumulator, "window": window, "scale": scale}


def in_numpy(format, method, accumulator, window, scale):
    product = Parameters(format_named(format), Method.parse(method))
    return Arithmetic(DotParameters(product, Accumulator(accumulator), window=window), Scale(scale)).matmul()


@pytest.mark.parametrize("given", ARITHMETICS)
@pytest.mark.parametrize("type", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize(
    "shapes", [((5, 40), (40, 3)), ((2, 1, 4, 37), (3, 37, 2)), ((2, 3, 4), (4, 5)), ((0, 4), (4, 2))]
)
def test_products_are_those_in_numpy_bit_for_bit(given, type, shapes):
    a, b = numbers(1, *shapes[0]).to(type), numbers(2, *shapes[1]).to(type)
    found = ours.matmul(a, b, **options(*given))
    wanted = torch.from_numpy(in_numpy(*given)(a.float().numpy(), b.float().numpy())).to(type)
    assert found.dtype == type and found.shape == wanted.shape and torch.equal(found, wanted)


def test_vectors_are_those_of_torch():
    x, y, a = numbers(3, 6), numbers(4, 6), numbers(5, 2, 4, 6)
    given = options("fp32", "exact", "fp32", None, "none")
    for left, right in ((x, y), (a, y), (x, a.mT), (a, a[0].mT)):
        torch.testing.assert_close(ours.matmul(left, right, **given), left @ right)


@pytest.mark.parametrize("types", [("e4m3fn", "e4m3fn"), ("e5m2", "e5m2"), ("e4m3fn", "e5m2")])
def test_tensors_of_float8_are_codes(types):
    a, b = (100 * numbers(i, *shape) for i, shape in enumerate(((4, 33), (33, 5))))
    a, b = (side.to(getattr(torch, f"float8_{name}")) for side, name in zip((a, b), types, strict=True))
    formats = [E4M3 if name == "e4m3fn" else E5M2 for name in types]
    dot = DotParameters(Parameters(formats[0], Method.LMUL, y_format=formats[1]), Accumulator.BF16)
    codes = [side.view(torch.uint8).numpy() for side in (a, b)]
    found = ours.matmul(a, b, accumulator="bf16")
    assert found.dtype == torch.float32
    assert np.array_equal(found.numpy(), lmul.matmul(dot, *codes).values(dot).astype(np.float32))


def test_gradients_are_those_of_the_true_product_where_operands_are_as_they_were():
    """By differences of the float64 product: small integers are exact in e4m3, and so are their sums."""
    rng = np.random.default_rng(6)
    a, b, by = (
        torch.from_numpy(rng.integers(-8, 9, shape).astype(np.float32)) for shape in ((2, 3, 4), (4, 5), (2, 3, 5))
    )
    a.requires_grad_()
    b.requires_grad_()
    product = ours.matmul(a, b, method="exact", accumulator="fixed")
    assert torch.equal(product, torch.matmul(a, b))
    (product * by).sum().backward()
    for side in (a, b):
        for index in np.ndindex(side.shape):
            ends = []
            for step in (-0.5, 0.5):
                moved = side.detach().double().clone()
                moved[index] += step
                pair = (moved, b.detach().double()) if side is a else (a.detach().double(), moved)
                ends.append(float((torch.matmul(*pair) * by).sum()))
            assert float(side.grad[index]) == ends[1] - ends[0]


@pytest.mark.parametrize("type", [torch.float32, torch.bfloat16])
def test_gradients_go_straight_through_the_rounding_of_operands(type):
    a, b = (numbers(7, 3, 2, 6) * 2).to(type).requires_grad_(), (numbers(8, 6, 4) * 0.05).to(type).requires_grad_()
    by = numbers(9, 3, 2, 4).to(type)
    ours.matmul(a, b, scale="none").backward(by)

    def used(x):  # rounded, and zero below the smallest normal number
        rounded = x.detach().float().numpy().astype(ml_dtypes.float8_e4m3fn).astype(np.float32)
        return torch.from_numpy(np.where(np.abs(rounded) < 2.0**-6, 0, rounded))

    assert bool((used(b) == 0).any()) and not torch.equal(used(a), a.detach().float())
    torch.testing.assert_close(a.grad, torch.matmul(by.float(), used(b).mT).to(type))
    wanted = torch.einsum("nmk,nmo->ko", used(a), by.float()).to(type)
    torch.testing.assert_close(b.grad, wanted)


@pytest.mark.parametrize("scale", ["tensor", "block"])
def test_backward_products_can_be_of_the_same_arithmetic(scale):
    given = ("e4m3", "lmul", "fixed", None, scale)
    a, b = numbers(10, 3, 4, 40).requires_grad_(), numbers(11, 40, 5).requires_grad_()
    by = numbers(12, 3, 4, 5)
    ours.matmul(a, b, **options(*given), backward="same").backward(by)
    own, one = in_numpy(*given), ours.Products(**options(*given)).arithmetic
    x, y = (side.detach().numpy() for side in (a, b))
    right = one.right(y)
    used = one.used(one.left(x, y, right)), one.used(right, right=True)
    assert np.allclose(used[0], x, rtol=0.07, atol=0.02) and np.allclose(used[1], y, rtol=0.07, atol=0.02)
    assert np.array_equal(a.grad.numpy(), own(by.numpy(), used[1].T))
    assert np.array_equal(b.grad.numpy(), own(used[0].reshape(12, 40).T, by.numpy().reshape(12, 5)))


def test_gradients_of_broadcast_operands_are_summed():
    a, b = numbers(13, 2, 1, 3, 4).requires_grad_(), numbers(14, 5, 4, 2).requires_grad_()
    ours.matmul(a, b, format="fp32", method="exact", scale="none").sum().backward()
    got = a.grad.clone(), b.grad.clone()
    a.grad = b.grad = None
    (a @ b).sum().backward()
    for found, wanted in zip(got, (a.grad, b.grad), strict=True):
        torch.testing.assert_close(found, wanted)


@pytest.mark.parametrize(
    ("a", "b", "given", "message"),
    [
        (
            torch.ones(2, 3, dtype=torch.int64),
            torch.ones(3, 2),
            {},
            "a must be a tensor of torch.float32, .* not torch.int64",
        ),
        (torch.ones(2, 3), torch.ones(3, 2).double(), {}, "b must be a tensor of torch.float32, .* not torch.float64"),
        (
            torch.ones(2, 3),
            torch.ones(3, 2).bfloat16(),
            {},
            "b must be of the type of a, torch.float32, not torch.bfloat16",
        ),
        (torch.ones(2, 3), torch.ones(2, 3), {}, r"shapes must be .*, not \(2, 3\) and \(2, 3\)"),
        (torch.ones(2, 2, 3), torch.ones(3, 3, 2), {}, r"shapes must be .*, not \(2, 2, 3\) and \(3, 3, 2\)"),
        (torch.ones(()), torch.ones(3, 2), {}, r"shapes must be .*, not \(\) and \(3, 2\)"),
        (torch.tensor([[1.0, torch.nan]]), torch.ones(2, 1), {}, r"a must be finite, not nan \(at index \[0, 1\]\)"),
        (torch.ones(1, 2), torch.tensor([[torch.inf], [1]]), {}, r"b must be finite, not inf \(at index \[0, 0\]\)"),
        (torch.ones(1, 1).to(torch.float8_e5m2), None, {}, r"b must be a tensor of .*, not NoneType"),
        (torch.ones(1, 2), torch.ones(2, 1), {"format": "e9m9"}, "format|exponent"),
        (torch.ones(1, 2), torch.ones(2, 1), {"method": "magic"}, "method must be one of lmul, .*, not 'magic'"),
        (torch.ones(1, 2), torch.ones(2, 1), {"accumulator": "int"}, "accumulator must be one of fixed, .*, not 'int'"),
        (torch.ones(1, 2), torch.ones(2, 1), {"accumulator": "anchored"}, "window must be"),
        (torch.ones(1, 2), torch.ones(2, 1), {"scale": "row"}, "scale must be one of none, tensor, block, not 'row'"),
        (torch.ones(1, 2), torch.ones(2, 1), {"backward": "no"}, "backward must be one of exact, same, not 'no'"),
        (torch.ones(1, 2), torch.ones(2, 1), {"fromat": "e4m3"}, "fromat"),
    ],
)
def test_bad_input_is_one_line(a, b, given, message):
    with pytest.raises((TypeError, ValueError), match=f"^.*{message}") as caught:
        ours.matmul(a, b, **given)
    assert "\n" not in str(caught.value)


def test_codes_that_are_no_numbers_are_named():
    a = torch.tensor([[1.0, torch.nan]]).to(torch.float8_e4m3fn)
    with pytest.raises(ValueError, match=r"^a must be finite, not nan \(at index \[0, 1\]\)$"):
        ours.matmul(a, a.mT)


def test_without_pytorch_one_line_says_what_to_install():
    code = "import sys; sys.modules['torch'] = None; import lmul.torch"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1].endswith("the package torch must be installed: pip install 'lmul[torch]'")
