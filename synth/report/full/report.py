"""Title, topics and notes of the full report."""

from collections.abc import Sequence

from lmul.reporting.topic import Topic
from lmul.synth.energy.operands import Stream
from lmul.synth.report.full.claims import Claims
from lmul.synth.report.full.delay import Delays
from lmul.synth.report.full.energy_model import Models
from lmul.synth.report.full.equal_accuracy import EqualAccuracy
from lmul.synth.report.full.exact_forms import ExactForms
from lmul.synth.report.full.fpga import Fpgas
from lmul.synth.report.full.operands import Streams
from lmul.synth.report.full.pareto import Pareto
from lmul.synth.report.full.placed import Placed
from lmul.synth.report.full.rivals import Rivals
from lmul.synth.report.full.savings import Savings
from lmul.synth.report.full.sta_power import OpenSta
from lmul.synth.report.full.widths import Widths
from lmul.synth.report.layout.entrants import Placing
from lmul.synth.report.noise import NOISE_PERCENT
from lmul.synth.report.setting import Setting
from lmul.synth.rivals.source import Rival

TITLE = "What multiplication by integer addition costs, and where it pays"

NOTES = [
    "Every module goes through the same flow in a technology, exact ones included: mapped for area, without a search"
    " over scripts, without a clock to meet, and as a sum of cells without wires, unless a table says otherwise.",
    f"Differences in area of less than about {NOISE_PERCENT} % mean nothing: equivalent descriptions vary that much.",
    "A saving is 1 - ours / baseline's, with the exact baseline of the same format and policy through the same flow. It"
    " says nothing of accuracy: the methods do not compute the same.",
    "Energy is of toggling nets and of the clock at registers, on the same operands for all. 'fJ' has every net change"
    " at most once a cycle, a lower estimate; 'with glitches' gives every gate the same delay, an upper one, which long"
    " carry chains suffer from most. The truth lies between.",
]
"""Notes to read before the numbers."""


def full_topics(
    rivals: tuple[Rival, ...] = (), streams: tuple[Stream, ...] = (), placings: Sequence[Placing] = ()
) -> list[Topic[Setting]]:
    """List the topics, in the order of the report.

    Parameters
    ----------
    rivals : tuple of Rival
        Multipliers from elsewhere, to compare with.
    streams : tuple of Stream
        Operands besides uniform and Gaussian ones.
    placings : sequence of Placing
        How units are placed in each library; without them none is placed.
    """
    return [
        Savings(rivals=rivals),
        ExactForms(),
        Rivals(rivals),
        Delays(),
        Pareto(),
        EqualAccuracy(),
        Widths(),
        Streams(streams),
        Claims(),
        Fpgas(),
        Models(),
        OpenSta(),
        *([Placed(placings)] if placings else []),
    ]
