"""Control of the players in a simulation: plays beats to arrays and reads the players' counters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cocotb.handle import HierarchyObject
from cocotb.triggers import Timer

from lmul.sim.jobs.products import port
from lmul.sim.stimulus.beats import read_beats, write_beats
from lmul.sim.stimulus.tiles import Beats, Shape
from lmul.sim.verilog.player import ALWAYS, PATIENCE, STATUS

_POLL = 4096

_RESETS = (2, 1, 40)
"""Cycles of resets, in turn. One has to be enough, with the array in whatever state; and the last one mostly is."""


@dataclass(frozen=True)
class Run:
    """Beats for one array between two resets.

    Attributes
    ----------
    a, b : Beats
        Beats of the streams a and b.
    results : int
        Beats of c to be kept; any more are an excess.
    rates : tuple of int, or None
        Rates of a, b and c: cycles of 256 in which each is active. None changes them all the time.
    """

    a: Beats
    b: Beats
    results: int
    rates: tuple[int, int, int] | None = (ALWAYS, ALWAYS, ALWAYS)


@dataclass(frozen=True)
class Counts:
    """Counters of a player; see `STATUS`.

    `stale` is 1 if what came out between two resets was not what came out after the last one, or a flag was not.
    """

    a_taken: int
    b_taken: int
    c_taken: int
    withdrawn: int
    changed: int
    excess: int
    cycles: int
    first: int
    last: int
    idle: int
    flags: int
    stale: int = 0

    def complaint(self, run: Run) -> str:
        """Describe the stream rule that was broken, or return ""."""
        if broken := self.unsteady():
            return broken
        if self.excess:
            return f"a beat came out for which no tile went in ({self.excess} times)"
        if (self.a_taken, self.b_taken, self.c_taken) != (len(run.a), len(run.b), run.results):
            return (
                f"nothing moved for {PATIENCE} cycles after {self.a_taken} of {len(run.a)} beats of a, "
                f"{self.b_taken} of {len(run.b)} of b and {self.c_taken} of {run.results} of c"
            )
        return ""

    def left_over(self) -> str:
        """Describe what resets in the middle left, or return ""."""
        return "after a reset in the middle something else came out than after another" if self.stale else ""

    def unsteady(self) -> str:
        """Describe the rule for beats that wait which was broken, or return ""."""
        if self.withdrawn:
            return f"a beat that was not taken was withdrawn ({self.withdrawn} times)"
        if self.changed:
            return f"a beat changed while it waited ({self.changed} times)"
        return ""


async def play_through(dut: HierarchyObject, runs: Mapping[str, Run], interrupts: Sequence[int]) -> dict[str, Counts]:
    """Play runs for each of some numbers of cycles, with resets in between, and then to their ends.

    What comes out until an interrupt has to come out once more at last.
    """
    early = []
    for number, cycles in enumerate(interrupts):
        counts = await play(dut, runs, cycles, _RESETS[number % len(_RESETS)])
        early.append({name: (each, _lines(name, each)) for name, each in counts.items()})
    final = await play(dut, runs, reset=_RESETS[len(interrupts) % len(_RESETS)])
    for name, counts_ in final.items():
        lines, before = _lines(name, counts_), [each[name] for each in early]
        stale = any(out != lines[: len(out)] or each.flags & ~counts_.flags for each, out in before)
        withdrawn, changed = (
            sum(getattr(each, what) for each, _ in [(counts_, lines), *before]) for what in ("withdrawn", "changed")
        )
        final[name] = replace(counts_, withdrawn=withdrawn, changed=changed, stale=stale)
    return final


async def play(dut: HierarchyObject, runs: Mapping[str, Run], cycles: int = 0, reset: int = 2) -> dict[str, Counts]:
    """Reset all arrays for `reset` cycles and play each its run, until all are done or for `cycles` cycles."""
    port(dut, "rst").value = 1
    port(dut, "limit").value = reset
    for name, run in runs.items():
        for stream, beats in (("a", run.a), ("b", run.b)):
            write_beats(Path(f"{name}_{stream}.hex"), beats)
            port(dut, f"{name}_{stream}_count").value = len(beats)
        port(dut, f"{name}_c_count").value = run.results
        port(dut, f"{name}_mixed").value = run.rates is None
        for stream, rate in zip("abc", run.rates or (ALWAYS,) * 3, strict=True):
            port(dut, f"{name}_{stream}_rate").value = rate
        toggle(dut, f"{name}_load")
    await Timer(1, "ns")
    await until_done(dut)
    port(dut, "rst").value = 0
    port(dut, "limit").value = cycles
    await until_done(dut)
    counts = {name: _counts(dut, name) for name in runs}
    for name in runs:
        toggle(dut, f"{name}_dump")
    await Timer(1, "ns")
    return counts


def results(name: str, shape: Shape, counts: Counts) -> Beats:
    """Read the beats of c that a player kept."""
    size = -(-(shape.columns * shape.dot.output_width + 2) // 8)
    return read_beats(Path(f"{name}_c.hex"), size)[: counts.c_taken]


def _lines(name: str, counts: Counts) -> list[str]:
    """Read the beats of c that a player kept, as they are in its file."""
    if not counts.c_taken:
        return []
    lines = Path(f"{name}_c.hex").read_text().splitlines()
    return [line for line in lines if not line.startswith(("/", "@"))][: counts.c_taken]


def toggle(dut: HierarchyObject, name: str) -> None:
    """Change a signal of one bit of the top module."""
    signal = port(dut, name)
    signal.value = not int(signal.value)


async def until_done(dut: HierarchyObject) -> None:
    """Toggle `go`, and wait until the top module says that it is done."""
    toggle(dut, "go")
    await Timer(1, "ns")
    while int(port(dut, "running").value):
        await Timer(_POLL, "ns")


def _counts(dut: HierarchyObject, name: str) -> Counts:
    value = int(port(dut, f"{name}_status").value)
    return Counts(*((value >> (32 * i)) & 0xFFFFFFFF for i in range(len(STATUS))))
