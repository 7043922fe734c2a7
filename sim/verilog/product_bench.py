"""Self-checking bench in Verilog-2005 for a combinational multiplier."""

from collections.abc import Collection, Mapping

from lmul.sim.verilog.texts import filled


def product_bench(name: str, widths: Mapping[str, int], pairs: int, files: Collection[str], owner: str) -> str:
    """Write NAME_tb, which multiplies pairs of codes and compares every product.

    Parameters
    ----------
    name : str
        Module under test, with the ports x, y and p.
    widths : mapping of str to int
        Bits of these.
    pairs : int
        Number of pairs.
    files : collection of str
        Ports whose codes are in files NAME_x.hex and so on, p always. Without x and y all pairs are multiplied, y
        fastest.
    owner : str
        Line on whom the file belongs to.
    """
    read = [port for port in "xy" if port in files]
    both = widths["x"] + widths["y"]
    values = {
        "WHICH": f"{pairs} pairs" if read else f"all {pairs} pairs",
        "FILES": " and ".join(f"{name}_{port}.hex" for port in files),
        "HAVE": "has" if len(files) == 1 else "have",
        "OWNERSHIP": owner,
        "PAIRS_COUNT": pairs,
        "MEMORIES": "".join(f"  reg [{widths[port] - 1}:0] {port}_codes [0:PAIRS-1];\n" for port in read),
        "READ": "".join(f'    $readmemh("{name}_{port}.hex", {port}_codes);\n' for port in read),
        "NEXT": "x = x_codes[i]; y = y_codes[i];" if read else f"{{x, y}} = i[{both - 1}:0];",
        "X_TOP": widths["x"] - 1,
        "Y_TOP": widths["y"] - 1,
        "P_TOP": widths["p"] - 1,
        "NAME": name,
    }
    return filled(_BENCH, values)


_BENCH = """\
// NAME_tb: multiplies WHICH of codes with NAME and compares every product with the golden model's.
// It prints PASS, or FAIL and ends with $fatal, which simulators turn into an exit code that is not 0.
//
//   $ iverilog -g2005 -o NAME_tb.vvp NAME.v NAME_tb.v && vvp NAME_tb.vvp
//   $ verilator --binary --timing -CFLAGS -std=c++20 --top-module NAME_tb NAME.v NAME_tb.v && obj_dir/VNAME_tb
//
// FILES HAVE to be in the folder where it runs.
// OWNERSHIP

module NAME_tb;
  localparam PAIRS = PAIRS_COUNT;
  reg [X_TOP:0] x;
  reg [Y_TOP:0] y;
  wire [P_TOP:0] p;
MEMORIES  reg [P_TOP:0] expected [0:PAIRS-1];
  integer i, wrong;

  NAME unit (.x(x), .y(y), .p(p));

  initial begin
READ    $readmemh("NAME_p.hex", expected);
    wrong = 0;
    for (i = 0; i < PAIRS; i = i + 1) begin
      NEXT
      #1;
      if (p !== expected[i]) begin
        wrong = wrong + 1;
        if (wrong <= 8) $display("x %h, y %h: p is %h, expected %h", x, y, p, expected[i]);
      end
    end
    if (wrong == 0)
      $display("PASS: NAME, %0d products compared", PAIRS);
    else
      $fatal(1, "FAIL: NAME, %0d of %0d products are wrong", wrong, PAIRS);
    $finish;
  end
endmodule
"""
