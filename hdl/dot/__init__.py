"""Dot products: wide products, alignment, lanes and the unit with its accumulator."""
