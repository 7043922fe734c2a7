"""Boolean expressions of liberty files, evaluated for many values at once."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

Function = Callable[..., int]
"""Function of `ones`, an integer with a bit set for each value, and of the pins' values, one a bit."""

_TOKEN = re.compile(r"\s*(?:(\w+(?:\[\d+\])?)|([!'^&*|+()])|(\S))")


def names(text: str) -> list[str]:
    """List the pins in an expression, each once, in order."""
    found = (match[1] for match in _TOKEN.finditer(text) if match[1])
    return list(dict.fromkeys(name for name in found if name not in ("0", "1")))


def function(text: str, pins: Sequence[str]) -> Function:
    """Compile a liberty expression to a function of `ones` and the pins.

    `!A` and `A'` bind closest, then `A ^ B`, then `A & B`, `A * B` and `A B`, then `A | B` and `A + B`.

    Parameters
    ----------
    text : str
        The expression.
    pins : sequence of str
        Names of the arguments after `ones`, in order. Others must not be in the text.

    Raises
    ------
    ValueError
        The text is no such expression, or depends on other names.
    """
    return _compiled(text, tuple(pins))


@lru_cache(maxsize=4096)  # a netlist has few cells, each of them often
def _compiled(text: str, pins: tuple[str, ...]) -> Function:
    expression = _Expression(text, pins).python
    arguments = ", ".join(["ones", *(f"p{i}" for i in range(len(pins)))])
    compiled: Function = eval(f"lambda {arguments}: {expression}", {"__builtins__": {}})  # of our own words only
    return compiled


class _Expression:
    """Recursive-descent parser of one expression."""

    def __init__(self, text: str, pins: Sequence[str]) -> None:
        self._text = text
        self._words = {"0": "0", "1": "ones", **{pin: f"p{i}" for i, pin in enumerate(pins)}}
        self._tokens = [match[1] or match[2] or match[3] for match in _TOKEN.finditer(text)]
        self.python = self._any()
        if self._tokens:
            self._fail()

    def _fail(self) -> None:
        place = repr(self._tokens[0]) if self._tokens else "its end"
        raise ValueError(f"function must be a Boolean expression of its cell's pins, not {self._text!r} (at {place})")

    def _next(self) -> str:
        return self._tokens[0] if self._tokens else ""

    def _any(self) -> str:
        terms = [self._all()]
        while self._next() in ("|", "+"):
            del self._tokens[0]
            terms.append(self._all())
        return f"({' | '.join(terms)})" if len(terms) > 1 else terms[0]

    def _all(self) -> str:
        terms = [self._odd()]
        while self._next() not in ("", "|", "+", ")"):
            if self._next() in ("&", "*"):
                del self._tokens[0]
            terms.append(self._odd())
        return f"({' & '.join(terms)})" if len(terms) > 1 else terms[0]

    def _odd(self) -> str:
        terms = [self._one()]
        while self._next() == "^":
            del self._tokens[0]
            terms.append(self._one())
        return f"({' ^ '.join(terms)})" if len(terms) > 1 else terms[0]

    def _one(self) -> str:
        if self._next() == "!":
            del self._tokens[0]
            return f"(ones ^ {self._one()})"
        if self._next() == "(":
            del self._tokens[0]
            term = self._any()
            if self._next() != ")":
                self._fail()
        elif self._next() in self._words:
            term = self._words[self._next()]
        else:
            self._fail()
        del self._tokens[0]
        while self._next() == "'":
            del self._tokens[0]
            term = f"(ones ^ {term})"
        return term
