"""What is reported of measurements: topics, their tables and pictures."""
