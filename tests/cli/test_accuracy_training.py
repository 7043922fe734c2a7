"""`lmul accuracy training` without PyTorch; with it: tests/pytorch/test_training.py."""

import subprocess
import sys


def test_without_pytorch_one_line_says_what_is_missing(tmp_path):
    code = "import sys; sys.modules['torch'] = None; sys.argv = ['lmul', 'accuracy', 'training', '-o', 'out'];"
    code += "from lmul.cli.main import main; main()"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "") and not list(tmp_path.iterdir())
    assert done.stderr.startswith("lmul: this needs the package torch, which trains networks and is not installed")
    assert done.stderr.count("\n") == 1
