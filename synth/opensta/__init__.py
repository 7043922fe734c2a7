"""Timing and power by OpenSTA, if installed."""
