"""Study of single products: every method and constant, with both cuts of the operands."""
