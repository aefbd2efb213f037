"""Before the first decision: is the topic the one we know, and did we say things that our database forgot?

A restored backup is older than the log. What the log has of ours beyond it goes back into the outbox, and the
records that caused it are folded but not decided on again.
"""

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from shared import envelope as wire
from shared.batch import Batch, Loaded, OutboxRow
from shared.engine import Engine, route_bytes
from shared.errors import Malformed
from shared.hand_over import hold_all
from shared.log_reader import LogReader
from shared.progress import Progress

log = logging.getLogger("claimlog.recover")


LOST_OFFSETS = 1 << 40


class _Forgotten(NamedTuple):
    source: int
    target: int
    route: wire.Route
    envelope: wire.Envelope
    header: bytes
    value: bytes


async def recover(engine: Engine, reader: LogReader, topic_id: str) -> int:
    """Bring the database up to what the log shows of us; how many of our records had been forgotten."""
    await _know_topic(engine, topic_id)
    partitions = list(range(engine.partitions))
    # Ends first, then our rows: whatever stood before the ends was committed before.
    ends = await reader.ends(partitions)
    async with engine.pool.acquire() as connection:
        rows = await engine.store.progress(connection)
    await _rewind(engine, rows, {p: 0 for p in await _another(reader, rows, ends)} | _cut(rows, ends))
    forgotten: list[_Forgotten] = []
    for p, row in rows.items():
        async for records in _tail(reader, row, ends):
            _look(engine.service.name, p, records, rows, forgotten)
    if forgotten:
        log.error("the database is older than the log: %s records of ours come back", len(forgotten))
        await _restore(engine, forgotten, await _causes(reader, rows, ends, forgotten))
    return len(forgotten)


async def _tail(
    reader: LogReader, row: Progress, ends: dict[int, int]
) -> AsyncIterator[list[Any]]:
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
                row.topic_id, row.next_offset, row.replay_until, row.passed_at = topic_id, 0, 0, 0
                row.refill = bool(row.sent)
                strange.append(row)
        if strange:
            log.error("the topic was made anew: %s partitions start at 0", len(strange))
            for row in strange:
                await _free_offsets(connection, row.partition, 0)
            await engine.store.write_progress(connection, strange)


def _cut(rows: dict[int, Progress], ends: dict[int, int]) -> dict[int, int]:
    """Partitions that end before our offset, with the end."""
    return {p: ends[p] for p, row in rows.items() if row.next_offset > ends[p]}


async def _another(
    reader: LogReader, rows: dict[int, Progress], ends: dict[int, int]
) -> list[int]:
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
            for row in (rows[p], fresh[p]):
                row.next_offset = row.replay_until = row.passed_at = 0
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
    forgotten: list[_Forgotten],
) -> None:
    for record in records:
        route = _route(record)
        service, _, source = route.producer.partition("/") if route else ("", "", "")
        if route is None or service != name or not source.isdigit():
            continue
        known = rows[int(source)].sent.get(p, 0)
        if route.position == known + 1:
            rows[int(source)].sent[p] = route.position
            forgotten.append(
                _Forgotten(
                    int(source),
                    p,
                    route,
                    wire.decode(record.value),
                    route_bytes(record.headers),
                    bytes(record.value),
                )
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
    forgotten: list[_Forgotten],
) -> dict[tuple[int, str], int]:
    """Where the causes of what was forgotten will be passed, by (partition, cause)."""
    wanted = {(f.source, f.envelope.cause) for f in forgotten}
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


async def _restore(
    engine: Engine, forgotten: list[_Forgotten], passed: dict[tuple[int, str], int]
) -> None:
    sources = sorted({f.source for f in forgotten})
    async with engine.pool.acquire() as connection, connection.transaction():
        progress = await engine.store.lock(connection, sources)
        for row in progress.values():
            row.replay_seq = row.last_seq
        forgotten.sort(key=lambda f: (f.source, f.envelope.time, f.target, f.route.position))
        outbox: list[OutboxRow] = []
        at_once: list[OutboxRow] = []
        for f in forgotten:
            row = progress[f.source]
            row.last_seq += 1
            row.sent[f.target] = max(row.sent.get(f.target, 0), f.route.position)
            kept = _outbox_row(f, row.last_seq)
            outbox.append(kept)
            where = passed.get((f.source, f.envelope.cause))
            if where is None:
                at_once.append(kept)
            else:
                row.replay_until = max(row.replay_until, where + 1)
        await engine.store.write_outbox(connection, outbox)
        await engine.store.write_progress(connection, progress.values())
        await _fold_at_once(engine, connection, [row for row in at_once if row.own])
        if engine.service.hand_overs:
            await hold_all(connection, "the database was restored: did this file leave?")


async def _fold_at_once(engine: Engine, connection: Any, rows: list[OutboxRow]) -> None:
    """What followed a record that the database still knows as passed belongs right here."""
    if not rows:
        return
    partitions = sorted({row.partition for row in rows})
    loaded = Loaded(
        progress=await engine.store.lock(connection, partitions),
        states=await engine.store.states(connection, {row.stream for row in rows}),
        books=await engine.store.books(connection, partitions),
        parked=frozenset(),
        now=datetime.now(UTC),
        partitions=engine.partitions,
    )
    batch = Batch(engine.service, loaded, {})
    for row in rows:
        batch.replay_own(row.partition, row.value)
    found = await engine.store.rows(connection, batch.row_keys())
    await engine.store.write_replayed(connection, batch, batch.project(found))


def _outbox_row(f: _Forgotten, seq: int) -> OutboxRow:
    return OutboxRow(
        f.source,
        seq,
        f.target,
        f.route.position,
        f.envelope.subject,
        f.route.wire,
        f.route.own,
        f.envelope.cause,
        f.envelope.id,
        f.header,
        f.value,
        f.envelope.time,
    )
