"""Lower envelopes of area over delay, for multipliers."""

from collections.abc import Sequence

from lmul.golden.formats import Format
from lmul.golden.methods import Method
from lmul.golden.parameters import Parameters
from lmul.synth.mapping.recipes import Description, Point, Sweep, envelope
from lmul.synth.measure.session import Measured

DELAY_METHODS = (Method.LMUL, Method.corrected(2), Method.EXACT)


def contender(f: Format, method: Method) -> Parameters:
    """Return the multiplier of a format and a method of `DELAY_METHODS`, with the policy flush."""
    if method.table_bits:
        return Parameters(f, Method.corrected(min(f.mantissa_bits, 2)))
    return Parameters(f, method)


def best(
    measured: Measured, f: Format, method: Method, descriptions: Sequence[Description] = tuple(Description)
) -> list[Point]:
    """Compute the lower envelope of a contender over all recipes, from the smallest netlist to the fastest.

    A recipe that ABC did not finish for one contender of the format counts for none.
    """
    found: list[Point] = []
    for description in descriptions:
        common = common_recipes(measured, f, description)
        points: list[Point] = measured[Sweep(contender(f, method), description)]
        found += [point for point in points if point.recipe in common]
    return envelope(found)


def common_recipes(measured: Measured, f: Format, description: Description) -> set[str]:
    """Collect the recipes that ABC finished for all contenders of a format."""
    first, *others = _finished(measured, f, description)
    return first.intersection(*others)


def unfinished_recipes(measured: Measured, f: Format, description: Description) -> set[str]:
    """Collect the recipes that ABC finished for some contenders of a format only."""
    return set[str]().union(*_finished(measured, f, description)) - common_recipes(measured, f, description)


def _finished(measured: Measured, f: Format, description: Description) -> list[set[str]]:
    return [{point.recipe for point in measured[Sweep(contender(f, method), description)]} for method in DELAY_METHODS]


def area_flow(measured: Measured, f: Format, method: Method) -> Point:
    """Return the area and delay of a contender by the area flow of all other tables."""
    first: Point = measured[Sweep(contender(f, method), Description.GATES)][0]
    return first


def smallest(points: Sequence[Point], delay_ps: float) -> Point | None:
    """Return the smallest point of an envelope that is fast enough; None where none is."""
    return next((point for point in points if point.delay_ps <= delay_ps), None)
