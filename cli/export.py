"""`export`: the whole log for other tools, one JSON object a line; PHI stays sealed."""

import sys
from collections.abc import AsyncIterable, AsyncIterator
from datetime import date
from typing import Annotated, Any

import msgspec
import typer
import uvloop

from cli.context import NOT_RUNNING, err, fail, plainly, stack
from cli.events import each_once, row_of
from cli.past import Until
from deploy.stack import Stack
from shared.log_reader import LogReader
from shared.streams import BROADCAST

DAY = "reference.business_day_opened.v1"


@plainly
def export(
    wire: Annotated[
        list[str] | None,
        typer.Option(
            help="Only events whose name begins so, such as denial. or posting.payment_posted; several times."
        ),
    ] = None,
    until: Until = None,
) -> None:
    """Every event of the log as `claimlog events` tells one, with its stream: one JSON object a line. PHI stays sealed."""
    chosen = stack()
    if not chosen.bootstrap:
        fail("Kafka does not run; start it with `claimlog up`", NOT_RUNNING)
    uvloop.run(_write(chosen, tuple(wire or ("",)), until.date() if until else None))


async def _write(chosen: Stack, wires: tuple[str, ...], until: date | None) -> None:
    events, partitions, to_bytes = 0, chosen.settings.partitions, msgspec.json.Encoder().encode
    with err.status("reading the log") as shown:
        async with LogReader(chosen.bootstrap, chosen.settings.topic) as reader:
            for partition in range(partitions):
                end = (await reader.ends([partition]))[partition]
                async for row in rows_of(partition, reader.read(partition, 0, end), wires, until):
                    sys.stdout.write(to_bytes(row).decode() + "\n")
                    events += 1
                    if events % 1_000 == 0:
                        shown.update(f"{partition} of {partitions} partitions, {events:,} events")


async def rows_of(
    partition: int, batches: AsyncIterable[list[Any]], wires: tuple[str, ...], until: date | None
) -> AsyncIterator[dict[str, Any]]:
    """The events of a partition up to the end of a day, each once; what stands in every partition is told of the first."""
    async for route, record in each_once(batches):
        stream = (record.key or b"").decode("utf-8", "replace")
        if (
            until is not None
            and route.wire == DAY
            and row_of(record)["data"].get("day", "") > str(until)
        ):
            return
        if route.wire.startswith(wires) and (stream != BROADCAST or partition == 0):
            yield {"stream": stream, **row_of(record)}
