"""Study of attention with all matrix products of its heads replaced by another method."""
