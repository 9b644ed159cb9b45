"""What every command works with, and how it shows what it found."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fragua_client import progress
from fragua_client.client import Client
from fragua_client.names import show_size, shown, shown_in_line
from fragua_client.reporting import Reporter

Row = Mapping[str, object]

_NUMBERS = {"size", "fragment_count", "downloads", "max_downloads"}


@dataclass(frozen=True)
class Desk:
    """What a command works with: results go to `out`, all else to `err`."""

    client: Client
    given: Namespace
    out: Console
    err: Console

    def show(self, text: str, style: str = "") -> None:
        """A line of the result, never cut."""
        self.out.print(Text(shown(text), style), soft_wrap=True)

    def note(self, text: str) -> None:
        """A line beside the result, unless it is to be quiet."""
        if not self.given.quiet:
            self.err.print(Text(shown(text), "dim"), soft_wrap=True)

    def reporter(self) -> Reporter:
        """Progress, unless it is to be quiet."""
        return progress.reporter(self.err, quiet=self.given.quiet)


def explain(error: Exception | None) -> str:
    """An error's sentence, without the path that an OSError repeats."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__


def show_error(console: Console, text: str) -> None:
    """A line in red."""
    console.print(Text(shown(text), "red"), soft_wrap=True)


def show_rows(desk: Desk, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """For programs JSON with all there is; the columns for people in a table, for pipes in tabs."""
    if desk.given.json:
        show_json(desk, rows)
    elif desk.out.is_terminal:
        _show_table(desk, columns, rows)
    else:
        show_fields(desk, columns, rows)


def show_json(desk: Desk, rows: Sequence[Row]) -> None:
    """A list of objects."""
    desk.show(json.dumps(rows, indent=1))


def show_fields(desk: Desk, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """A line for each row, never cut, its fields between tabs."""
    for row in rows:
        # Not by rich, which makes blanks of tabs.
        desk.out.file.write("\t".join(_cell(row[name]) for name in columns) + "\n")


def _cell(value: object) -> str:
    return "" if value is None else shown_in_line(str(value))


def _show_table(desk: Desk, columns: Sequence[str], rows: Sequence[Row]) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in columns:
        # An id is to be copied: it is never broken in two, but a name may be.
        whole = {"no_wrap": True, "min_width": 36} if name == "id" else {"overflow": "fold"}
        table.add_column(_heading(name), justify="right" if name in _NUMBERS else "left", **whole)
    for row in rows:
        table.add_row(*(Text(_readable(name, row[name])) for name in columns))
    desk.out.print(table)


def _heading(name: str) -> str:
    """Short, so that a table of ids and times fits into 80 columns."""
    return name.replace("_count", "s").replace("max_downloads", "at most").replace("_", " ")


def _readable(name: str, value: object) -> str:
    return show_size(value) if name == "size" and isinstance(value, int) else _cell(value)
