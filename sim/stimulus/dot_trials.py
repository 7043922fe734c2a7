"""Trials of dot-product units: sums of all lengths, words kept and replaced, and waits."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lmul.golden.codes import Codes, encode
from lmul.golden.dot.scaled_sums import E8M0_BIAS, E8M0_NAN
from lmul.golden.dot.sums import least_anchor
from lmul.golden.formats import Format
from lmul.golden.types import Array
from lmul.sim.stimulus.array_trials import finite, middle, reserved_code
from lmul.sim.stimulus.traffic import DotShape, Traffic, joined
from lmul.sim.verilog.player import ALWAYS

Rng = np.random.Generator

LONGEST = 1 << 14
"""Beats of the longest sums."""

_RESETS = 16  # in the middle of traffic, before a trial that counts: few come where a defect shows
_BEATS = 1 << 10
_LONGEST_SHORT = 64  # beats
_SLOW = 26
_FULL_SPEED = (ALWAYS, ALWAYS, ALWAYS)
_FREQUENCIES = (0.0, 0.02, 0.3, 1.0)  # of releases


@dataclass(frozen=True)
class DotTrial:
    """Run of sums, with its waits and resets.

    Attributes
    ----------
    traffic : Traffic
        Beats to play.
    rates : tuple of int, or None
        Rates of x, y and the sums, as in `Run`.
    interrupts : tuple of int
        After each of these numbers of cycles there is a reset, and all is played once more.
    dense : bool
        A beat of x has to be taken in every cycle from the first to the last.
    """

    traffic: Traffic
    rates: tuple[int, int, int] | None = None
    interrupts: tuple[int, ...] = ()
    dense: bool = False


def trials(shape: DotShape, rng: Rng) -> Iterator[DotTrial]:
    """Yield the trials that every unit must pass, simple ones first."""
    longest, lanes = _longest(shape), shape.lanes
    edges = sorted({min(k, longest) for k in (1, max(lanes - 1, 1), lanes, lanes + 1, 3 * lanes)})
    yield DotTrial(_traffic(shape, rng, [1, lanes, 1], uniform, 1.0), _FULL_SPEED)
    for kind in SPECIAL:
        yield DotTrial(_traffic(shape, rng, [longest, longest], kind, 0.0, at="ends"), _FULL_SPEED)
        yield DotTrial(_traffic(shape, rng, [1, *edges], kind, 1.0, at="ends"), _FULL_SPEED)
    for frequency in _FREQUENCIES:
        lengths = _repeated(shape, rng, edges)
        yield DotTrial(_traffic(shape, rng, lengths, uniform, frequency), _FULL_SPEED, dense=True)
        yield DotTrial(_traffic(shape, rng, lengths[::-1], gaussian, frequency), interrupts=_interrupts(rng))
    for rates in ((_SLOW, ALWAYS, ALWAYS), (ALWAYS, _SLOW, ALWAYS), (ALWAYS, ALWAYS, _SLOW)):
        lengths = _repeated(shape, rng, edges)[:200]
        yield DotTrial(_traffic(shape, rng, lengths, uniform, 0.5), rates, interrupts=_interrupts(rng))
    yield random_trial(shape, rng)
    for traffic in _lone_reserved(shape, rng):
        yield DotTrial(traffic, _FULL_SPEED)
    yield DotTrial(_traffic(shape, rng, _repeated(shape, rng, edges), finite, 0.3))
    if shape.dot.product.subnormals:
        yield DotTrial(_traffic(shape, rng, edges * 3, smallest, 0.3, at="ends"), _FULL_SPEED)


def _lone_reserved(shape: DotShape, rng: Rng) -> Iterator[Traffic]:
    """Yield traffic with one reserved code of x or y among numbers: first, in between, or in an unused word."""
    p, lanes = shape.dot.product, shape.lanes
    for x_or_y, f in enumerate((p.format, p.y_format)):
        if not f.has_reserved:
            continue
        for at, lane in ((0, 0), (int(rng.integers(1, 5)), int(rng.integers(lanes))), (-1, lanes - 1)):
            t = _traffic(shape, rng, [lanes] * 6, gaussian, 1.0)
            anchor = None if t.anchor is None else np.append(t.anchor, t.anchor[-1])
            y = np.append(t.y, gaussian(p.y_format, (1, lanes), rng), axis=0)
            scales = None if t.scales is None else np.append(t.scales, t.scales[-1:], axis=0)
            t = Traffic(t.x, t.last, t.release, y, anchor, scales)
            (t.x, t.y)[x_or_y][at, lane] = reserved_code(f, rng)
            yield t


def short_traffic(shape: DotShape, rng: Rng) -> Traffic:
    """Build some hundred sums, for a bench that is written to files: extremes, all lengths, words kept and replaced."""
    lanes = shape.lanes
    longest = min(shape.dot.depth, _LONGEST_SHORT * lanes)
    edges = sorted({min(k, longest) for k in (1, max(lanes - 1, 1), lanes, lanes + 1, 3 * lanes)})
    parts = [_traffic(shape, rng, [1, lanes, 1], uniform, 1.0)]
    parts += [_traffic(shape, rng, [longest, *edges], kind, 0.3, at="ends") for kind in SPECIAL]
    for frequency in _FREQUENCIES:
        parts += [_traffic(shape, rng, [*edges] * 3, kind, frequency) for kind in (uniform, gaussian)]
    return joined(parts)


def random_trial(shape: DotShape, rng: Rng) -> DotTrial:
    """Build sums of random lengths and codes, with random waits."""
    most = int(2.0 ** rng.uniform(0, np.log2(_longest(shape)) + 1e-9))
    lengths = _repeated(shape, rng, [int(k) for k in rng.integers(1, most + 1, 50)])
    made = (uniform, gaussian)[rng.integers(2)]
    frequency = float(rng.choice([*_FREQUENCIES, rng.random()]))
    return DotTrial(_traffic(shape, rng, lengths, made, frequency), interrupts=_interrupts(rng)[:1])


def beats_of_a_trial(shape: DotShape) -> int:
    """Return an upper bound of the beats of any trial."""
    return 3 * -(-_longest(shape) // shape.lanes) + _BEATS + 50


def _longest(shape: DotShape) -> int:
    return min(shape.dot.depth, LONGEST * shape.lanes)


def _repeated(shape: DotShape, rng: Rng, lengths: Sequence[int]) -> list[int]:
    """Draw lengths from a list until they come to about `_BEATS` beats."""
    chosen, beats = list[int](), 0
    while beats < _BEATS:
        chosen.append(int(rng.choice(lengths)))
        beats += -(-chosen[-1] // shape.lanes)
    return chosen


def _interrupts(rng: Rng) -> tuple[int, ...]:
    return tuple(int(cycles) for cycles in rng.integers(20, 300, _RESETS))


Codings = Callable[[Format, tuple[int, int], Rng], Codes]


def uniform(f: Format, size: tuple[int, int], rng: Rng) -> Codes:
    """Draw uniformly distributed codes, reserved ones included."""
    return rng.integers(0, 1 << f.width, size, np.uint32)


def gaussian(f: Format, size: tuple[int, int], rng: Rng) -> Codes:
    """Draw normally distributed numbers in the middle of the format's range."""
    return encode(f, np.ldexp(rng.normal(size=size), middle(f)))


def largest(f: Format, size: tuple[int, int], rng: Rng) -> Codes:
    """Fill with the largest code, positive."""
    return np.full(size, f.sign_bit - 1, np.uint32)


def extremes(f: Format, size: tuple[int, int], rng: Rng) -> Codes:
    """Draw zeros and the smallest and largest codes, of either sign."""
    among = np.array([0, f.hidden_one - 1, f.hidden_one, f.top, f.sign_bit - 1], np.uint32)
    codes: Codes = rng.choice(among, size) | rng.choice(np.array([0, f.sign_bit], np.uint32), size)
    return codes


def negative(f: Format, size: tuple[int, int], rng: Rng) -> Codes:
    """Fill with the largest code, of random sign, so that products can be negative."""
    if rng.random() < 0.5:
        return largest(f, size, rng)
    return largest(f, size, rng) + 2 if f.is_integer else largest(f, size, rng) | np.uint32(f.sign_bit)


def smallest(f: Format, size: tuple[int, int], rng: Rng) -> Codes:
    """Draw the smallest subnormal code and the smallest normal one, of either sign."""
    among = np.array([1, f.hidden_one, f.sign_bit | 1, f.sign_bit | f.hidden_one], np.uint32)
    codes: Codes = rng.choice(among, size)
    return codes


SPECIAL: tuple[Codings, ...] = (largest, negative, extremes)


def _traffic(
    shape: DotShape, rng: Rng, lengths: Sequence[int], codes: Codings, frequency: float, at: str = "anywhere"
) -> Traffic:
    """Build sums of given lengths; words are released after a beat with the given frequency.

    Anchors are at the ends of the products' range (`ends`), or anywhere in the port's range.
    """
    p, lanes = shape.dot.product, shape.lanes
    beats = [-(-k // lanes) for k in lengths]
    last = np.zeros(sum(beats), bool)
    last[np.cumsum(beats) - 1] = True
    x = codes(p.format, (len(last), lanes), rng)
    for k, end in zip(lengths, np.cumsum(beats), strict=True):
        x[end - 1, (k - 1) % lanes + 1 :] = 0
    release = rng.random(len(last)) < frequency
    y = codes(p.y_format, (int(release[:-1].sum()) + 1, lanes), rng)
    traffic = Traffic(x, last, release, y)
    return _anchored(shape, rng, traffic, at) if shape.dot.kind.has_anchor else traffic


def _anchored(shape: DotShape, rng: Rng, t: Traffic, at: str) -> Traffic:
    """Add anchors, which change only where words are replaced after the last beat of a sum."""
    dot, reach = shape.dot, 1 << (shape.anchor_width - 1)
    first, final = dot.lowest_exponent, dot.highest_exponent
    group_of_load = np.cumsum(np.append(0, t.last[np.flatnonzero(t.release[:-1])]))
    group_of_beat, anchors = group_of_load[t.used], []
    starts = np.searchsorted(group_of_beat, np.arange(group_of_load[-1] + 2))
    for begin, end in pairwise(starts):
        choice = rng.integers(2 if at == "ends" else 8)
        if choice == 7:
            x, y = t.x[begin:end], t.y[t.used[begin:end]]
            anchors.append(least_anchor(dot, x[:, None, :], y[:, :, None]))
            continue
        among = (first, final, final + 1, -reach, reach - 1, rng.integers(-reach, reach), rng.integers(first, final))
        anchors.append(int(among[choice]))
    chosen: Array = np.array(anchors, np.int64)[group_of_load]
    return Traffic(t.x, t.last, t.release, t.y, chosen, _scales(rng, len(t.y)) if dot.scaled else None)


def _scales(rng: Rng, loads: int) -> Array:
    """Draw scales near 1, the smallest and the largest, and NaN in some traffic."""
    near = rng.integers(E8M0_BIAS - 6, E8M0_BIAS + 7, (loads, 2))
    ends = rng.choice([0, 2 * E8M0_BIAS, E8M0_NAN if rng.random() < 0.5 else E8M0_BIAS], (loads, 2))
    return np.where(rng.random((loads, 2)) < 0.1, ends, near)
