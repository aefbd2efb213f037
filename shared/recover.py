"""Before the first decision: is the topic the one we know, and did we say things that our database forgot?

A restored backup is older than the log. What the log has of ours beyond it goes back into the outbox, and the
records that caused it are folded but not decided on again.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from shared import envelope as wire
from shared.engine import Engine
from shared.errors import Malformed, Stopped
from shared.log_reader import LogReader
from shared.progress import Progress
from shared.reading import read_record
from shared.records import route_bytes
from shared.restore import Forgotten, restore
from shared.store import ALONE, NOT_ALONE

log = logging.getLogger("claimlog.recover")

LOCK = 727_003
LOST_OFFSETS = 1 << 40


async def recover(engine: Engine, reader: LogReader, topic_id: str) -> int:
    """Bring the database up to what the log shows of us; how many of our records had been forgotten."""
    async with engine.pool.acquire() as guard:
        while not await guard.fetchval(ALONE, LOCK):
            await asyncio.sleep(
                0.2
            )  # Another instance is at it: what it takes back is there after.
        try:
            return await _recover(engine, reader, topic_id)
        finally:
            await guard.execute(NOT_ALONE, LOCK)


async def _recover(engine: Engine, reader: LogReader, topic_id: str) -> int:
    await _know_topic(engine, topic_id)
    partitions = list(range(engine.partitions))
    # Ends first, then our rows: whatever stood before the ends was committed before.
    ends = await reader.ends(partitions)
    async with engine.pool.acquire() as connection:
        rows = await engine.store.progress(connection)
    await _rewind(engine, rows, await _cut(reader, rows, ends))
    forgotten: list[Forgotten] = []
    for p, row in rows.items():
        async for records in _tail(reader, row, ends):
            _look(engine.service.name, p, records, rows, forgotten)
    if forgotten:
        log.error(
            "the database is older than the log: %s records of ours come back", len(forgotten)
        )
        causes = await _causes(reader, rows, ends, forgotten)
        await restore(engine, reader, forgotten, causes, ends)
    engine.restored = await engine.pool.fetchval("select exists (select from recovered)")
    return len(forgotten)


async def _tail(reader: LogReader, row: Progress, ends: dict[int, int]) -> AsyncIterator[list[Any]]:
    """What this database has not passed yet of a partition."""
    if row.next_offset < ends[row.partition]:
        async for records in reader.read(row.partition, row.next_offset, ends[row.partition]):
            yield records


async def _know_topic(engine: Engine, topic_id: str) -> None:
    async with engine.pool.acquire() as connection, connection.transaction():
        strange = []
        rows = await engine.store.lock(connection, list(range(engine.partitions)))
        for row in rows.values():
            if row.topic_id != topic_id:
                _not_while_recovering(row)
                row.topic_id, row.next_offset, row.replay_until, row.passed_at = topic_id, 0, 0, 0
                row.refill = bool(row.sent)
                row.refilled = row.refilled or bool(row.heard)
                strange.append(row)
        if strange:
            log.error("the topic was made anew: %s partitions start at 0", len(strange))
            for row in strange:
                await _free_offsets(connection, row.partition, 0)
            await engine.store.write_progress(connection, strange)


def _not_while_recovering(row: Progress) -> None:
    if row.recovering:
        raise Stopped(
            f"the log of partition {row.partition} changed while a restored database was catching up with it: "
            "what it had said would be decided again; restore log and database to one moment"
        )


async def _cut(
    reader: LogReader, rows: dict[int, Progress], ends: dict[int, int]
) -> dict[int, int]:
    """Partitions that end before our offset, with the end; with 0 those that were cut and filled again since.

    Since `ends` another instance may have gone on, or another service may have filled what was cut: what reaches our
    offset only by now is looked at as well.
    """
    beyond = [p for p, row in rows.items() if row.next_offset > ends[p]]
    now = await reader.ends(beyond) if beyond else {}
    cut = {p: end for p, end in now.items() if rows[p].next_offset > end}
    return {p: 0 for p in await _another(reader, rows, ends | now)} | cut


async def _another(reader: LogReader, rows: dict[int, Progress], ends: dict[int, int]) -> list[int]:
    """Partitions whose last record passed is not the one we passed: cut, and filled again by another."""
    found = []
    for p, row in rows.items():
        if row.passed_at and 0 < row.next_offset <= ends[p]:
            async for records in reader.read(p, row.next_offset - 1, row.next_offset):
                if records[-1].timestamp != row.passed_at:
                    found.append(p)
    return found


async def _rewind(engine: Engine, rows: dict[int, Progress], lost: dict[int, int]) -> None:
    """A partition that lost its tail (known to reach to here) is heard again from 0: positions tell the repeats.

    What we said there may be lost for others too: it is all published again.
    """
    if not lost:
        return
    log.error("the log lost records that we passed in %s partitions: rewinding", len(lost))
    async with engine.pool.acquire() as connection, connection.transaction():
        fresh = await engine.store.lock(connection, list(range(engine.partitions)))
        for p, end in lost.items():
            _not_while_recovering(fresh[p])
            for row in (rows[p], fresh[p]):
                row.next_offset = row.replay_until = row.passed_at = 0
            fresh[p].refilled = True
            await _free_offsets(connection, p, end)
        for source in fresh.values():
            source.refill = source.refill or any(source.sent.get(p) for p in lost)
        await engine.store.write_progress(connection, fresh.values())


async def _free_offsets(connection: Any, partition: int, start: int) -> None:
    """Other records may get the offsets of parked ones that the log lost; those keep theirs, below zero."""
    await connection.execute(
        'update parked set "offset" = "offset" - $3 where partition = $1 and ("offset" >= $2 or "offset" < 0)',
        partition,
        start,
        LOST_OFFSETS,
    )


def _look(
    name: str,
    p: int,
    records: list[Any],
    rows: dict[int, Progress],
    forgotten: list[Forgotten],
) -> None:
    for record in records:
        route = _route(record)
        source = _source(name, route.producer) if route is not None else None
        if route is None or source not in rows:
            continue
        if route.position == rows[source].sent.get(p, 0) + 1:
            rows[source].sent[p] = route.position
            forgotten.append(_forgotten(record, route, source))


def _source(name: str, producer: str) -> int | None:
    service, _, source = producer.partition("/")
    return int(source) if service == name and source.isascii() and source.isdigit() else None


def _forgotten(record: Any, route: wire.Route, source: int) -> Forgotten:
    heard = read_record(record)
    if heard.fault is not None:
        # Its position is taken, whoever wrote it: what we say next must not bear the same.
        log.error("our own record %s@%s: %s", record.partition, record.offset, heard.fault)
    moment = datetime.fromtimestamp(record.timestamp / 1000, UTC)
    return Forgotten(
        source,
        record.partition,
        record.offset,
        route,
        heard.envelope,
        heard.stream,
        heard.envelope.time if heard.envelope is not None else moment,
        route_bytes(record.headers),
        record.value or b"",
    )


def _route(record: Any) -> wire.Route | None:
    try:
        return wire.read_route(record.headers)
    except Malformed:
        return None


async def _causes(
    reader: LogReader,
    rows: dict[int, Progress],
    ends: dict[int, int],
    forgotten: list[Forgotten],
) -> dict[tuple[int, str], int]:
    """Where the causes of what was forgotten will be passed, by (partition, cause)."""
    wanted = {(f.source, f.cause) for f in forgotten}
    found: dict[tuple[int, str], int] = {}
    for p in {source for source, _ in wanted}:
        row = rows[p]
        async for records in _tail(reader, row, ends):
            for record in records:
                route = _route(record)
                # A repeat or an early copy is passed without being the cause of anything.
                if route is None or row.standing(route.producer, route.position) != "next":
                    continue
                row.take(route.producer, route.position)
                if (p, row.last) in wanted:
                    found[(p, row.last)] = record.offset
    return found
