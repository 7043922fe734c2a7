"""Study of attention: all matrix products of the heads by another method."""
