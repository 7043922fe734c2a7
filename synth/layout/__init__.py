"""Placement of mapped netlists, lengths of their wires, and what these change."""
