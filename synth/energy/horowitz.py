"""Energies of operations published by M. Horowitz (ISSCC 2014, figure 1.1.9; 45 nm, 0.9 V), in pJ."""

from lmul.synth.energy.integer_units import IntegerKind

HOROWITZ = {
    "int8 add": 0.03,
    "int16 add": 0.05,
    "int32 add": 0.1,
    "int8 mul": 0.2,
    "int32 mul": 3.1,
    "fp16 add": 0.4,
    "fp16 mul": 1.1,
    "fp32 add": 0.9,
    "fp32 mul": 3.7,
}
"""Energy of an operation in pJ."""


FIGURES = {
    (IntegerKind.ADD, 8): HOROWITZ["int8 add"],
    (IntegerKind.ADD, 16): HOROWITZ["int16 add"],
    (IntegerKind.ADD, 32): HOROWITZ["int32 add"],
    (IntegerKind.MULTIPLY, 8): HOROWITZ["int8 mul"],
    (IntegerKind.MULTIPLY, 32): HOROWITZ["int32 mul"],
}
"""Energy in pJ by operation and bits of an operand."""
