"""Conversion of jobs' outcomes to JSON, and back by the type that the job declares.

JSON can hold wrong numbers, but no code. It is accepted only if it has the declared type.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import numpy as np


def to_json(outcome: object) -> str:
    """Write an outcome: a tree of dataclasses, enum members, lists, tuples, dicts of texts, numbers, texts and None.

    Floats keep all their bits.

    Raises
    ------
    TypeError
        The outcome holds something else.
    """
    return json.dumps(_plain(outcome), separators=(",", ":"))


def from_json(text: str, kind: Any) -> Any:
    """Read an outcome back.

    Parameters
    ----------
    text : str
        Text from `to_json`.
    kind : type
        Type of the outcome as an annotation, such as `list[Point]` or `Energies | None`. A part of the type `Any` is
        returned as plain JSON data.

    Raises
    ------
    ValueError
        The text is not JSON, or not of that type.
    """
    return _typed(json.loads(text), kind)


def _plain(value: object) -> Any:
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, np.generic):
        return _plain(value.item())
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {str(key): _plain(each) for key, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value) if field.init}
    raise TypeError(f"an outcome must be of dataclasses, lists, texts and numbers, not {value!r}")


def _typed(data: Any, kind: Any) -> Any:
    if kind is Any:
        return data
    generic = _GENERIC.get(get_origin(kind))
    if generic is not None:
        return generic(data, get_args(kind))
    if is_dataclass(kind):
        return _dataclass(data, kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(data)
    if type(data) is not kind and not (kind is float and type(data) is int):
        raise ValueError(f"it must be of the type {kind}, not {str(data)[:40]!r}")
    return float(data) if kind is float else data


def _one_of(data: Any, kinds: tuple[Any, ...]) -> Any:
    for kind in kinds[:-1]:
        with suppress(ValueError):
            return _typed(data, kind)
    return _typed(data, kinds[-1])


def _list(data: Any, kinds: tuple[Any, ...]) -> list[Any]:
    return [_typed(each, kinds[0]) for each in _checked(data, list)]


def _dict(data: Any, kinds: tuple[Any, ...]) -> dict[Any, Any]:
    return {_typed(key, kinds[0]): _typed(each, kinds[1]) for key, each in _checked(data, dict).items()}


def _tuple(data: Any, kinds: tuple[Any, ...]) -> tuple[Any, ...]:
    values = _checked(data, list)
    if kinds[-1] is Ellipsis:
        kinds = (kinds[0],) * len(values)
    if len(values) != len(kinds):
        raise ValueError(f"it must be {len(kinds)} values, not {len(values)}")
    return tuple(_typed(each, kind) for each, kind in zip(values, kinds, strict=True))


def _dataclass(data: Any, kind: Any) -> Any:
    hints, values = _hints(kind), _checked(data, dict)
    if values.keys() != hints.keys():
        raise ValueError(f"{kind.__name__} must have the fields {', '.join(hints)}, not {', '.join(values)}")
    try:
        return kind(**{name: _typed(each, hints[name]) for name, each in values.items()})
    except TypeError as error:  # a class may refuse values of the right type
        raise ValueError(str(error)) from None


def _checked(data: Any, kind: type) -> Any:
    if not isinstance(data, kind):
        raise ValueError(f"it must be a {kind.__name__}, not {str(data)[:40]!r}")
    return data


_GENERIC: dict[Any, Callable[[Any, tuple[Any, ...]], Any]] = {
    Union: _one_of,
    UnionType: _one_of,
    list: _list,
    dict: _dict,
    tuple: _tuple,
}


@cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind) if field.init}
