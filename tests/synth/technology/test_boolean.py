"""Boolean functions, by their tables."""

import pytest

from lmul.synth.technology.boolean import function, names

_A, _B, _C = 0b11110000, 0b11001100, 0b10101010
_ONES = 0b11111111


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A", _A),
        ("!A", _ONES ^ _A),
        ("A'", _ONES ^ _A),
        ("(A*B)'", _ONES ^ (_A & _B)),
        ("!!A''", _A),
        ("A B", _A & _B),
        ("A & B + C", (_A & _B) | _C),
        ("A | B * C", _A | (_B & _C)),
        ("A*B ^ C", _A & (_B ^ _C)),
        ("!A ^ B", (_ONES ^ _A) ^ _B),
        ("!((A1*B)+C)".replace("A1", "A"), _ONES ^ ((_A & _B) | _C)),
        ("(A B')+(A' B)", _A ^ _B),
        ("0", 0),
        ("1", _ONES),
        ("1 ^ A", _ONES ^ _A),
    ],
)
def test_values(text: str, value: int) -> None:
    assert function(text, "ABC")(_ONES, _A, _B, _C) == value


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("A * D", "'D'"),
        ("(A", "its end"),
        ("A)", r"'\)'"),
        ("A +", "its end"),
        ("", "its end"),
        ("A; B", "';'"),
        ("__import__", "'__import__'"),
    ],
)
def test_what_is_no_function(text: str, place: str) -> None:
    with pytest.raises(ValueError, match=rf"^function must be a Boolean expression .*\(at {place}\)$"):
        function(text, "ABC")


def test_names_are_pins() -> None:
    assert names("!CK & (D1 + D1') * 1") == ["CK", "D1"]
