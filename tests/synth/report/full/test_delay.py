"""Tables and pictures of area against delay and of OpenSTA, from outcomes written by hand."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from lmul.golden.formats import E4M3, E5M2
from lmul.golden.methods import Method
from lmul.synth.mapping.flow import map_module
from lmul.synth.mapping.recipes import Description, Point, Sweep
from lmul.synth.measure.session import Measured
from lmul.synth.opensta import run
from lmul.synth.opensta.jobs import PowerJob, Powers, TimingJob, Timings
from lmul.synth.opensta.probe import Probe, Probed
from lmul.synth.opensta.run import MISSING, Timing, opensta_version
from lmul.synth.report.full import sta_delays, sta_power
from lmul.synth.report.full.delay import delay_jobs, delay_section, envelope_section
from lmul.synth.report.full.delay_curves import DELAY_METHODS, contender, smallest
from lmul.synth.report.full.delay_picture import delay_picture
from lmul.synth.report.full.delay_styles import styles_section
from lmul.synth.report.full.sta_delays import timing_jobs, timing_section
from lmul.synth.report.full.sta_power import opensta_jobs, opensta_section
from lmul.synth.technology.technology import Technology

_POINTS = {
    Method.EXACT: [(100, 1000), (150, 600), (200, 500)],
    Method.LMUL: [(40, 800), (60, 500), (90, 300)],
    Method.corrected(2): [(50, 900), (120, 550)],
}


_FLAT = "{0}, {0}"


def _point(area: float, delay: float) -> Point:
    return Point(area, delay, 1.0, "exported", "map")


@pytest.fixture
def swept(tiny: Technology) -> Measured:
    measured = Measured(tiny)
    methods = [method for _ in (E4M3, E5M2) for method in DELAY_METHODS for _ in Description]
    for job, method in zip(delay_jobs([E4M3, E5M2]), methods, strict=True):
        assert isinstance(job, Sweep)
        # One description has the good points, the others one that is of no use.
        good = job.description is Description.RTL
        measured.learn(job, [_point(*each) for each in (_POINTS[method] if good else [(999, 999)])])
    return measured


def test_areas_at_common_delays(swept: Measured) -> None:
    records = delay_section(swept, [E4M3]).records
    targets = [1000, 1000 * 0.5**0.25, 1000 * 0.5**0.5, 1000 * 0.5**0.75, 500, 300]
    assert [record["target_ps"] for record in records] == pytest.approx(targets)
    areas = [(r["exact_um2"], r["lmul_um2"], r["corrected2_um2"]) for r in records]
    # 841, 707 and 595 ps: exact must be ever faster.
    assert areas == [(100, 40, 50), (150, 40, 120), (150, 60, 120), (200, 60, 120), (200, 60, None), (None, 90, None)]
    assert [r["lmul_saved"] for r in records] == [*map(pytest.approx, (0.6, 1 - 40 / 150, 0.6, 0.7, 0.7)), None]
    assert records[0]["lmul_recipe"] == "exported: map, sized"


def test_what_e5m2_saves_is_named_as_noise(swept: Measured) -> None:
    assert not any("e5m2" in note for note in delay_section(swept, [E4M3]).notes)
    assert "'saved' goes from 60 to 73 %" in delay_section(swept, [E5M2]).notes[-1]


def test_a_recipe_that_fails_for_one_counts_for_none(swept: Measured) -> None:
    for method in DELAY_METHODS:
        job = Sweep(contender(E4M3, method), Description.BOOTH)
        swept.learn(job, [*swept[job], Point(999, 999, None, "booth", "amap")])
    before = delay_section(swept, [E4M3])
    for method in (Method.LMUL, Method.EXACT):
        job = Sweep(contender(E4M3, method), Description.BOOTH)
        extra = Point(1, 1, 1.0, "booth", "if -g"), Point(1, 1, 1.0, "booth", "amap")  # all have an unsized `amap`
        swept.learn(job, [*swept[job], *extra])
    after = delay_section(swept, [E4M3])
    assert after.records == before.records
    assert "e4m3 booth: amap, sized, e4m3 booth: if -g, sized." in after.notes[-1] and "if -g" not in before.notes[-1]


def test_the_smallest_that_is_fast_enough() -> None:
    points = [_point(*each) for each in _POINTS[Method.LMUL]]
    assert [smallest(points, delay) for delay in (800, 799, 300, 299)] == [points[0], points[1], points[2], None]


def test_all_of_the_envelope_is_listed(swept: Measured) -> None:
    records = envelope_section(swept, [E4M3]).records
    assert [(r["method"], r["area_um2"], r["delay_ps"]) for r in records if r["area_um2"] != 999] == [
        (method.name, *each) for method in DELAY_METHODS for each in _POINTS[method]
    ]


def test_both_styles_at_the_same_delays(swept: Measured) -> None:
    for method, points in {Method.EXACT: [(120, 900), (180, 480)], Method.LMUL: [(45, 700), (50, 480)]}.items():
        swept.learn(Sweep(contender(E4M3, method), Description.GATES), [_point(*each) for each in points])
    records = styles_section(swept, [E4M3]).records
    lmul, *_, exact = (records[i : i + 3] for i in (0, 3, 6))
    # The smallest exact one takes 1000 ps, the fastest 480.
    middle = (1000 * 480) ** 0.5
    assert [record["at_most_ps"] for record in lmul] == [None, pytest.approx(middle), 480]
    assert [(r["gates_um2"], r["rtl_um2"], r["style"]) for r in lmul] == [
        (45, 40, "gates"),  # as all tables of areas
        (50, 60, "gates"),
        (50, 90, "gates"),
    ]
    assert [(r["gates_um2"], r["rtl_um2"], r["style"]) for r in exact] == [
        (120, 100, "gates"),
        (180, 150, "rtl"),
        (180, None, "gates"),
    ]
    assert lmul[1]["rtl_larger"] == pytest.approx(0.2) and exact[2]["rtl_larger"] is None


def test_the_picture_is_the_same_each_time(swept: Measured) -> None:
    for kind, start in (("png", b"\x89PNG"), ("svg", b"<?xml")):
        first, second = (delay_picture(swept, [E4M3], kind) for _ in range(2))
        assert first == second
        assert first.startswith(start)


def test_without_opensta_there_is_a_note_and_no_job(tiny: Technology, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (sta_delays, sta_power):
        monkeypatch.setattr(module, "opensta_version", lambda: None)
    assert [*timing_jobs([E4M3]), *opensta_jobs([E4M3])] == []
    for section in (timing_section(Measured(tiny), [E4M3]), opensta_section(Measured(tiny), [E4M3])):
        assert (section.records, section.notes) == ([], [MISSING])
        assert section.table.groups == []


def _each(jobs: Iterable[object], kind: type) -> list[object]:
    return [job for job in jobs if isinstance(job, kind)]


def test_rows_with_opensta(tiny: Technology, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (sta_delays, sta_power):
        monkeypatch.setattr(module, "opensta_version", lambda: "9.9")
    measured = Measured(tiny)
    for job in timing_jobs([E4M3]):
        assert isinstance(job, TimingJob)
        found = Timing(30.0, None, None, None) if job.pipeline == 0 else Timing(5.0, 1.0, 2.0, 3.0)
        measured.learn(job, Timings(10.0, Timing(20.0, None, None, None), found))
    rows = timing_section(measured, [E4M3]).records
    assert [[*row.values()][2:] for row in rows[2:4]] == [
        [0, 10.0, 20.0, 30.0, None, None, None],
        [2, None, None, None, 1.0, 2.0, 3.0],
    ]
    notes = timing_section(measured, [E4M3]).notes
    assert f"Most by which ABC is off here: -50.00 %, e4m3 {DELAY_METHODS[0]}, 10 ps where OpenSTA has 20." in notes
    powers = _each(opensta_jobs([E4M3]), PowerJob)
    assert len(powers) == len(DELAY_METHODS)
    for job in powers:
        last = job is powers[-1]
        measured.learn(
            job,
            Powers(30.0 if last else 60.0, 90.0, 80.0, 20.0, 40.0, 30.0, 20.0, 18.0, 9.0 if last else 7.5, 12 + last),
        )
    measured.learn(Probe("9.9"), Probed({"INV": 2.0, "NOR3": 2.5}, 1.0, 0.5, 1.5, 0.75))
    section = opensta_section(measured, [E4M3])
    assert not any("by supply rail" in note for note in section.notes)
    cells = tiny.files["cells.lib"]
    assert isinstance(cells, bytes)
    measured.technology = replace(tiny, files={"cells.lib": cells.replace(b"related_pin", b"related_pg_pin", 1)})
    told = [note for note in opensta_section(measured, [E4M3]).notes if "by supply rail" in note]
    assert len(told) == 1 and told[0].endswith("OpenSTA 9.9 counts 0.75 of the whole.")
    row = section.records[0]
    assert (row["opensta_fj"], row["ratio"]) == (100.0, 0.6)
    assert (row["switching_ratio"], row["internal_ratio"], row["simple_ratio"]) == (1.0, 0.75, 0.9)
    assert "INV 2.00, NOR3 2.50" in section.notes[1]
    assert "has 0.50 times" in section.notes[2] and "an AOI has 1.50 times" in section.notes[2]
    assert section.notes[3].startswith(f"Ours / OpenSTA is 0.3 to 0.6, least for e4m3 {DELAY_METHODS[-1]}. There")
    assert "busiest net makes 9.0 transitions in a cycle, behind at most 13 gates" in section.notes[3]


@pytest.mark.skipif(opensta_version() is None, reason=MISSING)
def test_both_count_nets_alike(tiny: Technology) -> None:
    version = opensta_version()
    assert version is not None
    with_thresholds = _thresholds(tiny)
    job = opensta_jobs([E4M3])[1]
    assert isinstance(job, PowerJob)
    found = job.run(with_thresholds)
    assert found.own_switching == pytest.approx(found.switching, rel=0.001)
    assert 0 < found.settled < found.glitches
    measured = Measured(tiny)
    measured.learn(job, timing_jobs([E4M3])[0].run(with_thresholds))
    times = measured[job]
    assert times.bare.through == pytest.approx(times.abc, abs=0.5)


@pytest.mark.skipif(opensta_version() is None, reason=MISSING)
@pytest.mark.parametrize(
    ("arcs", "gates", "abc_ps", "opensta_ps"),
    [
        # Rise takes 100 ps, fall 20: what the first XOR makes rise late lets the second rise late, by its second arc.
        # An inverter behind them takes 20 ps.
        ([("negative", _FLAT, "0.1", "0.02"), ("positive", _FLAT, "0.1", "0.02")], "~(a ^ b ^ c)", 140, 220),
        # Over loads of 1 and 10 fF, 10 and 30 ps or 30 and 10: without load the larger of both lines, or of points.
        ([("negative", "{0}, 0.03", "0.01", "0.01"), ("positive", "{0}, 0.01", "0.03", "0.03")], "a ^ b", 30, 32.2),
    ],
)
def test_abc_takes_the_arcs_of_an_input_as_one(
    tiny: Technology, arcs: list[tuple[str, str, str, str]], gates: str, abc_ps: float, opensta_ps: float
) -> None:
    technology = _thresholds(tiny)
    text = technology.files["cells.lib"].decode()
    before, cell = text.split('cell ("XOR2")')
    head = cell.split("timing ()")[0].replace("area : 8", "area : 5")  # less than an XOR made of other gates
    groups = [_arc(pin, *arc) for pin in "AB" for arc in arcs]
    _, after = cell.split("\ncell (", 1)
    text = f"{before}cell(XOR2){head}{' '.join(groups)} }} }}\ncell ({after}"
    changed = replace(technology, files={"cells.lib": text.encode()})
    mapped = map_module(f"module xors (input a, b, c, output y); assign y = {gates}; endmodule", "xors", changed)
    assert set(mapped.cost.cells) <= {"XOR2", "INV"}
    assert mapped.cost.delay_ps == pytest.approx(abc_ps, abs=0.1)
    assert run.timing(mapped.netlist, "xors", changed).through == pytest.approx(opensta_ps, abs=0.1)


def _arc(pin: str, sense: str, values: str, rise: str, fall: str) -> str:
    """A timing group whose delays are `values` for rise and fall, and whose slews are all 20 ps."""
    tables = {"cell_rise": rise, "cell_fall": fall, "rise_transition": "", "fall_transition": ""}
    rows = {kind: values.format(first) if first else "0.02, 0.02" for kind, first in tables.items()}
    text = " ".join(f'{kind}(t) {{ values("{row}", "{row}"); }}' for kind, row in rows.items())
    return f"timing() {{ related_pin : {pin}; timing_sense : {sense}_unate; {text} }}"


def _thresholds(technology: Technology) -> Technology:
    """What OpenSTA wants to know of a library."""
    text = technology.files["cells.lib"]
    assert isinstance(text, bytes)
    said = "".join(
        f"{kind}_{edge} : {value}; "
        for edge in ("rise", "fall")
        for kind, value in (
            ("input_threshold_pct", 50),
            ("output_threshold_pct", 50),
            ("slew_lower_threshold_pct", 20),
            ("slew_upper_threshold_pct", 80),
        )
    )
    text = text.replace(b"nom_voltage : 1.0;", b"nom_voltage : 1.0; " + said.encode(), 1)
    return replace(technology, files={"cells.lib": text})
