"""Mapping of Verilog to cells with Yosys and ABC."""
