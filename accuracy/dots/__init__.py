"""Study of dot products: error by length, and total error with block scales."""
