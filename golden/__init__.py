"""Golden model: formats, methods and policies of products, on NumPy arrays of codes."""
