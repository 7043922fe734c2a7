"""Reports of measurements: topics, and their tables and pictures."""
