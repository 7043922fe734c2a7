import pytest

from lmul.tools.yosys import YosysError, run_yosys


def test_commands_run_in_order_in_the_folder(tmp_path):
    (tmp_path / "a.v").write_text("module a (input x, output y); assign y = ~x; endmodule\n")
    run_yosys(["read_verilog a.v", "rename a b", "write_verilog -noattr b.v"], tmp_path)
    text = (tmp_path / "b.v").read_text()
    assert "module b(x, y);" in text and "~ x;" in text


def test_what_yosys_prints_comes_back(tmp_path):
    (tmp_path / "a.v").write_text("module a (input x, output y); assign y = ~x; endmodule\n")
    assert "$not" in run_yosys(["read_verilog a.v", "stat"], tmp_path)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("read_verilog missing.v", r"^Yosys stopped: .*missing\.v.*$"),
        ("nonsense", r"^Yosys stopped: No such command: nonsense.*$"),
        ("read_verilog wrong.v", r"^Yosys stopped: .*syntax error.*$"),
    ],
)
def test_an_error_is_raised_in_yosys_own_words(tmp_path, command, message):
    (tmp_path / "wrong.v").write_text("module ( endmodule\n")
    with pytest.raises(YosysError, match=message):
        run_yosys([command, "write_verilog after.v"], tmp_path)
    assert not (tmp_path / "after.v").exists()


def test_a_yosys_that_does_not_start_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(YosysError, match=r"^Yosys stopped: exit status 1:$"):
        run_yosys([], tmp_path)


def test_what_abc_leaves_behind_is_left_in_the_folder(tmp_path, monkeypatch):
    """It crashes on such a library, and then leaves its temporary folder."""
    elsewhere, folder = tmp_path / "a b", tmp_path / "run"
    elsewhere.mkdir()
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(elsewhere))
    (folder / "a.v").write_text("module a (input x, y, output z); assign z = x & y; endmodule\n")
    (folder / "bad.lib").write_text("library(l) { }\n")
    with pytest.raises(YosysError, match=r"^Yosys stopped: .*$"):
        run_yosys(["read_verilog a.v", "synth -top a", "abc -liberty bad.lib"], folder)
    assert list(elsewhere.iterdir()) == []
