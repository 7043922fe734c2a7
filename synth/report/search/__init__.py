"""Search for the cheapest lane of an error, or the most accurate one of an area."""
