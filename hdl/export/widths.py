"""Operands of Verilog's operators, made as wide as the result, so that no tool has to extend or cut any.

Verilog extends operands by rules that depend on what stands around them, and tools warn where they do. Here a statement
is one operator, as Yosys writes it, with names, parts of names, constants and concatenations as its operands.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

_CONSTANT = re.compile(r"(\d+)'(s?)([hbd])([0-9a-f]+)")
_NAME = re.compile(r"(\\\S+ |[A-Za-z_]\w*)(?:\[(\d+)(?::(\d+))?\])?")
_REPEATED = re.compile(r"\{ ?(\d+)\{(.*)\} ?\}")
_COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
_SUMS = ("+", "-", "*")
_BITWISE = ("&", "|", "^")
_REDUCTIONS = ("!", "|", "&", "^", "~|", "~&", "~^")
CUT = ("", "~", "?", "<<", *_SUMS, *_BITWISE)
"""Operators whose lowest bits depend on the lowest bits of their operands alone."""


@dataclass(frozen=True)
class Operation:
    """One operator with its operands, lowest precedence first: `a ? b : c` has the operator `?`."""

    operator: str
    operands: tuple[str, ...]
    signed: bool = False


@lru_cache(1 << 16)  # the clean-up asks again and again
def operation(value: str) -> Operation | None:
    """Take a value apart; return None for what is no single operator on plain operands."""
    parts = _parts(value)
    if parts is None:
        return None
    match parts:
        case [one]:
            return Operation("", (one,))
        case [("~" | "!" | "-" | "|" | "&" | "^" | "~|" | "~&" | "~^" | "~ |") as operator, one]:
            return Operation(operator, (one,))
        case [condition, "?", one, ":", zero]:
            return Operation("?", (condition, one, zero))
        case [one, operator, two] if re.fullmatch(r"[+\-*/%&|^<>=!~]+", operator):
            signed = one.startswith("$signed(") and two.startswith("$signed(")
            return Operation(operator, (_unsigned(one), _unsigned(two)), signed)
    return None


def fitted(target: str, value: str, widths: Mapping[str, int]) -> str:
    """Write a value whose operands have the width of the target, or one width where they are compared.

    Parameters
    ----------
    target, value : str
        The two sides of an assignment.
    widths : mapping of str to int
        Width of each name.
    """
    found, wanted = operation(value), width_of(target, widths)
    if found is None or wanted is None:
        return value
    own = [width for each in found.operands if (width := width_of(each, widths)) is not None]
    if len(own) < len(found.operands):
        return value
    match found.operator, found.operands:
        case "!", [one] if own[0] > 1:
            value = f"~| {one}"
        case "?", [condition, one, zero]:
            value = f"{condition} ? {_resized(one, wanted, False, widths)} : {_resized(zero, wanted, False, widths)}"
        case ("" | "~") as operator, [one]:
            value = f"{operator} {_resized(one, wanted, False, widths)}".lstrip()
        case "<<", [one, places]:
            value = f"{_resized(one, wanted, False, widths)} << {places}"
        case operator, [one, two] if operator in CUT:
            one, two = (_resized(each, wanted, found.signed, widths) for each in (one, two))
            value = f"{one} {operator} {two}"
        case operator, [_, _] if operator in _COMPARISONS:
            value = _compared(found, max(own), widths)
    return value


def fits(target: str, value: str, widths: Mapping[str, int]) -> bool:
    """Tell whether a value is one operator that gives the target's bits wherever it stands, whatever its operands are.

    So do operators on operands as wide as the target, and comparisons, of operands of one width, and reductions, where
    the target has one bit.
    """
    found, wanted = operation(value), width_of(target, widths)
    own = [width_of(each, widths) for each in found.operands] if found else [None]
    if found is None or wanted is None or None in own[1 if found.operator == "?" else 0 :]:
        return False
    match found.operator, own:
        case operator, [_] if operator in _REDUCTIONS:
            return wanted == 1
        case operator, [one, two] if operator in _COMPARISONS:
            return wanted == 1 and one == two
        case "?", [_, *choices]:
            return choices == [wanted, wanted]
        case "<<", [one, _]:
            return one == wanted
    return found.operator in CUT and own == [wanted] * len(own)


def _compared(found: Operation, width: int, widths: Mapping[str, int]) -> str:
    """Write a comparison of operands of one width."""
    one, two = (_resized(each, width, found.signed, widths) for each in found.operands)
    if found.signed:
        return f"$signed({one}) {found.operator} $signed({two})"
    return _decided(found.operator, one, two) or f"{one} {found.operator} {two}"


def width_of(text: str, widths: Mapping[str, int]) -> int | None:
    """Count the bits of a name, a part of one, a constant or a concatenation; None for anything else."""
    text = text.strip()
    if match := _CONSTANT.fullmatch(text):
        return int(match[1])
    if match := _REPEATED.fullmatch(text):
        inner = width_of(f"{{{match[2]}}}", widths)
        return None if inner is None else int(match[1]) * inner
    if text.startswith("{"):
        each = [width_of(element, widths) for element in elements(text)]
        return None if None in each else sum(width for width in each if width)
    match = _NAME.fullmatch(f"{text} " if text.startswith("\\") and not text.endswith("]") else text)
    if match is None or match[2] is None:
        return None if match is None else widths.get(match[1].strip())
    return int(match[2]) - int(match[3] or match[2]) + 1


def is_constant(text: str) -> bool:
    """Tell whether a text is a constant with its width."""
    return _CONSTANT.fullmatch(text) is not None


def resized(constant: str, width: int) -> str:
    """Write an unsigned constant with so many bits."""
    return _resized(constant, width, False, {})


def elements(text: str) -> list[str]:
    """List the elements of a concatenation, highest bits first; of anything else, itself."""
    text = text.strip()
    if not text.startswith("{") or _REPEATED.fullmatch(text):
        return [text]
    found, depth, start = [], 0, 1
    for place, letter in enumerate(text):
        depth += (letter in "{(") - (letter in "})")
        if (letter == "," and depth == 1) or (letter == "}" and depth == 0):
            found.append(text[start:place].strip())
            start = place + 1
    return found


def joined(parts: list[str]) -> str:
    """Write a concatenation, with what comes several times in a row as a repetition."""
    groups: list[tuple[str, int]] = []
    for part in _neighbours_joined(parts):
        if groups and groups[-1][0] == part and not _CONSTANT.fullmatch(part):
            groups[-1] = (part, groups[-1][1] + 1)
        else:
            groups.append((part, 1))
    written = [f"{{{count}{{{part}}}}}" if count > 2 else ", ".join([part] * count) for part, count in groups]
    whole = len(groups) == 1 and (groups[0][1] > 2 or groups[0][1] == 1)
    return written[0] if whole else f"{{ {', '.join(written)} }}"


def _neighbours_joined(parts: list[str]) -> list[str]:
    """Write constants, and parts of a name, that stand side by side as one."""
    found: list[str] = []
    for part in parts:
        one = _one(found[-1], part) if found else None
        if one is None:
            found.append(part)
        else:
            found[-1] = one
    return found


def _one(high: str, low: str) -> str | None:
    """Write two neighbours as one; None if they cannot be."""
    constants = _CONSTANT.fullmatch(high), _CONSTANT.fullmatch(low)
    if constants[0] and constants[1]:
        width = int(constants[1][1])
        return _hexadecimal(_number(constants[0]) << width | _number(constants[1]), int(constants[0][1]) + width)
    names = _NAME.fullmatch(high), _NAME.fullmatch(low)
    if not (names[0] and names[1] and names[0][1] == names[1][1] and names[0][2] and names[1][2]):
        return None
    meet = int(names[0][3] or names[0][2]) == int(names[1][2]) + 1
    return f"{names[0][1]}[{names[0][2]}:{names[1][3] or names[1][2]}]" if meet else None


def _hexadecimal(value: int, width: int) -> str:
    return f"{width}'h{value:0{-(-width // 4)}x}"


def _number(constant: re.Match[str]) -> int:
    return int(constant[4], {"h": 16, "d": 10, "b": 2}[constant[3]])


def _parts(value: str) -> list[str] | None:
    """Split at the spaces outside brackets; None if an operand is itself an expression in parentheses."""
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(f"{value} "):
        depth += (letter in "{([") - (letter in "})]")
        if letter == " " and depth == 0:
            part = value[start:place]
            if part.startswith("("):
                return None
            parts += [part] if part else []
            start = place + 1
    return parts


def _unsigned(text: str) -> str:
    return text.removeprefix("$signed(").removesuffix(")") if text.startswith("$signed(") else text


def _resized(text: str, width: int, signed: bool, widths: Mapping[str, int]) -> str:
    """Write an operand with so many bits: the lowest of its own, or all and its sign or zeros above them."""
    own = width_of(text, widths)
    if own is None or own == width:
        return text
    if constant := _CONSTANT.fullmatch(text):
        number = _number(constant)
        if signed and number >> (own - 1):
            number -= 1 << own
        return _hexadecimal(number % (1 << width), width)
    parts = _bits_apart(elements(text))
    if own > width:
        return _lowest(parts, width, widths)
    if not signed:
        return joined([_hexadecimal(0, width - own), *parts])
    return joined([*[_bit(parts[0], widths)] * (width - own), *parts])


def _bits_apart(parts: list[str]) -> list[str]:
    """Write repetitions out."""
    found: list[str] = []
    for part in parts:
        repeated = _REPEATED.fullmatch(part)
        found += _bits_apart(elements(f"{{{repeated[2]}}}")) * int(repeated[1]) if repeated else [part]
    return found


def _bit(text: str, widths: Mapping[str, int]) -> str:
    """Write the highest bit of a name, a part of one, or a constant."""
    if constant := _CONSTANT.fullmatch(text):
        number = _number(constant)
        return f"1'h{number >> (int(constant[1]) - 1)}"
    match = _NAME.fullmatch(text)
    if match is None:
        return text
    if match[2] is not None:
        return f"{match[1]}[{match[2]}]"
    width = widths[match[1].strip()]
    return text if width == 1 else f"{match[1]}[{width - 1}]"


def _lowest(parts: list[str], width: int, widths: Mapping[str, int]) -> str:
    """Write the lowest bits of a concatenation."""
    kept: list[str] = []
    for part in reversed(parts):
        own = width_of(part, widths) or 0
        if own <= width:
            kept.insert(0, part)
            width -= own
        elif width and (match := _NAME.fullmatch(part)):
            low = int(match[3] or match[2] or 0)
            kept.insert(0, f"{match[1]}[{low + width - 1}:{low}]" if width > 1 else f"{match[1]}[{low}]")
            break
        elif width:
            kept.insert(0, _resized(part, width, False, widths))
            break
    return joined(kept)


def _decided(operator: str, one: str, two: str) -> str | None:
    """Return the outcome of a comparison with 0 or with all ones that does not depend on the other operand."""
    constant = _CONSTANT.fullmatch(two)
    if constant is None:
        return None
    number, most = _number(constant), (1 << int(constant[1])) - 1
    if (operator == ">=" and number == 0) or (operator == "<=" and number == most):
        return "1'h1"
    if (operator == "<" and number == 0) or (operator == ">" and number == most):
        return "1'h0"
    return None
