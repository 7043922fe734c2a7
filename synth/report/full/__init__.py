"""The full report, one topic a file."""
