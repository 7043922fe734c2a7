"""Outcomes that nobody has used for long, which go.

Not in `cache`: a change there, as of all that jobs import, makes every kept outcome invalid.
"""

import re
import time
from contextlib import suppress
from pathlib import Path

DAYS = 90
"""So long outcomes are kept after they were last read or written."""

_NAME = re.compile(r"[0-9a-f]{64}|\.[0-9a-f]{64}\.\d+")
"""An outcome, or the draft of one that was interrupted."""


def remove_old_outcomes(folder: Path) -> None:
    """Remove old outcomes from the folder of a cache. What cannot be removed stays.

    File systems that note no reading tell only when an outcome was written; one that goes too early is found anew.
    """
    oldest = time.time() - DAYS * 24 * 3600
    for path in folder.glob("??/*"):
        with suppress(OSError):  # another run may have removed it
            times = path.stat()
            if _NAME.fullmatch(path.name) and max(times.st_atime, times.st_mtime) < oldest:
                path.unlink()
