"""Units written with Verilog operators, so that the synthesiser can choose adders and multipliers.

Exported units spell out their carry chains cell by cell, which is small and slow. Here the same arithmetic
(docs/arithmetic.md, sections 2 and 3) is written with `+`, `*` and comparisons.
"""

from lmul.golden.methods import Rounding
from lmul.golden.parameters import Parameters, Policy

NAME = "behaviour"
"""Name of the module."""


def behaviour(p: Parameters) -> str:
    """Write a unit with policy flush and one format as a combinational module with the ports x, y and p.

    Raises
    ------
    ValueError
        The unit is another.
    """
    if p.policy is not Policy.FLUSH or p.rounding is not Rounding.NEAREST or not p.format == p.y_format == p.result:
        raise ValueError(f"unit must have the policy flush, one format, and round to nearest, not {p.name}")
    f = p.format
    m, bits = f.mantissa_bits, f.magnitude_bits
    wide = bits + 2  # T with its sign
    total = _rounded(p) if p.method.is_exact else _summed(p)
    return f"""module {NAME} (input [{bits}:0] x, y, output [{bits}:0] p);
  wire [{bits - 1}:0] a = x[{bits - 1}:0], b = y[{bits - 1}:0];
  wire signed [{wide - 1}:0] t;
{total}
  wire zero = ~|a[{bits - 1}:{m}] | ~|b[{bits - 1}:{m}] | (t < {wide}'sd{f.hidden_one});
  assign p = {{x[{bits}] ^ y[{bits}], zero ? {bits}'d0 : t > {wide}'sd{f.top} ? {bits}'d{f.top} : t[{bits - 1}:0]}};
endmodule
"""


def _summed(p: Parameters) -> str:
    m, wide = p.format.mantissa_bits, p.format.magnitude_bits + 2
    bias = p.bias << m
    table = [entry for row in p.correction for entry in row]
    if len(table) == 1:
        return f"  assign t = $signed({{2'b0, a}}) + $signed({{2'b0, b}}) - {wide}'sd{bias - table[0]};"
    looked = (len(p.correction) - 1).bit_length()
    packed = sum(entry << m * place for place, entry in enumerate(table))
    index = f"{{a[{m - 1}:{m - looked}], b[{m - 1}:{m - looked}]}}"
    return f"""  wire [{m * len(table) - 1}:0] entries = {m * len(table)}'h{packed:x};
  wire [{m - 1}:0] d = entries[{index} * {m} +: {m}];
  assign t = $signed({{2'b0, a}}) + $signed({{2'b0, b}}) - {wide}'sd{bias} + $signed({{{wide - m}'b0, d}});"""


def _rounded(p: Parameters) -> str:
    """Write the exact product: multiply significands, normalise, and round to M bits, to nearest even."""
    m, bits = p.format.mantissa_bits, p.format.magnitude_bits
    return f"""  wire [{2 * m + 1}:0] s = {{1'b1, a[{m - 1}:0]}} * {{1'b1, b[{m - 1}:0]}};
  wire two = s[{2 * m + 1}];
  wire [{2 * m + 1}:0] z = two ? s : {{s[{2 * m}:0], 1'b0}};
  wire up = z[{m}] & ((|z[{m - 1}:0]) | z[{m + 1}]);
  assign t = $signed({{2'b0, a[{bits - 1}:{m}], z[{2 * m}:{m + 1}]}}) + $signed({{2'b0, b[{bits - 1}:{m}], {m}'b0}})
    - {bits + 2}'sd{p.bias << m} + $signed({{{bits + 1 - m}'b0, two, {m}'b0}}) + $signed({{{bits + 1}'b0, up}});"""
