"""The report of dot products, elements and arrays."""
