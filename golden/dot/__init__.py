"""Golden model of dot products and matrix products, for every accumulator."""
