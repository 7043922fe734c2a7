"""Studies of numerical error: products, dot products, attention and models against exact ones."""
