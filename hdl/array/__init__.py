"""Systolic arrays: elements, rows, skews, control, and what stands at their edges."""
