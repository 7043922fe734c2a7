"""Stimuli of the benches: operands, tiles and waits."""
