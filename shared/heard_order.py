"""The order in which a partition was heard, which tells it once a lost log was filled anew in another.

Positions order the records of one producer. Between producers only the log does, and a log that is filled anew from
the outboxes has another order there. So every transaction keeps what it passed as runs: so many records of one
producer, then so many of another.
"""

from array import array
from bisect import bisect_right
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from shared.envelope import ROUTING, read_route
from shared.errors import Malformed, Stopped
from shared.log_reader import LogReader
from shared.progress import Progress
from shared.records import route_bytes

BATCH = 2_000

Run = tuple[str, int]
"""A producer, and how many of its records stood one after the other."""

_decode = msgspec.msgpack.Decoder(list[Run]).decode


class Stretch(NamedTuple):
    """What was passed one after the other: `first` is how many records of the partition were passed before it."""

    partition: int
    first: int
    runs: bytes


class Passing:
    """Counts what is passed of a partition, from a place on."""

    __slots__ = ("_count", "_producer", "_runs", "first", "partition")

    def __init__(self, partition: int, first: int) -> None:
        self.partition = partition
        self.first = first
        self._runs: list[Run] = []
        self._producer, self._count = "", 0

    def take(self, producer: str) -> None:
        """One more record of this producer."""
        if producer == self._producer:
            self._count += 1
            return
        if self._count:
            self._runs.append((self._producer, self._count))
        self._producer, self._count = producer, 1

    def stretch(self) -> Stretch | None:
        """All of it, to be kept; what follows is another stretch. None when nothing was passed."""
        if not self._count:
            return None
        runs = [*self._runs, (self._producer, self._count)]
        kept = Stretch(self.partition, self.first, msgspec.msgpack.encode(runs))
        self.first += sum(count for _, count in runs)
        self._runs, self._producer, self._count = [], "", 0
        return kept


class HeardOrder:
    """Where each record of a partition was heard: two numbers a run, so a million runs take 16 MB."""

    def __init__(self, stretches: Iterable[Stretch]) -> None:
        """Raises ValueError when something between two stretches, or before the first, is missing."""
        self._starts: dict[str, array[int]] = {}
        self._places: dict[str, array[int]] = {}
        self.heard: dict[str, int] = {}
        """The last position of every producer."""
        place = 0
        for stretch in stretches:
            if stretch.first != place:
                raise ValueError(f"{stretch.first - place} records are missing after {place}")
            for producer, count in _decode(stretch.runs):
                before = self.heard.get(producer, 0)
                self._starts.setdefault(producer, array("q")).append(before + 1)
                self._places.setdefault(producer, array("q")).append(place)
                self.heard[producer] = before + count
                place += count

    def place(self, producer: str, position: int) -> int:
        """How many records were heard before this one, which was heard."""
        starts = self._starts[producer]
        run = bisect_right(starts, position) - 1
        return self._places[producer][run] + position - starts[run]


async def stretches_of(connection: Any, partition: int, before: int) -> list[Stretch]:
    """The order in which so many records of a partition were heard."""
    rows = await connection.fetch(
        "select partition, first, runs from heard where partition = $1 and first < $2 order by first",
        partition,
        before,
    )
    return [Stretch(*row) for row in rows]


async def keep_order(connection: Any, partition: int, stretches: Collection[Stretch]) -> None:
    """Keep the order of a partition that an older version did not keep from the first record on."""
    first = await connection.fetchval(
        "select min(first) from heard where partition = $1", partition
    )
    if first == 0 or not stretches:
        return
    await connection.execute("delete from heard where partition = $1", partition)
    await connection.copy_records_to_table("heard", records=stretches, columns=Stretch._fields)


class Reordered(NamedTuple):
    """A record of the log, as much of it as is read."""

    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


async def order_of(connection: Any, live: Progress) -> HeardOrder:
    """The order in which all that `live` counts was heard; Stopped when it was not kept from the first record on."""
    try:
        order = HeardOrder(await stretches_of(connection, live.partition, sum(live.heard.values())))
    except ValueError:
        order = None
    if order is None or order.heard != live.heard:
        raise Stopped(
            f"the log of partition {live.partition} was lost and filled anew, and the order in which it was heard "
            "before was not kept from its first record on: its tables stay"
        )
    return order


async def in_heard_order(
    connection: Any, reader: LogReader, live: Progress
) -> AsyncIterator[list[Any]]:
    """What `live` counts as heard, in that order and in batches, out of a log that has another.

    It goes through a table of this transaction, because what is needed next may stand anywhere.
    """
    order = await order_of(connection, live)
    await connection.execute(
        'create temp table heard_again (place bigint primary key, "offset" bigint, timestamp bigint, '
        "key bytea, value bytea, header bytea) on commit drop"
    )
    seen: dict[str, int] = {}
    async for records in reader.read(live.partition, 0, live.next_offset):
        await connection.copy_records_to_table(
            "heard_again", records=list(placed(order, seen, records))
        )
    batch: list[Any] = []
    async for row in connection.cursor("select * from heard_again order by place", prefetch=BATCH):
        batch.append(reordered(live.partition, row))
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def placed(
    order: HeardOrder, seen: dict[str, int], records: Iterable[Any]
) -> Iterable[tuple[Any, ...]]:
    """Place, offset, time, key, value and routing header of the first record at each position that was heard."""
    for record in records:
        try:
            route = read_route(record.headers)
        except Malformed:
            continue
        producer, position = route.producer, route.position
        if position != seen.get(producer, 0) + 1 or position > order.heard.get(producer, 0):
            continue
        seen[producer] = position
        place = order.place(producer, position)
        yield (
            place,
            record.offset,
            record.timestamp,
            record.key,
            record.value,
            route_bytes(record.headers),
        )


def reordered(partition: int, row: Sequence[Any]) -> Reordered:
    """A record, as `placed` gave it."""
    _, offset, timestamp, key, value, header = row
    return Reordered(partition, offset, timestamp, key, value, ((ROUTING, header),))
