"""A cell library of seven cells, small enough to check results by hand."""

_TABLE = 'values("0.02, 0.02", "0.02, 0.02");'
_THRESHOLDS = " ".join(
    f"input_threshold_pct_{edge} : 50; output_threshold_pct_{edge} : 50;"
    f" slew_lower_threshold_pct_{edge} : 20; slew_upper_threshold_pct_{edge} : 80;"
    for edge in ("rise", "fall")
)
HEAD = f"""library(tiny) {{
  delay_model : table_lookup; time_unit : "1ns"; voltage_unit : "1V"; current_unit : "1mA";
  capacitive_load_unit(1, ff); nom_voltage : 1.0; nom_temperature : 25; nom_process : 1;
  default_max_transition : 1; default_fanout_load : 1; default_inout_pin_cap : 1; default_input_pin_cap : 1;
  default_output_pin_cap : 0; {_THRESHOLDS} pulling_resistance_unit : "1kohm"; leakage_power_unit : "1nW";
  lu_table_template(t) {{ variable_1 : input_net_transition; variable_2 : total_output_net_capacitance;
    index_1("0.01, 0.1"); index_2("1, 10"); }}
"""
REGISTER = """  cell(DFF) { area : 18; ff(IQ, IQN) { clocked_on : "C"; next_state : "D"; }
    pin(C) { direction : input; clock : true; capacitance : 1; } pin(D) { direction : input; capacitance : 1; }
    pin(Q) { direction : output; function : "IQ"; } }
"""


def _gate(name: str, area: int, inputs: str, function: str, sense: str = "negative_unate") -> str:
    arcs = "".join(
        f"      timing() {{ related_pin : {pin}; timing_sense : {sense};\n"
        + "".join(
            f"        {kind}(t) {{ {_TABLE} }}\n"
            for kind in ("cell_rise", "cell_fall", "rise_transition", "fall_transition")
        )
        + "      }\n"
        for pin in inputs
    )
    pins = "".join(f"    pin({pin}) {{ direction : input; capacitance : 1; }}\n" for pin in inputs)
    output = f'    pin(Y) {{ direction : output; function : "{function}"; max_capacitance : 10;\n{arcs}    }}\n'
    return f"  cell({name}) {{ area : {area};\n{pins}{output}  }}\n"


GATES = (
    _gate("INV", 2, "A", "!A")
    + _gate("BUF", 4, "A", "A", "positive_unate")
    + _gate("NAND2", 3, "AB", "!(A*B)")
    + _gate("NOR2", 3, "AB", "!(A+B)")
    + _gate("AOI21", 4, "ABC", "!((A*B)+C)")
    + _gate("XOR2", 8, "AB", "A^B", "non_unate")
)

TINY = HEAD + GATES + REGISTER + "}\n"
"""INV 2, BUF 4, NAND2 3, NOR2 3, AOI21 4, XOR2 8 and DFF 18 um2; every arc takes 20 ps."""
