"""Type of options and arguments that are files or folders."""

from pathlib import Path
from typing import Any

import click


class _Path(click.Path):
    """Path that must not be empty, as from an unset variable; `Path` would read that as the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Convert as `click.Path` does, after the check."""
        if value == "":
            self.fail("must be a file or a folder, not ''", param, ctx)
        return super().convert(value, param, ctx)


PATH = _Path(path_type=Path)
