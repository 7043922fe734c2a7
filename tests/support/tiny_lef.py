"""LEF of the cells of `tiny_library`: sites of 1 x 8 um, and two layers to route in above the first."""

from support.tiny_library import TINY

_LAYER = """LAYER {name}
  TYPE ROUTING ; DIRECTION {way} ; PITCH 0.5 ; OFFSET 0.25 ; WIDTH 0.2 ; SPACING 0.2 ;
  RESISTANCE RPERSQ {square} ; CAPACITANCE CPERSQDIST {area} ; EDGECAPACITANCE 0.0001 ;
END {name}
"""
TECH = (
    'VERSION 5.8 ; # a comment ; with a semicolon\nBUSBITCHARS "[]" ;\nUNITS\n  DATABASE MICRONS 1000 ;\nEND UNITS\n'
    + _LAYER.format(name="m1", way="HORIZONTAL", square=0.1, area=0.0005)
    + "Layer via1\n  TYPE CUT ;\nEND via1\n"
    + _LAYER.format(name="m2", way="VERTICAL", square=0.2, area=0.001)
    + _LAYER.format(name="m3", way="HORIZONTAL", square=0.4, area=0.002)
    + "SITE pad\n  CLASS PAD ; SIZE 9 BY 9 ;\nEND pad\nSITE core\n  CLASS CORE ; SIZE 1 BY 8 ;\nEND core\nEND LIBRARY\n"
)
"""A um of m2 has 0.4 fF and 1 ohm, one of m3 0.6 fF and 2 ohm."""

CHAIN = "module chain (input a, b, c, output y, z); assign y = ~(a & b); assign z = ~(y | c); endmodule"
"""A NAND and a NOR."""

WIDTHS = {"INV": 2, "BUF": 4, "NAND2": 3, "NOR2": 3, "AOI21": 4, "XOR2": 8, "DFF": 18}
_PINS = {"INV": "AY", "BUF": "AY", "AOI21": "ABCY", "DFF": "CDQ"}


def _macro(name: str) -> str:
    pins = "".join(
        f"  PIN {pin}\n    DIRECTION INPUT ;\n    PORT\n      LAYER m1 ;\n"
        f"        RECT {place + 0.25} 1 {place + 0.75} 3 ;\n    END\n  END {pin}\n"
        for place, pin in enumerate(_PINS.get(name, "ABY")[: WIDTHS[name]])
    )
    return (
        f"MACRO {name}\n  CLASS CORE ;\n  SIZE {WIDTHS[name]} BY 8 ;\n  SITE core ;\n{pins}"
        f"  OBS\n    LAYER m1 ;\n      RECT 0 7 1 8 ;\n  END\nEND {name}\n"
    )


CELLS = "".join(map(_macro, WIDTHS)) + "END LIBRARY\n"
"""The first pin of a cell is at 0.5, 2 um, the next at 1.5, 2 um, and so on."""

assert all(f"cell({name})" in TINY for name in WIDTHS)
