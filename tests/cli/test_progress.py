"""What is said of the time that a command will take."""

import pytest

from lmul.cli import progress
from lmul.cli.progress import Estimate, in_words


@pytest.mark.parametrize(
    ("reports", "said"),
    [
        # At 10 a second from the second 100 on; what comes before the first report is not the work's.
        ([(100, 0), (100.2, 0), (130, 50), (130.2, 50), (135, 100), (200, 300)], [890]),
        ([(0, 10), (1, 11)], [8989]),
        ([(0, 1000), (1, 2000)], []),
        ([(0, 10), (1, 10)], []),
    ],
)
def test_the_time_is_told_once_by_the_first_two_reports(monkeypatch, reports, said):
    heard = []
    estimate = Estimate(9000, heard.append)
    for now, done in reports:
        monkeypatch.setattr(progress.time, "monotonic", lambda now=now: now)
        estimate(done)
    assert heard == pytest.approx(said)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (61, "61 seconds"),
        (150, "2.5 minutes"),
        (1500, "25 minutes"),
        (7200, "2 hours"),
        (40 * 3600, "40 hours"),
        (8192 * 86400, "8,192 days"),
    ],
)
def test_times_in_words(seconds, words):
    assert in_words(seconds) == words
