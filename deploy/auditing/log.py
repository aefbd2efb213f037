"""The log against the outboxes: every position once, in order, gap-free, and byte for byte what was committed."""

import hashlib
from typing import Any, NamedTuple

import asyncpg

from deploy.auditing.result import Result
from shared.envelope import read_route
from shared.errors import Malformed
from shared.log_reader import LogReader
from shared.progress import Progress, decode

Channel = tuple[str, int]
"""(producer, target partition)."""


class Logged(NamedTuple):
    """What the log shows of every channel: its last position without a hole before it, and a sum of its values."""

    last: dict[Channel, int]
    sums: dict[Channel, Any]
    records: int


async def check_log(
    connection: Any, reader: LogReader, partitions: int, services: tuple[str, ...]
) -> list[Result]:
    """Reads the whole log once."""
    log = await _read(reader, partitions)
    holes: list[str] = []
    unlike: list[str] = []
    for service in services:
        rows = await connection.fetch(
            f'select partition, target, count(*) as n, max(position) as last from "{service}".outbox '
            "group by 1, 2"
        )
        for source, target, count, highest in rows:
            channel = (f"{service}/{source}", target)
            there = log.last.get(channel, 0)
            if count != highest or there != highest:
                holes.append(f"{channel[0]} to {target}: {there} of {highest}")
            elif await _sum(connection, service, source, target) != log.sums[channel].digest():
                unlike.append(f"{channel[0]} to {target} differs")
    return [
        _result(
            "positions gap-free",
            "every producer's positions to every partition are in the log, 1, 2, 3 and on",
            holes,
            log,
        ),
        _result(
            "log is the outbox",
            "what is in the log is byte for byte what was committed",
            unlike,
            log,
        ),
    ]


def _result(name: str, promise: str, wrong: list[str], log: Logged) -> Result:
    return Result(name, promise, len(wrong), wrong[0] if wrong else "", log.records)


async def _read(reader: LogReader, partitions: int) -> Logged:
    """The log as a reader takes it: the next position of a channel counts, a repeat or an early copy does not."""
    ends = await reader.ends(list(range(partitions)))
    last: dict[Channel, int] = {}
    sums: dict[Channel, Any] = {}
    records = 0
    for p in range(partitions):
        async for batch in reader.read(p, 0, ends[p]):
            records += len(batch)
            for record in batch:
                try:
                    route = read_route(record.headers)
                except Malformed:
                    continue
                channel = (route.producer, p)
                if route.position == last.get(channel, 0) + 1:
                    last[channel] = route.position
                    sums.setdefault(channel, hashlib.sha256()).update(record.value or b"")
    return Logged(last, sums, records)


async def _sum(connection: Any, service: str, source: int, target: int) -> bytes:
    """Of the values of a channel as they were committed."""
    digest = hashlib.sha256()
    async with connection.transaction():
        async for (value,) in connection.cursor(
            f'select value from "{service}".outbox where partition = $1 and target = $2 order by position',
            source,
            target,
        ):
            digest.update(value)
    return digest.digest()


async def quiet(connection: Any, ends: dict[int, int], services: tuple[str, ...]) -> str:
    """Empty when everybody has heard everything; else who is behind."""
    return next(iter((await behind(connection, ends, services)).values()), "")


async def behind(
    connection: Any, ends: dict[int, int], services: tuple[str, ...]
) -> dict[str, str]:
    """Services that have not heard everything, or not their own words back, each with a sentence of where it is."""
    found = {}
    for service in services:
        try:
            rows = await connection.fetch(f'select partition, body from "{service}".progress')
        except asyncpg.UndefinedTableError:
            found[service] = f"{service} has no tables: it never ran here"
            continue
        if where := _where(service, {row[0]: decode(row[1]) for row in rows}, ends):
            found[service] = where
    return found


def _where(service: str, progress: dict[int, Progress], ends: dict[int, int]) -> str:
    for p, row in progress.items():
        if row.next_offset < ends[p] or row.day_work is not None:
            return f"{service} is at {row.next_offset} of {ends[p]} in partition {p}"
        producer = f"{service}/{p}"
        for target, sent in row.sent.items():
            if progress[target].heard.get(producer, 0) < sent:
                return f"{producer} has not heard back all it said to {target}"
    return ""
