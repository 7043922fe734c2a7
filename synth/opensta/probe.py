"""Check of the installed OpenSTA's power on cells whose energies are known."""

import hashlib
from dataclasses import dataclass

from lmul.synth.opensta.run import power
from lmul.synth.technology.liberty_syntax import read_groups
from lmul.synth.technology.technology import Technology, liberty_technology

RISE_FJ, FALL_FJ = 1.0, 3.0
"""Internal energy of every cell of the probe, for its output's two transitions, whatever causes them."""

LOAD_FF, VOLTS = 3.0, 2.0

CELLS = {
    "INV": "!A",
    "NAND2": "!(A B)",
    "NOR2": "!(A + B)",
    "NOR3": "!(A + B + C)",
    "AOI21": "!((A B) + C)",
    "XOR2": "A ^ B",
}
"""Functions of the probe's cells, by name."""


RAILS = "RAILS"
"""An inverter with the same energies, given by supply rail: a quarter to VSS, the rest to VDD."""


def _table(kind: str, value: float) -> str:
    return f'{kind}(t) {{ values("{value}, {value}", "{value}, {value}"); }}'


def _cell(name: str, text: str) -> str:
    inputs = [pin for pin in "ABC" if pin in text]
    pins = " ".join(f"pin({pin}) {{ direction : input; capacitance : {LOAD_FF}; }}" for pin in inputs)
    delays = [_table(kind, 0.02) for kind in ("cell_rise", "cell_fall", "rise_transition", "fall_transition")]
    arcs = f'timing() {{ related_pin : "{" ".join(inputs)}"; timing_sense : non_unate; {" ".join(delays)} }}'
    shares = {" related_pg_pin : VSS;": 0.25, " related_pg_pin : VDD;": 0.75} if name == RAILS else {"": 1.0}
    powers = " ".join(_power(f"{pin};{rail}", share) for pin in inputs for rail, share in shares.items())
    output = f'pin(Y) {{ direction : output; function : "{text}"; {arcs} {powers} }}'
    return f"  cell({name}) {{ area : 1; {_PG_PINS if name == RAILS else ''} {pins} {output} }}\n"


def _power(related: str, share: float) -> str:
    energies = f"{_table('rise_power', share * RISE_FJ)} {_table('fall_power', share * FALL_FJ)}"
    return f"internal_power() {{ related_pin : {related} {energies} }}"


_PG_PINS = (
    "pg_pin(VDD) { voltage_name : VDD; pg_type : primary_power; }"
    " pg_pin(VSS) { voltage_name : VSS; pg_type : primary_ground; }"
)
_THRESHOLDS = " ".join(
    f"input_threshold_pct_{edge} : 50; output_threshold_pct_{edge} : 50;"
    f" slew_lower_threshold_pct_{edge} : 20; slew_upper_threshold_pct_{edge} : 80;"
    for edge in ("rise", "fall")
)
_AXES = 'variable_2 : total_output_net_capacitance; index_1("0.01, 0.1"); index_2("1, 10");'
_LIBRARY = f"""library(probe) {{ delay_model : table_lookup; {_THRESHOLDS}
  time_unit : "1ns"; voltage_unit : "1V"; current_unit : "1mA"; leakage_power_unit : "1nW";
  pulling_resistance_unit : "1kohm"; capacitive_load_unit(1, ff);
  voltage_map(VDD, {VOLTS}); voltage_map(VSS, 0);
  nom_voltage : {VOLTS}; nom_temperature : 25; nom_process : 1;
  operating_conditions(typical) {{ process : 1; temperature : 25; voltage : {VOLTS}; }}
  default_operating_conditions : typical;
  lu_table_template(t) {{ variable_1 : input_net_transition; {_AXES} }}
  power_lut_template(t) {{ variable_1 : input_transition_time; {_AXES} }}
{"".join(_cell(*cell) for cell in [*CELLS.items(), (RAILS, "!A")])}}}
"""

# The inverter drives another, and there is an XOR made of a NOR and an AOI; all else drives nothing.
_NETLIST = """module probe(a, b, c, y); input a, b, c; output [7:0] y; wire n, m;
  INV INV(.A(a), .Y(n)); INV last(.A(n), .Y(y[0])); NAND2 NAND2(.A(a), .B(b), .Y(y[1]));
  NOR3 NOR3(.A(a), .B(b), .C(c), .Y(y[2])); AOI21 AOI21(.A(a), .B(b), .C(c), .Y(y[3]));
  XOR2 XOR2(.A(a), .B(b), .Y(y[4])); NOR2 NOR2(.A(a), .B(b), .Y(y[5]));
  NOR2 neither(.A(a), .B(b), .Y(m)); AOI21 built(.A(a), .B(b), .C(m), .Y(y[6]));
  RAILS RAILS(.A(a), .Y(y[7]));
endmodule
"""


@dataclass(frozen=True)
class Probed:
    """Power of the probe's cells by OpenSTA, with inputs that change once a cycle.

    Parameters
    ----------
    internal : dict of str to float
        By cell: internal energy over what the transitions of its output use, of which OpenSTA itself says how many
        there are; 1 is right.
    switching : float
        Energy of nets over C V^2 / 2 a transition; 1 is right.
    xor : float
        Transitions of an XOR of two inputs that change at random over those of one of them. Settled values have 1,
        and 2 if the inputs never change together.
    built : float
        The same ratio for an XOR made of a NOR and an AOI.
    rails : float
        Internal energy of an inverter whose energies are given by supply rail over that of the same inverter without
        rails; 1 is right.
    """

    internal: dict[str, float]
    switching: float
    xor: float
    built: float
    rails: float


@dataclass(frozen=True)
class Probe:
    """Job: run OpenSTA on the probe."""

    version: str

    @property
    def effort(self) -> float:
        """Estimate the run time: one short run."""
        return 20

    def run(self, technology: Technology) -> Probed:
        """Run the probe. The technology does not matter."""
        return probed()


def probed() -> Probed:
    """Run the installed OpenSTA on the probe.

    Raises
    ------
    OpenStaError
        As `power`.
    """
    digest = hashlib.sha256(_LIBRARY.encode()).hexdigest()
    library = liberty_technology("probe.lib", digest, read_groups(_LIBRARY), registers=False, nand2_area=1.0)
    found = power(_NETLIST, "probe", library, activity=1.0)
    toggle = (RISE_FJ + FALL_FJ) / 2
    internal = {cell: found.internal[cell] / (toggle * found.activities[f"{cell}/Y"]) for cell in CELLS}
    # The net `m` is the other that is driven and loaded: by the input of an AOI.
    loaded = found.activities["INV/Y"] + found.activities["neither/Y"]
    switching = found.switching / (loaded * LOAD_FF * VOLTS**2 / 2)
    return Probed(
        internal,
        switching,
        xor=found.activities["XOR2/Y"],
        built=found.activities["built/Y"],
        rails=found.internal[RAILS] / found.internal["INV"],
    )
