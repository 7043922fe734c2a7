"""Quality of the benches of dot products and arrays: the mutants that they kill."""

from collections.abc import Callable, Sequence
from pathlib import Path

from lmul.hdl.array.axi import AxiStreamArray
from lmul.hdl.array.systolic import SystolicArray
from lmul.hdl.dot.dot_product import DotProduct
from lmul.hdl.export.verilog import ports_of
from lmul.sim.array import played_array
from lmul.sim.dot_product import played_dot_product
from lmul.sim.jobs.mutants import Judged, SumCampaign
from lmul.sim.mutation import judged_in, wrapper
from lmul.sim.verilator import SimulationError
from lmul.sim.verilog.player import player_top


def judge_sums(
    unit: DotProduct | SystolicArray | AxiStreamArray,
    verilog: str,
    bits: int,
    mutants: Sequence[int],
    folder: Path,
    done: Callable[[int], None] = lambda count: None,
) -> list[Judged]:
    """Play mutants of a unit to the bench that checks such units, in one build.

    The unit itself is played first and, to see that no mutant leaves anything to the next, last.

    Parameters and result are those of `sim.mutation.judge`.

    Raises
    ------
    SimulationError
        The bench complains of the unit itself, or did not run.
    """
    played = played_dot_product(unit) if isinstance(unit, DotProduct) else played_array(unit)
    top, public = player_top([played.player])
    text = f"{verilog}\n{wrapper(unit.name, ports_of(unit))}"
    judged = judged_in(
        folder,
        "\n".join([top, *played.adapters]),
        public,
        text,
        bits,
        ("sum_mutants", "mutants_of_sums_are_judged"),
        SumCampaign(played.player.name, played.shape, (0, *mutants, 0)),
        done,
    )
    for original in (judged[0], judged[-1]):
        if original.killed:
            raise SimulationError(f"the bench complains of {unit.name} itself: {original.complaint}")
    return judged[1:-1]
