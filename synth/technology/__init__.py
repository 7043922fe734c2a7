"""Cells: generic gates, liberty files, where installed ones are, and what netlists of them compute."""
