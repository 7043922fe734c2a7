"""Exit codes of `lmul`; 0 is success."""

FAILED = 1
"""A check found something: a mismatch, a claim that is not proved, or a mutant that no operand tells from the unit."""

BAD_INPUT = 2
"""Input, files or tools do not allow the command to run, or it was interrupted."""
