"""The FuseSoC core, as text; FuseSoC itself is not asked."""

from importlib.metadata import version

from lmul.hdl.export.fusesoc import core_file


def test_the_core_names_its_files_and_targets():
    text = core_file("unit", 'a "unit": it counts', "unit_tb", ["unit_a.hex", "unit_b.hex"])
    lines = text.splitlines()
    assert lines[0] == "CAPI=2:"
    assert f'name: "::unit:{version("lmul")}"' in lines
    assert "description: \"a 'unit': it counts\"" in lines
    assert "      - unit.v" in lines
    assert "      - unit_tb.v: {file_type: verilogSource-2005}" in lines
    assert "      - unit_b.hex: {file_type: user, copyto: unit_b.hex}" in lines
    assert [line for line in lines if line.startswith("  ") and line[2] != " " and line.endswith(":")] == [
        "  rtl:",
        "  tb:",
        "  default:",
        "  sim:",
        "  sim_verilator:",
        "  lint:",
    ]
    # Delays are coroutines in C++, for which not every Verilator asks by itself.
    assert "      verilator_options: [--timing, -CFLAGS, -std=c++20]" in lines
    assert text.count("{") == text.count("}") and "\t" not in text
