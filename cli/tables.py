"""Tables on a terminal."""

from rich.table import Table as RichTable

from lmul.synth.tables import Table


def terminal_table(table: Table) -> RichTable:
    """A table without lines; titles of several words take two lines."""
    shown = RichTable(box=None, pad_edge=False, padding=(0, 1), header_style="bold")
    for number, title in enumerate(table.titles):
        shown.add_column("\n".join(title.rsplit(" ", 1)), justify="right" if number else "left", no_wrap=True)
    for number, group in enumerate(table.groups):
        if number and len(group) > 1:
            shown.add_row()
        for row in group:
            shown.add_row(*row)
    return shown
