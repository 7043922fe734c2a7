"""Full report, one topic a file."""
