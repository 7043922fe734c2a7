"""Command groups that import a command only when it runs, so that help needs no tool."""

from importlib import import_module
from typing import Any

import click

from lmul.cli.exit_codes import MEANING
from lmul.tools.files import uninterrupted


class LazyGroup(click.Group):
    """Command group in which some commands are given by module, attribute and help line.

    Parameters
    ----------
    lazy : dict of str to (str, str)
        `module:attribute` and first sentence of the help, by the command's name.
    """

    def __init__(self, *arguments: Any, lazy: dict[str, tuple[str, str]], **others: Any) -> None:
        super().__init__(*arguments, **others)
        self.lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the names of all commands."""
        return sorted({*super().list_commands(ctx), *self.lazy})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; import it if that is still to be done."""
        if cmd_name in self.lazy and cmd_name not in self.commands:
            module, _, attribute = self.lazy[cmd_name][0].partition(":")
            # Compiled modules print their own tracebacks, or lose an interruption that comes while they load.
            with uninterrupted():
                self.add_command(getattr(import_module(module), attribute), cmd_name)
        command = super().get_command(ctx, cmd_name)
        if command is not None and command.epilog is None:
            command.epilog = MEANING
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands in the group's help."""
        lines = [
            (name, self.lazy[name][1] if name in self.lazy else self.commands[name].get_short_help_str(limit=100))
            for name in self.list_commands(ctx)
        ]
        with formatter.section("Commands"):
            formatter.write_dl(lines)
