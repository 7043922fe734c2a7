"""Operands, tiles and waits that the benches drive."""
