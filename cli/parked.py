"""`parked`: records that could not be applied, over all services."""

from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from cli.context import (
    NOT_RUNNING,
    Json,
    ask,
    complain,
    counted,
    fail,
    of_each,
    one_of,
    out,
    plainly,
    print_json,
    stack,
    tell,
)
from cli.persons import signed
from deploy.provision import SERVICES

app = typer.Typer(help="Records that could not be applied: list, show, redrive, discard.")

Service = Annotated[str, typer.Argument(help="The service that parked it.")]
Partition = Annotated[int, typer.Argument(help="Its partition.")]
Offset = Annotated[int, typer.Argument(help="Its offset.")]


def _whom() -> tuple[list[str], list[str]]:
    """Services that run here, and those that should and do not; beside a given broker they may run elsewhere."""
    chosen = stack()
    running = {facts.get("service") for facts in chosen.home.running()}
    asked = [service for service in SERVICES if service in running]
    if not asked:
        fail("no service is running; start everything with `claimlog up`", NOT_RUNNING)
    return asked, [] if chosen.settings.kafka else [s for s in SERVICES if s not in running]


@app.command("list")
@plainly
def listed(
    limit: Annotated[
        int, typer.Option(help="At most so many of each service.", min=1, max=1_000)
    ] = 200,
    json: Json = False,
) -> None:
    """What is parked, oldest first, with how much waits behind it."""
    asked, others = _whom()
    rows, away = of_each(asked, lambda service: ask(service, "/parked", limit=limit))
    if json:
        print_json(rows)
    else:
        _show(rows, whole=not others and not away)
    if others:
        complain("not asked:", f"{', '.join(others)}: not running; `claimlog status` counts theirs")
    if others or away:
        raise typer.Exit(NOT_RUNNING)


def _show(rows: list[dict[str, Any]], *, whole: bool) -> None:
    if not rows:
        out.print("nothing is parked" if whole else "nothing is parked in the services that run")
        return
    table = Table("service", "partition", "offset", "event", "reason", "waiting")
    for row in rows:
        table.add_row(
            row["service"],
            str(row["partition"]),
            str(row["offset"]),
            row["wire"],
            escape(f"{row['reason']}: {row['sentence']}"),
            str(row["waiting"]),
        )
    out.print(table)
    left_off = sum({row["service"]: row["listed"] for row in rows}.values()) - len(rows)
    if left_off:
        out.print(
            f"{left_off:,} more {'is' if left_off == 1 else 'are'} parked: --limit up to 1000, or redrive these first"
        )


@app.command()
@plainly
def show(service: Service, partition: Partition, offset: Offset, json: Json = False) -> None:
    """One parked record: where it stands and why; its data is not shown, it may hold anything."""
    row = ask(one_of(SERVICES, service), f"/parked/{partition}/{offset}")
    if json:
        print_json(row)
        return
    for name, value in row.items():
        out.print(f"{name:>12}  {value}")


@app.command()
@plainly
def redrive(service: Service, partition: Partition, offset: Offset, json: Json = False) -> None:
    """Apply it and what waits behind it, in order; refused when it still cannot be applied."""
    answer = tell(
        one_of(SERVICES, service),
        f"/parked/{partition}/{offset}/redrive",
        headers=signed("operator"),
    )
    if json:
        print_json(answer)
        return
    out.print(f"applied {counted(answer['applied'], 'record')}")


@app.command()
@plainly
def discard(
    service: Service,
    partition: Partition,
    offset: Offset,
    reason: Annotated[str, typer.Option(help="Why it shall never be applied.")],
    json: Json = False,
) -> None:
    """Never apply it; what waits behind it is applied."""
    answer = tell(
        one_of(SERVICES, service),
        f"/parked/{partition}/{offset}/discard",
        json={"reason": reason},
        headers=signed("operator"),
    )
    if json:
        print_json(answer)
        return
    out.print(f"discarded; applied {counted(answer['applied'], 'record')} that waited behind it")
