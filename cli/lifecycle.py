"""`up`, `down`, `status` and `topics`."""

from typing import Annotated

import httpx
import typer
from rich.table import Table

from cli.context import FAILED, NOT_RUNNING, Json, err, one_of, out, plainly, print_json, stack
from deploy.processes import ready
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
        bool, typer.Option("--erase", help="Delete the data, the log and the keys too, for good.")
    ] = False,
) -> None:
    """Stop everything that was started here; nothing is left running, nothing is deleted unless told."""
    with err.status("stopping") as shown:
        stack().stop(told=shown.update)
        if erase:
            stack().erase()
    out.print("down: nothing of this folder is running" + (", nothing is left" if erase else ""))


@plainly
def status(json: Json = False) -> None:
    """What runs, where, and how far each service is. Exits with 3 when nothing runs, 1 when not all is well."""
    home = stack().home
    running = home.running()
    rows = [_standing(facts) for facts in running]
    rows += [{**_row(name), "ready": False} for name in home.gone()] if running else []
    if json:
        print_json(rows)
    elif rows:
        table = Table("process", "pid", "address", "ready", "heard", "said", "parked")
        for row in rows:
            ready_now = "yes" if row["ready"] else "[red]no[/red]"
            shown = {k: "" if value is None else str(value) for k, value in row.items()}
            table.add_row(*({**shown, "ready": ready_now}.values()))
        out.print(table)
    else:
        out.print("nothing is running; start with: claimlog up")
    if not rows:
        raise typer.Exit(NOT_RUNNING)
    if not all(row["ready"] for row in rows):
        raise typer.Exit(FAILED)


def _row(name: object) -> dict[str, object]:
    """A process of which nothing is known: `pid` and the counts are null."""
    counts = dict.fromkeys(("heard", "said", "parked"))
    return {"process": name, "pid": None, "address": "", "ready": True, **counts}


def _standing(facts: dict[str, object]) -> dict[str, object]:
    row = _row(facts["name"])
    row["pid"] = facts["pid"]
    row["address"] = facts.get("url") or f"127.0.0.1:{facts.get('port')}"
    url = facts.get("url")
    if isinstance(url, str):
        row["ready"] = ready(url)
        try:
            progress = httpx.get(f"{url}/progress", timeout=5).json()
            row["heard"] = sum(p["heard"] for p in progress)
            row["said"] = sum(p["said"] for p in progress)
            row["parked"] = len(httpx.get(f"{url}/parked", timeout=5).json())
        except (httpx.HTTPError, ValueError, TypeError, KeyError):
            row["ready"] = False
    return row


@plainly
def topics(json: Json = False) -> None:
    """Make the topics that are missing and show them; refuses a topic with another partition count."""
    chosen = stack()
    with err.status("starting Kafka"):
        if not chosen.settings.kafka:
            chosen.kafka.start()
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
