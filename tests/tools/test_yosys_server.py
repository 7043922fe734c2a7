"""One process serves many runs of Yosys, none of which sees another."""

import os
import signal
import threading
import time

import pytest

from lmul.tools import yosys_server
from lmul.tools.group import GROUP
from lmul.tools.process import LimitError
from lmul.tools.yosys import YosysError, run_yosys

TEXT = "module a (input [7:0] x, y, z, output [7:0] p); assign p = x * y + z; endmodule\n"
MAPPED = ["read_verilog a.v", "synth -top a", "write_verilog -noattr mapped.v"]


@pytest.fixture(autouse=True)
def none_of_other_tests():
    """Threads of other tests may have left more than one server."""
    yosys_server._close_all()


def server() -> int:
    """Return the number of the one server that waits."""
    (one,) = yosys_server._idle
    return one._process.pid


def test_runs_see_nothing_of_those_before(tmp_path):
    """Yosys counts the names it makes; a second run in one process would count on."""
    (tmp_path / "a.v").write_text(TEXT)
    run_yosys(MAPPED, tmp_path)
    first, number = (tmp_path / "mapped.v").read_text(), server()
    run_yosys(MAPPED, tmp_path)
    assert (tmp_path / "mapped.v").read_text() == first and server() == number
    with pytest.raises(YosysError, match=r"^Yosys stopped: .*`?a'? not found.*$"):
        run_yosys(["hierarchy -top a"], tmp_path)


def test_a_run_that_crashes_takes_nothing_along(tmp_path):
    run_yosys(["stat"], tmp_path)
    number = server()
    with pytest.raises(YosysError, match=rf"^Yosys stopped: exit status -{signal.SIGKILL:d}: "):
        run_yosys(["exec -- kill -9 $PPID"], tmp_path)
    run_yosys(["stat"], tmp_path)
    assert server() == number


def test_a_server_that_was_ended_is_replaced(tmp_path):
    run_yosys(["stat"], tmp_path)
    number = server()
    GROUP.end()  # as where another program met an interruption
    run_yosys(["stat"], tmp_path)
    assert server() != number


def test_a_server_that_ends_while_it_works_says_so(tmp_path):
    run_yosys(["stat"], tmp_path)
    timer = threading.Timer(0.3, os.kill, (server(), signal.SIGKILL))
    timer.start()
    with pytest.raises(YosysError, match=rf"^Yosys stopped: exit status -{signal.SIGKILL:d}: "):
        run_yosys(["exec -- sleep 1"], tmp_path)
    timer.join()
    run_yosys(["stat"], tmp_path)


def test_an_environment_of_now_counts(tmp_path, monkeypatch):
    for zone in ("UTC", "CET"):
        monkeypatch.setenv("TZ", zone)
        run_yosys(["exec -- printenv TZ > zone"], tmp_path)
        assert (tmp_path / "zone").read_text() == f"{zone}\n"


def test_an_interruption_ends_all_that_it_started(tmp_path):
    def interrupt():
        while not (tmp_path / "started").exists():
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    (tmp_path / "script").write_text("(sleep 0.7; touch late) & touch started; wait")
    threading.Thread(target=interrupt, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        run_yosys(["exec -- sh ./script"], tmp_path)
    time.sleep(0.8)
    assert not (tmp_path / "late").exists()


def test_a_limit_ends_all_that_it_started(tmp_path):
    (tmp_path / "script").write_text("sleep 1; touch late")
    with pytest.raises(LimitError, match=r"^Yosys did not end within 0\.3 seconds; .*$"):
        run_yosys(["exec -- sh ./script"], tmp_path, seconds=0.3)
    time.sleep(1)
    assert not (tmp_path / "late").exists()
    run_yosys(["stat"], tmp_path)


def test_modules_of_the_folder_it_is_called_from_are_not_its_own(tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("raise RuntimeError('not this one')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TZ", "MST")  # another environment, so that it starts here
    run_yosys(["stat"], tmp_path)


def test_any_name_of_a_folder_will_do(tmp_path):
    folder = tmp_path / "two\nlines"
    folder.mkdir()
    run_yosys(["stat", "exec -- touch here"], folder)
    assert (folder / "here").exists()
