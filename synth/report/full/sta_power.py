"""Table of this project's energies beside OpenSTA's power, at one average activity."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from lmul.golden.formats import Format
from lmul.golden.methods import Method
from lmul.reporting.sections import Record, Section, decimals, plain, significant
from lmul.reporting.topic import Topic
from lmul.synth.measure.session import Job, Measured, Plan
from lmul.synth.opensta.jobs import ACTIVITY, PowerJob, Powers
from lmul.synth.opensta.probe import Probe, Probed
from lmul.synth.opensta.run import MISSING, opensta_version
from lmul.synth.report.full.delay_curves import DELAY_METHODS, contender
from lmul.synth.report.full.sta_delays import timing_jobs, timing_section
from lmul.synth.report.setting import Setting, in_technology
from lmul.synth.technology.technology import Technology
from lmul.tools.failure import number


def opensta_jobs(formats: Sequence[Format]) -> list[Job]:
    """List the jobs for energies by both, and for the probe of OpenSTA; none where it is not installed."""
    version = opensta_version()
    if version is None:
        return []
    return [Probe(version), *(PowerJob(contender(f, method), version) for f in formats for method in DELAY_METHODS)]


def opensta_section(measured: Measured, formats: Sequence[Format]) -> Section:
    """Make the table of our energies and OpenSTA's; without OpenSTA it has only a note that says so."""
    version = opensta_version()
    records: list[Record] = []
    notes = [MISSING]
    if version is not None:
        probe: Probed = measured[Probe(version)]
        records = [
            _record(f, method, measured[PowerJob(contender(f, method), version)], probe)
            for f in formats
            for method in DELAY_METHODS
        ]
        notes = _notes(probe, version, records, measured.technology)
    return Section(
        key="opensta",
        title="Energy of a product beside OpenSTA's power, random operands",
        records=records,
        columns={
            "format": ("format", plain),
            "method": ("method", plain),
            "settled_fj": ("ours fJ", decimals(1)),
            "glitches_fj": ("with glitches", decimals(1)),
            "opensta_fj": ("OpenSTA fJ", decimals(1)),
            "ratio": ("ours / OpenSTA", significant(2)),
            "busiest": ("OpenSTA's busiest net", decimals(1)),
            "depth": ("gates in a row", plain),
            "switching_ratio": ("same toggles: nets", decimals(2)),
            "simple_ratio": ("inside simple gates", decimals(2)),
            "internal_ratio": ("inside all gates", decimals(2)),
        },
        notes=notes,
    )


def _record(f: Format, method: Method, found: Powers, probe: Probed) -> Record:
    theirs = found.internal + found.switching
    counted = probe.internal["INV"]
    return {
        "format": f.name,
        "method": method.name,
        "settled_fj": found.settled,
        "glitches_fj": found.glitches,
        "internal_fj": found.internal,
        "switching_fj": found.switching,
        "opensta_fj": theirs,
        "ratio": found.settled / theirs,
        "busiest": found.busiest,
        "depth": found.depth,
        "switching_ratio": found.own_switching / found.switching,
        "simple_ratio": found.own_simple * counted / found.simple,
        "internal_ratio": found.own_internal * counted / found.internal,
    }


def _notes(probe: Probed, version: str, records: Sequence[Record], technology: Technology) -> list[str]:
    counted = ", ".join(f"{cell} {ratio:.2f}" for cell, ratio in probe.internal.items())
    return [
        "Energy of a cycle, of all gates and the nets that they drive, at one average activity; input nets, leakage and"
        f" wires are left out on both sides. Ours is simulated on random bits. OpenSTA {version} propagates"
        f" {ACTIVITY:g} transitions of each input in a cycle, internal and switching power added up as it prints them.",
        "How this OpenSTA counts, on cells whose answer is known: internal energy over that of the transitions which it"
        f" counts itself, {counted}; nets {probe.switching:.2f} times C V^2 / 2. 1 is right; 2 is what comes of adding"
        " rise and fall for each transition.",
        *([_by_rail(probe, version)] if "related_pg_pin" in str(technology.files["cells.lib"]) else []),
        "The toggles differ as well. OpenSTA takes the inputs of each gate as independent and lets a transition pass"
        " with the probability that the other inputs let it; it counts neither settled values nor glitches. An XOR of"
        f" two random inputs has {probe.xor:.2f} times the transitions of one of them here; settled values have 1,"
        f" inputs that never change together 2. The same XOR made of a NOR and an AOI has {probe.built:.2f} times."
        " Where both differ, OpenSTA's toggles turn on whether a library's XOR cells are used; and such factors"
        " multiply where the inputs of XORs are themselves XORs, as in the sums of a multiplier.",
        *([_extreme(records)] if records else []),
        "So the last three columns give our tables OpenSTA's own toggles, and divide its internal energy by what it"
        " makes of an inverter: ours / OpenSTA for the nets, for the inside of inverters and of ANDs and ORs of two"
        " inputs, where its count is sound, and of all gates. What is left in simple gates are slews, which OpenSTA"
        " follows and we take from a third of the file's table.",
        "Do not take either for the power of a chip: there are no wires. Between contenders compare within a column.",
    ]


def _by_rail(probe: Probed, version: str) -> str:
    return (
        "This library gives internal energies by supply rail. Ours adds those of all rails. Of an inverter with three"
        f" quarters of its energy at one rail and a quarter at another, OpenSTA {version} counts"
        f" {probe.rails:.2f} of the whole."
    )


def _extreme(records: Sequence[Record]) -> str:
    """Say in which row ours / OpenSTA is least, and what is known of it."""
    rows = [(number(row["ratio"]), row) for row in records]
    low, row = min(rows, key=lambda each: each[0])
    shares = [number(row["internal_ratio"]) for row in records]
    return (
        f"Ours / OpenSTA is {low:.2g} to {max(ratio for ratio, _ in rows):.2g}, least for {row['format']}"
        f" {row['method']}. There OpenSTA's busiest net makes {number(row['busiest']):.1f} transitions in a cycle,"
        f" behind at most {row['depth']} gates in a row. (If all gates take the same time no net can change more often"
        " than there are gates on the way to it, and settled values change at most once.) With OpenSTA's own toggles"
        f" for both, ours / OpenSTA is {min(shares):.2f} to {max(shares):.2f} inside all gates, and"
        f" {number(row['internal_ratio']):.2f} in that row: as far as that agrees with the other rows, toggles are"
        " what sets it apart."
    )


def _table(
    make: Callable[[Measured, Sequence[Format]], Section], measured: Measured, formats: Sequence[Format]
) -> Section:
    return in_technology(make(measured, formats), measured)


@dataclass(frozen=True)
class OpenSta(Topic[Setting]):
    """Topic: OpenSTA's delays and power as a second opinion; a note where it is not installed."""

    def plan(self, setting: Setting) -> Plan:
        """List the jobs, in every liberty technology."""
        liberties = [measured for measured in setting.each if not measured.technology.is_generic]
        return [(each, [*timing_jobs(setting.formats), *opensta_jobs(setting.formats)]) for each in liberties]

    def sections(self, setting: Setting) -> list[Section]:
        """Make the tables of delays and of energies, one each a technology."""
        liberties = [measured for measured in reversed(setting.each) if not measured.technology.is_generic]
        made = (timing_section, opensta_section)
        return self.tables(partial(_table, make, each, setting.formats) for make in made for each in liberties)
