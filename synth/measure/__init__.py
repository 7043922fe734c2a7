"""Jobs that measure designs, the list of designs, and the outcomes of earlier runs."""
