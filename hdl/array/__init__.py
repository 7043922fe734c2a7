"""Systolic arrays: elements, rows, skews, control, rounders and AXI4-Stream ports."""
