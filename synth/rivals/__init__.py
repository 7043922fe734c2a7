"""The user's multipliers: read, checked, and measured beside ours."""
