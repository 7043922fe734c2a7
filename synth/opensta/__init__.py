"""Timing and power by OpenSTA, where it is installed."""
