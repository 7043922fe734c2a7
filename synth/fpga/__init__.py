"""Resources and speed in FPGAs."""
