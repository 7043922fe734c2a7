"""Rivals: the user's multipliers, read, checked, and measured beside ours."""
