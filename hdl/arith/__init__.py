"""Arithmetic on bits that multipliers, lanes and elements share."""
