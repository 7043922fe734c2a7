"""Sentence transformer in NumPy, whose matrix products a study can replace."""
