"""Cell libraries that tests measure with where they stand beside the repository."""

from pathlib import Path

LIBERTY = Path(__file__).parents[3] / "shared" / "liberty"
NANGATE45 = LIBERTY / "nangate45_typ.lib.gz"
