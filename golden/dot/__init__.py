"""The golden model of dot products and products of matrices, for every accumulator."""
