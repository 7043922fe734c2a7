"""Functions of a technology's cells, as Verilog modules."""

import re

from lmul.synth.technology import generic
from lmul.synth.technology.technology import Technology
from lmul.tools.files import scratch_folder
from lmul.tools.yosys import run_yosys


def cell_modules(technology: Technology) -> dict[str, str]:
    """Write a Verilog module for each cell, by name.

    Yosys reads the functions of a liberty file. A cell without a function has no outputs, or undriven ones.

    Raises
    ------
    YosysError
        Yosys refuses the liberty file.
    """
    if technology.is_generic:
        return generic.modules()
    with scratch_folder() as folder:
        for file, content in technology.files.items():
            (folder / file).write_bytes(content.encode() if isinstance(content, str) else content)
        lenient = "-ignore_miss_func -ignore_miss_dir -ignore_miss_data_latch"
        run_yosys([f"read_liberty {lenient} cells.lib", "write_verilog -noattr cells.v"], folder)
        text = (folder / "cells.v").read_text()
    found = re.finditer(r"^module (\\?\S+?) ?\(.*?^endmodule\n", text, re.MULTILINE | re.DOTALL)
    return {match[1]: match[0] for match in found}
