"""`refused`: files of clearinghouses and payers that could not be taken, over the services that take them."""

from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from cli.context import (
    FAILED,
    NOT_RUNNING,
    Json,
    ask,
    fail,
    of_each,
    out,
    plainly,
    print_json,
    tell,
)
from cli.persons import signed

app = typer.Typer(help="Received files that were refused: list, redrive.")
TAKES_FILES = ("submission", "adjudication_tracking", "eligibility")


def _all() -> tuple[list[dict[str, Any]], list[str]]:
    return of_each(TAKES_FILES, lambda service: ask(service, "/files", state="refused"))


@app.command("list")
@plainly
def listed(json: Json = False) -> None:
    """Which files were refused, why and where; each is kept as it came."""
    rows, away = _all()
    if json:
        print_json(rows)
    else:
        _show(rows, whole=not away)
    if away:
        raise typer.Exit(NOT_RUNNING)


def _show(rows: list[dict[str, Any]], *, whole: bool) -> None:
    if not rows:
        out.print("no file is refused" if whole else "no file is refused by those that answer")
        return
    table = Table("service", "file", "received", "bytes", "reason")
    for row in rows:
        received, size = str(row["received_on"]), str(row["size_bytes"])
        table.add_row(row["service"], row["sha256"], received, size, escape(row["reason"]))
    out.print(table)


@app.command()
@plainly
def redrive(
    file: Annotated[str, typer.Argument(help="The file's SHA-256, or how it begins.")],
    json: Json = False,
) -> None:
    """Take a refused file in again once what refused it was mended; what is refused still changes nothing."""
    rows, away = _all()
    found = [row for row in rows if row["sha256"].startswith(file.lower())]
    if not found:
        fail(
            f"no refused file begins with {file}; `claimlog refused list` shows them",
            NOT_RUNNING if away else FAILED,
        )
    if len(found) > 1:
        fail(f"{len(found)} refused files begin with {file}: give more of the SHA-256")
    (row,) = found
    answer = tell(
        row["service"],
        f"/files/{row['sha256']}/redrive",
        headers=signed("operator"),
    )
    if json:
        print_json(answer)
        return
    out.print(f"taken by {row['service']}")
