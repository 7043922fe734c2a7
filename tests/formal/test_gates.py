import pytest

from lmul.formal.gates import gates
from lmul.tools.yosys import YosysError

TEXT = """\
module a (input x, y, s, output p, q);
  wire both;
  assign both = x & ~y;
  assign p = s ? both : x ^ y;
  assign q = ~(both | s);
endmodule
"""


def test_a_module_computes_what_it_says():
    circuit = gates(TEXT, "a")
    x, y, s, p, q, both = (circuit.wires[name][0] for name in ("x", "y", "s", "p", "q", "both"))
    rows = [(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)]
    expected = [((a & (1 - b)) if c else a ^ b, 1 - (a & (1 - b) | c)) for a, b, c in rows]
    assert circuit.table([p, q], [x, y, s]) == expected
    words = {net: sum(row[i] << k for k, row in enumerate(rows)) for i, net in enumerate((x, y, s))}
    assert circuit.values([p, q], words, 255) == [sum(e[i] << k for k, e in enumerate(expected)) for i in (0, 1)]
    assert (circuit.support(q, {both}), circuit.support(q, ())) == ({both, s}, {x, y, s})


def test_cells_of_another_text_do_what_that_says():
    netlist = "module a (input x, y, output p);\n  nor2 g (.a(x), .b(y), .z(p));\nendmodule\n"
    cells = "module nor2 (input a, b, output z);\n  assign z = ~(a | b);\nendmodule\n"
    circuit = gates(netlist, "a", cells)
    assert circuit.table(circuit.wires["p"], circuit.wires["x"] + circuit.wires["y"]) == [(1,), (0,), (0,), (0,)]


def test_a_loop_is_an_error():
    with pytest.raises(YosysError):
        gates("module a (input x, output p);\n  assign p = x ^ p;\nendmodule\n", "a")
