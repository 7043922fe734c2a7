"""Language models of the Llama family in NumPy, and their perplexity with replaced matrix products."""
