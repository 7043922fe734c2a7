"""Exit codes of `lmul`; 0 is success."""

FAILED = 1
"""A check failed: a mismatch, a claim without proof, or a mutant that no operand tells from the unit."""

BAD_INPUT = 2
"""Input, files or tools do not allow the command to run, or it was interrupted."""

MEANING = (
    "Exit code 0: done; 1: a check failed, where the command has one; 2: bad input, a missing tool, or interrupted."
)
"""Last line of the help of every command."""
