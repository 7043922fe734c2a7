"""Jobs and outcomes of simulations, as data."""
