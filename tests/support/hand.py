"""A library of three cells with round energies, and netlists written by hand."""

from collections.abc import Mapping
from typing import Any

from lmul.synth.technology.liberty_syntax import read_groups
from lmul.synth.technology.technology import Technology, liberty_technology

_TEXT = """library(hand) { capacitive_load_unit(1, ff); voltage_unit : "1V"; nom_voltage : 2;
  power_lut_template(loads) { variable_1 : total_output_net_capacitance; index_1("0, 10"); }
  cell(INV) { pin(A) { direction : input; capacitance : 3; }
    pin(Y) { direction : output; function : "A'"; internal_power() { related_pin : "A";
      rise_power(loads) { values("1, 3"); } fall_power(loads) { values("2, 2"); } } } }
  cell(XOR) { pin(A) { direction : input; capacitance : 4; POWER } pin(B) { direction : input; capacitance : 5; }
    pin(Y) { direction : output; function : "A ^ B"; } }
  cell(DFF) { ff(S, SN) { clocked_on : "C"; next_state : "D"; CLEAR }
    pin(C) { direction : input; capacitance : 2;
      internal_power() { rise_power(scalar) { values("0"); } fall_power(scalar) { values("7"); } }
      internal_power() { when : "(D Q) + (D' Q')";
        rise_power(scalar) { values("1"); } fall_power(scalar) { values("2"); } } }
    pin(D) { direction : input; capacitance : 1;
      internal_power() { when : "C"; rise_power(scalar) { values("0.5"); } fall_power(scalar) { values("1.5"); } }
      internal_power() { when : "C'"; power(scalar) { values("100"); } } }
    PINS
    pin(Q) { direction : output; function : "S"; internal_power() { related_pin : "C";
      rise_power(scalar) { values("4"); } fall_power(scalar) { values("6"); } } }
    pin(N) { direction : output; function : "SN"; } }
  cell(TIE) { pin(Y) { direction : output; } }
}
"""


def technology(clear: str = "", xor: str = "", next_state: str = "D") -> Technology:
    """The library, at 2 V: an inverter, an XOR without internal power, and a flip-flop, perhaps with pins R and X.

    The XOR may get groups for its pin A, and the flip-flop another next state.
    """
    text = _TEXT.replace("CLEAR", f'clear : "{clear}";' if clear else "")
    more = [pin for pin in "RX" if pin in clear + next_state]
    text = text.replace("PINS", " ".join(f"pin({pin}) {{ direction : input; capacitance : 1; }}" for pin in more))
    text = text.replace("POWER", xor).replace('next_state : "D"', f'next_state : "{next_state}"')
    return liberty_technology("hand.lib", "", read_groups(text), registers=True, nand2_area=1.0)


def module(
    inputs: Mapping[str, int], outputs: Mapping[str, int], *cells: tuple[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Ports of one bit and cells, with the numbers of their nets."""
    ports = {name: {"direction": "input", "bits": [bit]} for name, bit in inputs.items()}
    ports |= {name: {"direction": "output", "bits": [bit]} for name, bit in outputs.items()}
    connected = [{pin: [bit] for pin, bit in pins.items()} for _, pins in cells]
    types = [kind for kind, _ in cells]
    return {
        "ports": ports,
        "cells": {f"u{i}": {"type": types[i], "connections": connected[i]} for i in range(len(cells))},
    }
