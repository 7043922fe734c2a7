"""Studies of the numbers: how far products, dot products, attention and models are from exact ones."""
