"""cocotb's runner of Verilator, as our benches need it."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from cocotb_tools import runner

from lmul.sim.compiled import Make
from lmul.tools.limits import SECONDS
from lmul.tools.process import run_tool
from lmul.tools.store import Store


class Runner(runner.Verilator):
    """Runner without the option that makes all signals public, which costs most of the speed.

    Attributes
    ----------
    make_arguments : sequence of str
        Further arguments of `make`.
    precompiled : str
        Optimisation with a precompiled header, see `Make`.
    store : Store or None
        Compiled parts.
    seconds : float
        Limit of time of each command.
    """

    make_arguments: Sequence[str] = ()
    precompiled = ""
    store: Store | None = None
    seconds = SECONDS

    def __init__(self) -> None:
        super().__init__()
        self.log.setLevel(logging.WARNING)

    def _build_command(self) -> list[list[str]]:
        verilate, make, *others = super()._build_command()
        # VM_TRACE on the command line would replace what Verilator says of the model itself.
        kept = [word for word in make if not word.startswith("VM_TRACE=")]
        return [[word for word in verilate if word != "--public-flat-rw"], [*kept, *self.make_arguments], *others]

    def _execute_cmds(self, cmds: Sequence[list[str]], cwd: runner.PathLike, stdout: TextIO | None = None) -> None:
        def run(command: Sequence[str]) -> None:
            self._run(command, Path(cwd), stdout)

        def ask(command: Sequence[str]) -> str:
            return self._run(command, Path(cwd))

        for command in cmds:
            if command[0] == "make":
                Make(self.build_dir, command, run, ask, self.store, self.precompiled).build()
            else:
                run(command)

    def _run(self, command: Sequence[str], folder: Path, output: TextIO | None = None) -> str:
        status, printed = run_tool(command, folder, self.env, output=output, seconds=self.seconds)
        if status:
            raise RuntimeError(f"{Path(command[0]).name} ended with status {status}")
        return printed
