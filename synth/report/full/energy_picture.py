"""Picture of energies: the energy of a product in each datapath, by part."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from lmul.golden.formats import Format
from lmul.golden.methods import Method
from lmul.reporting.drawing import BLUE, GREY, ORANGE, SKY, image, quiet
from lmul.synth.energy.energy import Energy
from lmul.synth.measure.contenders import Contender, Use, contenders
from lmul.synth.measure.figures import spent
from lmul.synth.measure.session import Measured

METHODS = (Method.LMUL, Method.corrected(2), Method.ROUNDED, Method.EXACT)

_PARTS = {"combinational": BLUE, "registers": ORANGE, "clock": GREY, "inputs": SKY}
_INCHES_PER_BAR = 0.2


def energy_picture(measured: Measured, formats: Sequence[Format], uses: Sequence[Use], kind: str) -> bytes:
    """Draw stacked bars as shares of the best exact contender's energy, one panel a use.

    Parameters
    ----------
    measured : Measured
        Session in one technology.
    formats, uses : sequence
        Formats and uses to draw.
    kind : str
        `png` or `svg`.
    """
    return image(lambda: _drawn(measured, formats, uses), kind, Title="lmul report --full: energy a product")


def _drawn(measured: Measured, formats: Sequence[Format], uses: Sequence[Use]) -> Figure:
    groups = {use: list(contenders(formats, [use], METHODS)) for use in uses}
    height = _INCHES_PER_BAR * max(len(found) + len(formats) for found in groups.values()) + 1.6
    figure = Figure(figsize=(3.6 * len(uses) + 0.6, height), dpi=110, facecolor="white", layout="constrained")
    row = figure.subplots(1, len(uses), squeeze=False)[0]
    for axes, (use, found) in zip(row, groups.items(), strict=True):
        _panel(axes, measured, found)
        axes.set_title(use.value, fontsize=10, loc="left")
    handles, names = row[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=len(names), frameon=False, fontsize=9)
    title = f"Energy a product without glitches, as a share of the best exact one; {measured.technology.name}"
    figure.suptitle(title, fontsize=11, x=0.01, ha="left", weight="bold")
    return figure


def _panel(axes: Axes, measured: Measured, found: Sequence[Contender]) -> None:
    place, places, names = 0.0, list[float](), list[str]()
    for number, each in enumerate(found):
        place += 1 + (number > 0 and each.format != found[number - 1].format)
        own = spent(measured, each.design)
        exact = min((spent(measured, other) for other in each.baselines), key=lambda found: found.settled.fj_per_cycle)
        _stack(axes, own.settled, exact.settled.fj_per_cycle, place, legend=number == 0)
        energy = own.settled.fj_per_cycle
        text = f"{energy / each.design.products:,.0f} fJ"
        axes.text(100 * energy / exact.settled.fj_per_cycle + 1.5, place, text, va="center", fontsize=7)
        places.append(place)
        names.append(f"{each.format} {each.method}")
    axes.set_yticks(places, names, fontsize=7.5)
    axes.set_ylim(place + 0.7, 0.3)
    axes.set_xlim(0, 150)
    axes.set_xticks(range(0, 101, 25), [f"{share} %" for share in range(0, 101, 25)], fontsize=8)
    axes.tick_params(axis="y", length=0)
    quiet(axes, "left")


def _stack(axes: Axes, energy: Energy, whole: float, place: float, legend: bool) -> None:
    left = 0.0
    for part, colour in _PARTS.items():
        size = 100 * float(getattr(energy, part)) / whole
        axes.barh(place, size, 0.82, left=left, color=colour, label=part if legend else None)
        left += size
