"""`status`: which process does its work, how far and how fast; once, or again and again until Ctrl-C."""

import asyncio
import json as jsons
import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Group
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from cli.context import FAILED, NOT_RUNNING, OK, Json, out, plainly, print_json, stack
from deploy.health import ENGINES, Standing, sentence, standing

WATCH_SECONDS = 2.0
NOTHING_RUNS = "nothing is running; start with: claimlog up"
COUNTS = ("heard", "said", "behind", "heard/s", "said/s", "parked")
COLUMNS = ("process", "pid", "address", "ready", *COUNTS)
LEFT_OFF_FIRST = ("pid", "address", "said", "heard")
"""Columns that a narrow terminal does without, one after the other until the rest fits."""
UNBOUNDED = 10_000


@plainly
def status(
    watch: Annotated[
        bool,
        typer.Option(
            "--watch",
            help="Look again every two seconds until Ctrl-C; with --json one line a look.",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """What runs, where, how far and how fast each service is. Exits with 3 when nothing runs, 1 when not all is well."""
    logging.getLogger("aiokafka").setLevel(
        logging.CRITICAL
    )  # Who does not answer is told in a row.
    rows = _watch(json) if watch else _look()
    if not watch and json:
        print_json([asdict(row) for row in rows])
    elif not watch:
        out.print(_page(rows), crop=False)
    if code := _verdict(rows):
        raise typer.Exit(code)


def _look() -> list[Standing]:
    return asyncio.run(standing(stack()))


def _verdict(rows: list[Standing]) -> int:
    if not rows:
        return NOT_RUNNING
    return OK if all(row.ready and not row.why for row in rows) else FAILED


def _watch(json: bool) -> list[Standing]:
    """Look until Ctrl-C, which is how watching ends; the last look."""
    rows: list[Standing] = []
    with suppress(KeyboardInterrupt):
        if json:
            for rows in _looks():
                print(jsons.dumps([asdict(row) for row in rows]), flush=True)
        elif out.is_terminal:
            with Live(console=out, screen=True, auto_refresh=False) as live:
                for rows in _looks():
                    live.update(_page(rows, folded=True), refresh=True)
        else:
            for rows in _looks():
                out.print(_page(rows), crop=False)
    return rows


def _looks() -> Iterator[list[Standing]]:
    while True:
        yield _look()
        time.sleep(WATCH_SECONDS)


def _page(rows: list[Standing], *, folded: bool = False) -> Group:
    """Each process in a row; beneath, what is wrong and what to do, causes first. Lines are folded where a screen is filled."""
    told = []
    for row in sorted((row for row in rows if row.why), key=lambda row: row.process not in ENGINES):
        why = escape(sentence(row)).removeprefix(row.process)
        told.append(f"[red]{row.process}[/red]{why}")
    if parked := [f"{row.process} {row.parked:,}" for row in rows if row.parked]:
        told.append(f"records wait for a person ({', '.join(parked)}): claimlog parked list")
    if folded:
        told.append(f"[dim]{datetime.now():%H:%M:%S}, Ctrl-C ends watching[/dim]")
    table, left_off = _fitting(rows)
    if rows and left_off:
        told.append(f"[dim]too narrow for {', '.join(left_off)}: a wider window, or --json[/dim]")
    lines = [Text.from_markup(line) for line in told]
    for line in lines:
        line.no_wrap, line.overflow = not folded, "fold" if folded else "ignore"
    return Group(table if rows else NOTHING_RUNS, *lines)


def _table(rows: list[Standing], left_off: Sequence[str] = ()) -> Table:
    """The processes; without a frame where columns are left off, so that more of them fit."""
    table = Table(box=None, pad_edge=False) if left_off else Table()
    shown = [name for name in COLUMNS if name not in left_off]
    for name in shown:
        table.add_column(name, justify="right" if name in COUNTS else "left", no_wrap=True)
    for row in rows:
        cells = _cells(row)
        table.add_row(*(cells[name] for name in shown))
    return table


def _cells(row: Standing) -> dict[str, str]:
    speed = (row.records_per_second, row.said_per_second)
    numbers = (row.heard, row.said, row.behind, *speed, row.parked)
    return {
        "process": row.process,
        "pid": "" if row.pid is None else str(row.pid),
        "address": f"{row.address}/docs" if row.address.startswith("http") else row.address,
        "ready": "yes" if row.ready else "[red]no[/red]",
        **dict(zip(COUNTS, ("" if n is None else f"{n:,}" for n in numbers), strict=True)),
    }


def _fitting(rows: list[Standing]) -> tuple[Table, Sequence[str]]:
    """The table with as many columns as the terminal is wide enough for, and those that it leaves off."""
    natural = out.options.update(width=UNBOUNDED)
    for count in range(len(LEFT_OFF_FIRST) + 1):
        left_off = LEFT_OFF_FIRST[:count]
        table = _table(rows, left_off)
        if out.measure(table, options=natural).maximum <= out.width:
            break
    return table, left_off
