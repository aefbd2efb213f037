"""`events ACCOUNT`: every event of one account as it stands in the log, in the log's order. PHI stays sealed."""

from collections import deque
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
import typer
import uvloop
from rich.markup import escape

from cli.context import NOT_RUNNING, Json, dollars, err, fail, out, plainly, print_json, stack
from shared.envelope import Route, decode, read_route
from shared.errors import Malformed
from shared.log_reader import LogReader
from shared.streams import ACCOUNT_LENGTH, account_stream, partition_of, read_claim_number

LIMIT = 500
SEALED = {"key_id", "box"}


@plainly
def events(
    account: Annotated[str, typer.Argument(help="An account's number, or a claim's (CLM01).")],
    limit: Annotated[
        int, typer.Option(help="At most so many events, the last.", min=1, max=50_000)
    ] = LIMIT,
    json: Json = False,
) -> None:
    """Every event of one account in the log's order: wire name, days, producer and position, cause. PHI stays sealed."""
    found = read_claim_number(account)
    number = found[0] if found else account.strip().upper()
    if len(number) != ACCOUNT_LENGTH:
        raise typer.BadParameter(
            "an account's number has 14 characters; `claimlog story` finds it by other numbers"
        )
    chosen = stack()
    if not chosen.bootstrap:
        fail("Kafka does not run; start it with `claimlog up`", NOT_RUNNING)
    with err.status("reading the log"):
        heard = uvloop.run(
            _read(
                chosen.bootstrap, chosen.settings.topic, chosen.settings.partitions, number, limit
            )
        )
    if not heard.events:
        fail("no event of this account stands in the log")
    if json:
        print_json({"account": number, "events": list(heard.events), "left_off": heard.left_off})
        return
    if heard.left_off:
        out.print(
            f"{heard.left_off:,} earlier events are left off; all of them: --limit {heard.told}"
        )
    out.print(f"[bold]Events of account {number}[/bold]", highlight=False)
    for row in heard.events:
        out.print(escape(heading(row)), highlight=False)
        out.print("    " + escape(said(row["data"])), highlight=False)


@dataclass(slots=True)
class Heard:
    """The last events of a stream, and how many there are."""

    events: deque[dict[str, Any]]
    told: int = 0

    @property
    def left_off(self) -> int:
        """How many earlier ones are not here."""
        return self.told - len(self.events)


async def _read(bootstrap: str, topic: str, partitions: int, number: str, limit: int) -> Heard:
    stream = account_stream(number)
    partition = partition_of(stream, partitions)
    async with LogReader(bootstrap, topic) as reader:
        end = (await reader.ends([partition]))[partition]
        return await events_of(stream, reader.read(partition, 0, end), limit)


async def events_of(stream: str, batches: AsyncIterable[list[Any]], limit: int) -> Heard:
    """The events of a stream among the records of its partition, each once, as services hear them."""
    key, heard = stream.encode(), Heard(deque(maxlen=limit))
    async for _, record in each_once(batches):
        if record.key == key:
            heard.told += 1
            heard.events.append(row_of(record))
    return heard


async def each_once(batches: AsyncIterable[list[Any]]) -> AsyncIterator[tuple[Route, Any]]:
    """The records of one partition, each once, as services hear them."""
    last: dict[str, int] = {}
    async for batch in batches:
        for record in batch:
            try:
                route = read_route(record.headers)
            except Malformed:
                continue
            # What was published again, or too early, is heard at its own position only.
            if route.position == last.get(route.producer, 0) + 1:
                last[route.producer] = route.position
                yield route, record


def row_of(record: Any) -> dict[str, Any]:
    """An event as it is told: where it stands, why, by whom, and what it says."""
    try:
        e = decode(record.value)
    except Malformed as no:
        return _unread(record, str(no))
    return {
        "wire": e.type,
        "event_id": e.id,
        "occurred_on": str(e.occurredon),
        "recorded_at": e.time.isoformat(),
        "producer": e.producer,
        "position": e.position,
        "partition": record.partition,
        "offset": record.offset,
        "cause": e.cause,
        "correlation": e.correlation,
        "actor": e.actor,
        "facility": e.facility,
        "rule_set": e.ruleset,
        "source_sha256": e.sourcesha256,
        "source_segment": e.sourcesegment,
        "data": msgspec.json.decode(e.data),
    }


def _unread(record: Any, why: str) -> dict[str, Any]:
    """A record that no service can read either: it is parked, and told where it stands."""
    route = read_route(record.headers)
    named = {"wire": route.wire, "producer": route.producer, "position": route.position}
    empty = dict.fromkeys(
        ("event_id", "cause", "correlation", "actor", "facility", "rule_set", "source_sha256"), ""
    )
    place = {"partition": record.partition, "offset": record.offset, "source_segment": 0}
    return {
        **named,
        **empty,
        **place,
        "occurred_on": None,
        "recorded_at": None,
        "data": {"unread": why},
    }


def heading(row: dict[str, Any]) -> str:
    """When, what, its place among what its producer said, what it was decided after, and who did it."""
    place = f"{row['producer']}:{row['position']}"
    after = f" after {row['cause']}" if row["cause"] else ""
    when, recorded, by = (row[name] or "-" for name in ("occurred_on", "recorded_at", "actor"))
    return f"{when} {row['wire']} · {place}{after} · recorded {recorded} · by {by}"


def said(data: dict[str, Any]) -> str:
    """What an event says, shortly: plain values as they are, lists by their length, and no sealed one."""
    shown = []
    for name, value in data.items():
        label = name.replace("_", " ")
        if name == "account" or value in ("", None, [], {}):
            continue
        if isinstance(value, bool):
            shown.append(f"{label} {'yes' if value else 'no'}")
        elif name == "cents" or name.endswith("_cents"):
            shown.append(f"{label.removesuffix('cents').strip() or 'amount'} {dollars(value)}")
        elif isinstance(value, list):
            shown.append(f"{label} ({len(value)})")
        elif isinstance(value, dict):
            shown.append(f"{label} (sealed)" if value.keys() == SEALED else label)
        else:
            shown.append(f"{label} {value}")
    return " · ".join(shown)
