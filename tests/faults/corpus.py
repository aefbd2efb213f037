"""`python -m tests.faults.corpus NAME`: keeps the log of a small world, with the rows that are made of it today.

Later code has to make the same of it (`test_old_events.py`): events are for ever.
"""

import asyncio
import lzma
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from deploy.provision import SERVICES
from deploy.shares import service_named
from shared.envelope import ROUTING, decode, read_route
from shared.log_reader import LogReader
from shared.progress import Progress
from shared.records import OutboxRow, route_bytes
from shared.service import Service
from simulator.chance import Chance
from tests.faults.lab import Lab
from tests.faults.processes import make_stack
from tests.faults.run import HOMES
from tests.kernel.fed import MemoryLog
from tests.simulation.pool import MemoryPool
from tests.simulation.replay import MemoryRebuild
from tests.simulation.store import MemoryStore, row_of
from tests.simulation.tables import Database

FOLDER = Path(__file__).with_name("corpus")
DAYS, ENCOUNTERS = 14, 2
Row = dict[str, Any]
Rows = dict[str, dict[str, list[Row]]]
"""Projection rows by service and table, in the order of their keys."""


class Kept(msgspec.Struct, array_like=True):
    """A record as it stood in the log."""

    partition: int
    key: bytes
    header: bytes
    value: bytes


class Corpus(msgspec.Struct):
    """A log, and what was made of it by the code of its day."""

    partitions: int
    records: list[Kept]
    rows: Rows


def read(path: Path) -> Corpus:
    """A kept one."""
    return msgspec.msgpack.decode(lzma.decompress(path.read_bytes()), type=Corpus)


async def made_of(corpus: Corpus) -> Rows:
    """What today's code makes of the log: the real rebuild of every service, over tables in memory."""
    log = MemoryLog(corpus.partitions)
    for one in corpus.records:
        log.put(one.key, one.value, [(ROUTING, one.header)], one.partition)
    return {name: await _rebuilt(service_named(name), log) for name in SERVICES}


async def _rebuilt(service: Service, log: MemoryLog) -> dict[str, list[Row]]:
    database = Database(service.name)
    pool = MemoryPool(database)
    async with pool.acquire() as connection:
        await MemoryStore(service).create(connection, log.partitions, "topic")
    for progress in _heard(service.name, log, database):
        database.tables["progress"][progress.partition] = row_of(progress)
    await MemoryRebuild(service, pool, log).swap()
    return {
        projection.table: [
            _plain(dict(zip(projection.columns, row[1:], strict=True)))
            for _, row in sorted(database.tables[projection.table].items())
        ]
        for projection in service.projections
        if not projection.append
    }


def _heard(name: str, log: MemoryLog, database: Database) -> Iterator[Progress]:
    """Where the service stood at the end of the log; what it said itself goes into its outbox."""
    for p in range(log.partitions):
        progress = Progress(partition=p, topic_id="topic", next_offset=len(log.records[p]))
        for record in log.records[p]:
            route = read_route(record.headers)
            if progress.standing(route.producer, route.position) != "next":
                continue
            progress.take(route.producer, route.position)
            if route.producer == f"{name}/{p}" and route.own:
                progress.last_seq += 1
                said = _said(record, progress.last_seq)
                database.tables["outbox_seq"][(p, said.seq)] = said
        yield progress


def _said(record: Any, seq: int) -> OutboxRow:
    event = decode(record.value)
    return OutboxRow(
        record.partition,
        seq,
        record.partition,
        event.position,
        event.subject,
        event.type,
        True,
        event.cause,
        event.id,
        route_bytes(record.headers),
        record.value,
        datetime.now(UTC),
    )


def _plain(row: Row) -> Row:
    """As it comes back from a file: dates are text, a tuple is a list."""
    plain: Row = msgspec.json.decode(msgspec.json.encode(row))
    return plain


async def _record(path: Path) -> None:
    lab = await Lab.start(make_stack(HOMES / "corpus"), 23)
    try:
        for _ in range(DAYS):
            await lab.day(ENCOUNTERS)
            await lab.pauses(Chance(23), "a day", most_seconds=1.0)
        await lab.drained()
        partitions = lab.stack.settings.partitions
        corpus = Corpus(partitions, [one async for one in _log_of(lab, partitions)], {})
    finally:
        await lab.stop()
        lab.stack.erase()
    corpus.rows = await made_of(corpus)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(lzma.compress(msgspec.msgpack.encode(corpus), preset=9))
    print(f"{path.name}: {len(corpus.records)} records, {path.stat().st_size // 1_000} KB")


async def _log_of(lab: Lab, partitions: int) -> Any:
    async with LogReader(lab.stack.bootstrap, lab.stack.settings.topic) as reader:
        for p, end in (await reader.ends(list(range(partitions)))).items():
            async for records in reader.read(p, 0, end):
                for r in records:
                    yield Kept(p, r.key or b"", route_bytes(r.headers), r.value or b"")


if __name__ == "__main__":
    asyncio.run(_record(FOLDER / f"{sys.argv[1]}.xz"))
