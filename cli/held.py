"""`held`: files that wait for a person before they leave, over the services that hand files over."""

from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from cli.context import NOT_RUNNING, Json, ask, of_each, one_of, out, plainly, print_json, tell
from cli.persons import signed

app = typer.Typer(help="Files that wait for a person, as after a restore: list, release, left.")
HANDS_OVER = ("eligibility", "submission")

Service = Annotated[str, typer.Argument(help="The service that hands it over.")]
Event = Annotated[str, typer.Argument(help="The event that asked for it, as `held list` shows it.")]


@app.command("list")
@plainly
def listed(json: Json = False) -> None:
    """Which files wait, and why."""
    rows, away = of_each(HANDS_OVER, lambda service: ask(service, "/held"))
    if json:
        print_json(rows)
    else:
        _show(rows, whole=not away)
    if away:
        raise typer.Exit(NOT_RUNNING)


def _show(rows: list[dict[str, Any]], *, whole: bool) -> None:
    if not rows:
        where = "" if whole else " at those that answer"
        out.print(f"no file waits for a person{where}")
        return
    table = Table("service", "event", "file", "reason")
    for row in rows:
        table.add_row(row["service"], row["event_id"], row["file_name"], escape(row["reason"]))
    out.print(table)


@app.command()
@plainly
def release(service: Service, event: Event, json: Json = False) -> None:
    """It has not left: it goes on its way."""
    _settle(service, event, "release", "it goes on its way", json)


@app.command()
@plainly
def left(service: Service, event: Event, json: Json = False) -> None:
    """It left before: that is stated, and no file is moved."""
    _settle(service, event, "left", "that it left is stated", json)


def _settle(service: str, event: str, how: str, said: str, json: bool) -> None:
    answer = tell(
        one_of(HANDS_OVER, service),
        f"/held/{event}/{how}",
        headers=signed("operator"),
    )
    print_json(answer) if json else out.print(said)
