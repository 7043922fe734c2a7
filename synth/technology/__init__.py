"""Cells: generic gates, liberty files and their locations, and the functions of cells."""
