"""Exit codes of `lmul`; 0 is success."""

FAILED = 1
"""A check failed: a mismatch, a claim without proof, or a mutant that no operand tells from the unit."""

BAD_INPUT = 2
"""Input, files or tools do not allow the command to run, or it was interrupted."""
