"""Noise of mapped areas: how far equivalent descriptions of one unit differ."""

NOISE_PERCENT = 7
"""Largest change of an area when the statements of a unit change places, in percent. It occurs at the exact e5m2
unit, among a dozen random orders of each of nine units; most change by 2 to 5 %."""
