"""Tables for people: dollars under headers that say so, right-aligned numbers, and what was left off."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.markup import escape
from rich.table import Table

from cli.context import counted, dollars, out
from cli.output import printable

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A header, and the text of its cell."""

    header: str
    cell: Callable[[Row], str]
    right: bool = False


def text(header: str, key: str) -> Column:
    """What stands there; nothing for null."""
    return Column(header, lambda row: _plain(row.get(key)))


def number(header: str, key: str) -> Column:
    """A count."""
    return Column(header, lambda row: f"{row.get(key) or 0:,}", right=True)


def money(header: str, key: str) -> Column:
    """Cents, shown in dollars under a header that says so."""
    return Column(f"{header} $", lambda row: dollars(row.get(key)), right=True)


def deadline(header: str, key: str, past: str = "past") -> Column:
    """A day, marked where it is over."""
    return Column(header, lambda row: until(row.get(key), bool(row.get(past))))


def until(day: Any, past: bool) -> str:
    """`2026-07-01`, or marked as past."""
    if day is None:
        return "-"
    return f"[red]{day} past[/red]" if past else str(day)


def show(
    title: str,
    columns: Sequence[Column],
    rows: Sequence[Row],
    *,
    total: Row | None = None,
    left_off: int = 0,
    how: str = "",
) -> None:
    """Print a table, its total, and how to see the rows that were left off."""
    if not rows:
        out.print(f"\n[bold]{title}[/bold]: none", highlight=False)
        return
    table = Table(*(c.header for c in columns), title=title, title_justify="left")
    for made, column in zip(table.columns, columns, strict=True):
        made.justify = "right" if column.right else "left"
        made.no_wrap = column.right
        made.overflow = "fold"  # A door's path that is cut short leads nowhere.
        made.min_width = len(column.header)
    for row in rows:
        table.add_row(*(c.cell(row) for c in columns))
    if total is not None:
        table.add_section()
        table.add_row(*(c.cell(total) for c in columns))
    out.print(table, highlight=False)
    if left_off:
        out.print(f"  {counted(left_off, 'more row')}; all of them: {how}", highlight=False)


def summed(rows: Sequence[Row], **names: str) -> Row:
    """A total row: every amount in cents summed, under these names."""
    keys = {key for row in rows for key, value in row.items() if isinstance(value, int)}
    return {**{key: sum(row.get(key) or 0 for row in rows) for key in keys}, **names}


def _plain(value: Any) -> str:
    return "" if value is None else escape(printable(str(value)))
