"""`up`, `down`, `status` and `topics`."""

import asyncio
import logging
from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cli.context import (
    FAILED,
    NOT_RUNNING,
    Json,
    err,
    fail,
    one_of,
    out,
    plainly,
    print_json,
    stack,
)
from deploy.health import ENGINES, Standing, sentence, standing
from deploy.provision import SERVICES
from shared import admin


@plainly
def up(
    service: Annotated[
        list[str] | None, typer.Option("--service", help="Only these services (repeatable).")
    ] = None,
    engines_only: Annotated[
        bool, typer.Option("--engines-only", help="Kafka and PostgreSQL, provisioned; no service.")
    ] = False,
) -> None:
    """Start Kafka, PostgreSQL and the services; harmless when they run."""
    chosen = stack()
    wanted = () if engines_only else tuple(SERVICES) if service is None else tuple(service)
    for name in wanted:
        one_of(SERVICES, name)
    ended = chosen.home.gone()
    with err.status("starting") as shown:
        chosen.start(wanted, told=shown.update)
    still = set(chosen.home.gone())
    for name in ended:
        told = "it had ended; its log is " + str(chosen.home.log(name))
        out.print(f"{'not brought back' if name in still else 'brought back'}: {name} ({told})", highlight=False)
    out.print(f"up: {len(wanted)} services, Kafka at {chosen.bootstrap}. Next: claimlog status")


@plainly
def down(
    erase: Annotated[
        bool,
        typer.Option(
            "--erase", help="Delete claim log, tables, keys, X12 files and process logs, for good."
        ),
    ] = False,
    downloads: Annotated[
        bool, typer.Option("--downloads", help="With --erase: Kafka's libraries too, which were fetched.")
    ] = False,
) -> None:
    """Stop everything that was started here; nothing is left running, nothing is deleted unless told."""
    if downloads and not erase:
        raise typer.BadParameter("--downloads goes with --erase")
    chosen = stack()
    with err.status("stopping") as shown:
        stopped = chosen.stop(told=shown.update)
        if erase:
            chosen.erase(downloads=downloads)
    what = f"stopped {', '.join(stopped)}" if stopped else "nothing was running"
    left = f"; {_erased(bool(chosen.settings.kafka), bool(chosen.settings.pg_dsn), downloads)}" if erase else ""
    out.print(f"down: {what}{left}", highlight=False, soft_wrap=True)


def _erased(given_kafka: bool, given_postgres: bool, downloads: bool) -> str:
    """What is gone, and what stays: a given broker and database keep what they hold."""
    stays = [name for name, given in (("Kafka", given_kafka), ("PostgreSQL", given_postgres)) if given]
    gone = {"claim log": not given_kafka, "tables": not given_postgres, "fetched libraries": downloads}
    named = [*(name for name, is_gone in gone.items() if is_gone), "keys", "X12 files"]
    told = f"{', '.join(named)} and process logs are deleted"
    return f"{told}; the given {' and '.join(stays)} kept what it holds" if stays else told


@plainly
def status(json: Json = False) -> None:
    """What runs, where, how far and how fast each service is. Exits with 3 when nothing runs, 1 when not all is well."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # Who does not answer is told below.
    rows = asyncio.run(standing(stack()))
    if json:
        print_json([asdict(row) for row in rows])
    elif rows:
        _show(rows)
    else:
        out.print("nothing is running; start with: claimlog up")
    if not rows:
        raise typer.Exit(NOT_RUNNING)
    if not all(row.ready and not row.why for row in rows):
        raise typer.Exit(FAILED)


def _show(rows: list[Standing]) -> None:
    counts = ("heard", "said", "behind", "records/s", "parked")
    table = Table("process", "pid", "address", "ready")
    for name in counts:
        table.add_column(name, justify="right")
    for row in rows:
        ready = "yes" if row.ready else "[red]no[/red]"
        numbers = (row.heard, row.said, row.behind, row.records_per_second, row.parked)
        shown = ("" if n is None else f"{n:,}" for n in numbers)
        pid = "" if row.pid is None else str(row.pid)
        address = f"{row.address}/docs" if row.address.startswith("http") else row.address
        table.add_row(row.process, pid, address, ready, *shown)
    out.print(table)
    for row in sorted(rows, key=lambda row: row.process not in ENGINES):  # The cause before what follows from it.
        if row.why:
            why = escape(sentence(row)).removeprefix(row.process)
            out.print(f"[red]{row.process}[/red]{why}", highlight=False, soft_wrap=True)
    parked = [f"{row.process} {row.parked:,}" for row in rows if row.parked]
    if parked:
        out.print(
            f"records wait for a person ({', '.join(parked)}): claimlog parked list", soft_wrap=True
        )


@plainly
def topics(json: Json = False) -> None:
    """Make the topics that are missing and show them; refuses a topic with another partition count. Starts nothing."""
    chosen = stack()
    if not chosen.bootstrap:
        fail("Kafka is not running; start everything with `claimlog up`", NOT_RUNNING)
    with err.status("asking Kafka"):
        made = admin.provision(
            chosen.bootstrap,
            chosen.settings.topic,
            chosen.settings.partitions,
            chosen.settings.replication,
        )
        ends = admin.ends(chosen.bootstrap, chosen.settings.topic)
    if json:
        print_json({"topic": chosen.settings.topic, "made": made, "ends": ends})
        return
    table = Table("topic", "partition", "records")
    for partition, end in sorted(ends.items()):
        table.add_row(chosen.settings.topic, str(partition), f"{end:,}")
    out.print(table)
