"""Training of small networks whose products are replaced."""
