"""`up`, `down` and `topics`."""

from typing import Annotated

import typer
from rich.table import Table

from cli.context import (
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
        out.print(
            f"{'not brought back' if name in still else 'brought back'}: {name} ({told})",
            highlight=False,
        )
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
        bool,
        typer.Option(
            "--downloads", help="With --erase: Kafka's libraries too, which were fetched."
        ),
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
    left = (
        f"; {_erased(bool(chosen.settings.kafka), bool(chosen.settings.pg_dsn), downloads)}"
        if erase
        else ""
    )
    out.print(f"down: {what}{left}", highlight=False, soft_wrap=True)


def _erased(given_kafka: bool, given_postgres: bool, downloads: bool) -> str:
    """What is gone, and what stays: a given broker and database keep what they hold."""
    stays = [
        name for name, given in (("Kafka", given_kafka), ("PostgreSQL", given_postgres)) if given
    ]
    gone = {
        "claim log": not given_kafka,
        "tables": not given_postgres,
        "fetched libraries": downloads,
    }
    named = [*(name for name, is_gone in gone.items() if is_gone), "keys", "X12 files"]
    told = f"{', '.join(named)} and process logs are deleted"
    return f"{told}; the given {' and '.join(stays)} kept what it holds" if stays else told


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
