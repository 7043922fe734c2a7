"""Say in words and in manifests what a component computes and what its ports mean."""
