"""Compiled sums of products, bit for bit those of the golden model."""
