"""Simulations as data: what to build, what to drive, what came out."""
