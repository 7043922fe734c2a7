"""The study of single products: every method, constant and cut of the operands."""
