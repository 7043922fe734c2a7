"""The type of options and arguments that are files or folders."""

from pathlib import Path
from typing import Any

import click


class _Path(click.Path):
    """One that is not empty, as that of an unset variable is: `Path` would take it for the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """What `click.Path` makes of it."""
        if value == "":
            self.fail("must be a file or a folder, not ''", param, ctx)
        return super().convert(value, param, ctx)


PATH = _Path(path_type=Path)
