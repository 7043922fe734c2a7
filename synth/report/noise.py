"""How far areas of equivalent descriptions differ."""

NOISE_PERCENT = 7
"""By how much an area changes at most when the statements of a unit change places: seen at the exact e5m2 unit, in a
dozen random orders of each of nine units. Most change by 2 to 5 %."""
