"""Report of dot products, elements and arrays."""
