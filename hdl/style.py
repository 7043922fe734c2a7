"""Styles in which a unit is described."""

from enum import StrEnum


class Style(StrEnum):
    """Style of a description. Both have the same ports and compute the same, bit for bit.

    `rtl` has operators on words (`hdl/rtl/`): it can be read, and a synthesis tool sees its adders and multipliers.
    `gates` has full adders and gates bit by bit (`hdl/arith/`), for the smallest area with a mapper such as ABC.
    """

    RTL = "rtl"
    GATES = "gates"
