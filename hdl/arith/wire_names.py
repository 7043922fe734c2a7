"""Names of wires in the exported Verilog by which the proofs find adders, partial products and normalisers.

Hardware and proofs take them from here. A proof trusts no name: if a wire is not what its name says, the proof fails.
"""

import re

ADDER = re.compile(r"column_(\d+)_(sum|carry)_(\d+)")
"""Matches an output of a full adder: column, which output, and number of the adder in that column."""

COUNT = "count_"
"""Begins the names of the adders that count the negative products of lanes."""

PARTIAL_PRODUCT = re.compile(r"partial_\d+_\d+")
"""Matches a partial product."""

SIGNIFICAND_PRODUCT = "significand_product"
"""Names the word that is the product of both significands, in the style rtl."""


def adder_sum(column: int, adder: int) -> str:
    """Name the sum of an adder in the column of weight 2^column."""
    return f"column_{column}_sum_{adder}"


def adder_carry(column: int, adder: int) -> str:
    """Name the carry of an adder in the column of weight 2^column."""
    return f"column_{column}_carry_{adder}"


def partial_product(i: int, j: int) -> str:
    """Name the product of bit i of the left significand and bit j of the right one."""
    return f"partial_{i}_{j}"


def normalised(side: str, bit: int) -> str:
    """Name a mantissa bit behind the normaliser of `side`: x, y, or left where one normaliser serves both operands."""
    return f"{side}_normalised_{bit}"


def chosen(side: str, bit: int) -> str:
    """Name a mantissa bit before a shared normaliser: of the operand that it gets (left) or of the other (right)."""
    return f"{side}_{bit}"


def mantissa_word(operand: str) -> str:
    """Name the mantissa behind an operand's normaliser, as a word, in the style rtl."""
    return f"{operand}_mantissa"


def exponent_word(operand: str) -> str:
    """Name an operand's normalised exponent in two's complement, as a word, in the style rtl."""
    return f"{operand}_exponent"


def exponent(operand: str, bit: int) -> str:
    """Name a bit of an operand's normalised exponent, in two's complement."""
    return f"{operand}_exponent_{bit}"


def valid(rank: int) -> str:
    """Name the valid bit of a rank of registers, counted from 1; the last rank's is the port o_valid."""
    return f"valid_{rank}"
