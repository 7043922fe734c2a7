"""Costs of units by synthesis, and the reports about them."""

import logging

# matplotlib speaks on standard error when it is imported where it cannot keep a cache. This has to come before.
logging.getLogger("matplotlib").setLevel(logging.ERROR)
