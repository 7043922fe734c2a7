"""Jobs are done once, and not again while what they found is kept."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from lmul.tools import session
from lmul.tools.cache import Cache, remembered
from lmul.tools.process import ToolError
from lmul.tools.session import Session, do, missing


@dataclass(frozen=True)
class Place:
    digest: str = "here"


@dataclass(frozen=True)
class Note:
    """A job that leaves a line in a file each time that it is done."""

    path: str
    number: int = 1
    effort: float = 1

    def run(self, place: Place) -> str:
        with Path(self.path).open("a") as file:
            file.write("done\n")
        return f"{place.digest} {self.number}"


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs of this file are not known to other processes."""

    def one_by_one(work, items, size, done):
        outcomes = []
        for item in items:
            outcomes.append(work(item))
            done()
        return outcomes

    monkeypatch.setattr(session, "on_all_cores", one_by_one)


def _times(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_what_is_known_is_not_done_again(tmp_path: Path) -> None:
    path = tmp_path / "notes"
    first, second = Note(str(path)), Note(str(path), 2)
    steps: list[None] = []
    for times in (2, 2, 3):
        jobs = [first, second] if times == 2 else [first, Note(str(path), 3)]
        found = Session(Place(), Cache(tmp_path / "kept"))
        assert len(missing([(found, [*jobs, first])])) == times - len(steps)
        found.find_out([*jobs, first], lambda: steps.append(None))
        assert [found[job] for job in jobs] == [f"here {job.number}" for job in jobs]
        assert _times(path) == len(steps) == times


def test_without_a_cache_only_the_same_run_knows(tmp_path: Path) -> None:
    job = Note(str(tmp_path / "notes"))
    for times in (1, 2):
        found = Session(Place())
        assert found.get(job) is None
        for _ in range(2):
            found.find_out([job])
        assert job in found and found.get(job) == "here 1" and _times(tmp_path / "notes") == times


@dataclass(frozen=True)
class Noted:
    """A job that needs a note, which others may have made."""

    note: Note
    number: int
    effort: float = 1

    def run(self, place: Place) -> str:
        return remembered(self.note, place, str, lambda: self.note.run(place))


@pytest.mark.parametrize("cached", [False, True])
def test_jobs_share_what_they_remember(cached: bool, tmp_path: Path) -> None:
    jobs = [Noted(Note(str(tmp_path / "notes")), number) for number in range(3)]
    found = Session(Place(), Cache(tmp_path / "kept") if cached else None)
    found.find_out(jobs)
    assert [found[job] for job in jobs] == ["here 1"] * 3
    assert _times(tmp_path / "notes") == 1


def test_neighbours_start_apart(tmp_path: Path) -> None:
    jobs = [Note(str(tmp_path / str(number)), number) for number in range(40)]
    started: list[int] = []
    found = Session(Place())
    found.find_out(jobs, lambda: started.append(next(n for n in range(40) if n not in started and _is_there(jobs[n]))))
    assert [found[job] for job in jobs] == [f"here {number}" for number in range(40)]
    assert sorted(started) == list(range(40))
    assert sum(abs(one - other) == 1 for one, other in pairwise(started)) < 8


def _is_there(job: Note) -> bool:
    return Path(job.path).exists()


@dataclass(frozen=True)
class Bad:
    """A job that cannot be done."""

    name: str
    error: type[Exception] = ValueError
    effort: float = 1

    def run(self, place: Place) -> str:
        raise self.error(f"no {self.name}")


@dataclass(frozen=True)
class Vital(Bad):
    """A job without which nothing is worth anything."""

    ends_all = True


@pytest.mark.parametrize("error", [ValueError, ToolError])
def test_a_job_that_fails_does_not_lose_the_rest(error: type[Exception], tmp_path: Path) -> None:
    good, bad = Note(str(tmp_path / "notes")), Bad("cells", error)
    found = Session(Place(), Cache(tmp_path / "kept"))
    do([(found, bad), (found, good)], go_on=True)
    assert found[good] == "here 1" and not found.missing([good, bad])
    assert [failure.reason for failure in found.failures] == ["no cells"]
    assert Session(Place(), found.kept).missing([good, bad]) == [bad]  # a failure is not kept


def test_where_nothing_can_go_on_the_first_failure_is_raised(tmp_path: Path) -> None:
    found = Session(Place())
    with pytest.raises(ValueError, match=r"^no cells$"):
        found.find_out([Bad("cells")])
    with pytest.raises(ValueError, match=r"^no use$"):
        do([(found, Vital("use"))], go_on=True)
    with pytest.raises(ZeroDivisionError):
        do([(found, Bad("defect of ours", ZeroDivisionError))], go_on=True)
