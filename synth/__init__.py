"""Synthesis: what units cost, and the report of it."""

import logging

# matplotlib speaks on standard error when it is imported where it cannot keep a cache. This has to come before.
logging.getLogger("matplotlib").setLevel(logging.ERROR)
