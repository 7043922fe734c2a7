"""Verilog around exported units, so that many run in one simulation."""
