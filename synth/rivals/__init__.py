"""Multipliers of the user's: read, checked and measured beside ours."""
