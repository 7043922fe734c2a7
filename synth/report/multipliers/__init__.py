"""The report of multipliers."""
