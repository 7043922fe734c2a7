"""Energy of mapped netlists from simulated toggles."""
