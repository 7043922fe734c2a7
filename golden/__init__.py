"""What a product is: formats, methods, policies and error measures, on NumPy arrays of codes."""
