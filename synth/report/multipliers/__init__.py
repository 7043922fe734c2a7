"""Report of multipliers."""
