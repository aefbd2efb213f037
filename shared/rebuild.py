"""Making states and rows again from the log and the outbox: beside the live tables, then swapped or compared.

Others' events come from the log; own events from the outbox, each directly after its cause. Nothing reacts and
nothing is decided, so changed code cannot change history.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from shared import progress as progress_row
from shared.batch import Batch
from shared.changes import project, row_keys
from shared.envelope import Envelope, Route, decode, read_route
from shared.errors import Malformed, Stopped
from shared.failpoints import failpoint
from shared.heard_order import Passing, Stretch, in_heard_order, keep_order
from shared.log_reader import LogReader
from shared.progress import Progress
from shared.reading import read
from shared.records import Heard, Loaded
from shared.service import Service
from shared.shadow import SUFFIX, Difference, Shadow
from shared.store import ALONE, NOT_ALONE, Store
from shared.streams import BROADCAST
from shared.unheard import made_good, missed

LOCK = 727_002
ALONE_SECONDS = 5.0
"""One that was killed just now is gone when PostgreSQL has noticed, a moment later on a busy machine."""
SWAP_SECONDS = 30.0
"""So long at most is a partition locked while its tables are swapped: its commands wait, none is refused for it."""
CHUNK = 20_000
"""Events folded between two writes to the shadow tables: the more there are, the fewer states and rows are written twice."""
REST = 5_000
"""So many records at most are left to be made while a partition is locked."""


@dataclass(slots=True)
class Report:
    """What a rebuild or a comparison did."""

    service: str
    events: int = 0
    partitions: int = 0
    differences: list[Difference] = field(default_factory=list)


Cause = tuple[str, int]
"""A record by producer and position; none is ("", 0)."""


class _Moved(Exception):
    """Something new belongs among what is folded already, or the log is another: the partition is made once more."""


@dataclass(slots=True)
class _Made:
    """How far one partition is made: what was passed, and what is known and not folded yet."""

    progress: Progress
    said: int = 0
    """Own rows up to this number of the outbox are known."""
    last: Cause = ("", 0)
    """The last record passed."""
    causes: dict[Cause, list[bytes]] = field(default_factory=dict)
    """Own events by the cause they follow; a record that was driven again may come back out of turn."""
    skip: set[tuple[str, int]] = field(default_factory=set)
    refilled: bool | None = None
    """Whether the log was filled anew; None before it is known."""
    heard: list[Stretch] = field(default_factory=list)
    passing: Passing = field(init=False)
    """The order of the log, where that is the order in which it was heard."""

    def __post_init__(self) -> None:
        self.passing = Passing(self.progress.partition, 0)

    def keep(self) -> None:
        """Keep the order of what was passed, small."""
        if (stretch := self.passing.stretch()) is not None:
            self.heard.append(stretch)

    def is_behind(self, cause: Cause) -> bool:
        """Whether other records were folded since this cause."""
        if cause == self.last:
            return False
        return not cause[0] or self.progress.standing(*cause) == "repeat"


class Rebuild:
    """Rebuilds one service. `told` is called with (partitions made, events so far) as it goes."""

    def __init__(
        self,
        service: Service,
        pool: Any,
        reader: LogReader,
        partitions: int,
        told: Callable[[int, int], None] = lambda _made, _events: None,
        swap_seconds: float = SWAP_SECONDS,
    ) -> None:
        self.swap_seconds = swap_seconds
        self.service = service
        self.pool = pool
        self.reader = reader
        self.partitions = partitions
        self.told = told
        self.live = Store(service)
        self.shadow = Store(service, SUFFIX)
        self.beside = Shadow(service)
        self.report = Report(service.name)

    async def swap(self) -> Report:
        """Rebuild every partition and put the result in place of the live tables, each under its lock."""
        async with self.alone(swap=True):
            return await self.make(range(self.partitions), swap=True)

    async def compare(self) -> Report:
        """Rebuild every partition and name every difference; the live tables are not touched."""
        async with self.alone():
            return await self.make(range(self.partitions), swap=False)

    @asynccontextmanager
    async def alone(self, *, swap: bool = False) -> AsyncIterator[None]:
        """No other rebuild of this service meanwhile, and empty tables for this one. Stopped when there is another.

        After a `swap` the tables have what the service was known to miss when it began.
        """
        async with self.pool.acquire() as guard:
            await _alone(guard)
            try:
                await self.beside.make(guard)
                wires = [w for w in await missed(guard) if w in self.service.hears]
                yield
                if swap:
                    await made_good(guard, wires)
                await self.beside.drop(guard)
            finally:
                await guard.execute(NOT_ALONE, LOCK)

    async def make(self, partitions: Iterable[int], *, swap: bool) -> Report:
        """These partitions, one after the other: put in place of the live tables, or compared with them.

        Whoever calls is `alone`, here or in the process that asked for it and whose tables are `beside.made`.
        """
        finish = self._finish_swap if swap else self._finish_compare
        for partition in partitions:
            await self._partition(partition, finish)
            self.report.partitions += 1
        return self.report

    async def _partition(self, partition: int, finish: Callable[[_Made], Any]) -> None:
        while True:
            try:
                made = _Made(Progress(partition=partition))
                await self._follow(made)
                while not await finish(made):
                    await self._follow(made)
                return
            except _Moved:
                async with self.pool.acquire() as own, own.transaction():
                    await self.beside.hold(own)
                    await self.beside.empty(own, partition)

    async def _follow(self, made: _Made) -> None:
        """Up to where the live tables are, while they go on."""
        async with self.pool.acquire() as own:
            async with own.transaction(isolation="repeatable_read"):
                live = await self._know(own, made)
            async with own.transaction():
                await own.execute("set local idle_in_transaction_session_timeout = '120s'")
                await own.execute("set local statement_timeout = '600s'")
                await self.beside.hold(own)
                await self._run(made, live, own)

    async def _finish_swap(self, made: _Made) -> bool:
        try:
            async with asyncio.timeout(self.swap_seconds):
                return await self._swap(made)
        except TimeoutError:
            raise Stopped(
                f"partition {made.progress.partition} would be locked for more than "
                f"{self.swap_seconds:g} seconds; its tables stay: allow more, when less is going on"
            ) from None

    async def _swap(self, made: _Made) -> bool:
        p = made.progress.partition
        async with self.pool.acquire() as own, own.transaction():
            await self.live.lock(own, [p])
            await self.beside.hold(own)
            # Frozen here it gives the partition back; the broker is asked for little.
            await own.execute("set local idle_in_transaction_session_timeout = '10s'")
            if not await self._whole(made, own):
                return False
            failpoint("rebuild.before_swap")
            await self.beside.swap(own, p)
            live = (await self.live.lock(own, [p]))[p]
            live.version += 1
            live.book_version += 1
            await own.execute(
                "update book set version = $2 where partition = $1", p, live.book_version
            )
            await self.live.write_progress(own, [live])
            if not live.refilled:
                await keep_order(own, p, made.heard)
            failpoint("rebuild.after_swap")
        return True

    async def _finish_compare(self, made: _Made) -> bool:
        # One moment of the live tables, without holding anybody up.
        async with self.pool.acquire() as own, own.transaction(isolation="repeatable_read"):
            await own.execute("set local idle_in_transaction_session_timeout = '120s'")
            await own.execute("set local statement_timeout = '600s'")
            await self.beside.hold(own)
            if not await self._whole(made, own):
                return False
            self.report.differences += await self.beside.differences(own, made.progress.partition)
        return True

    async def _whole(self, made: _Made, connection: Any) -> bool:
        """Make the rest, where it is little; False while it is much. Stopped when the log shows less than was heard."""
        live = await self._know(connection, made)
        if live.next_offset - made.progress.next_offset > REST:
            return False
        await self._run(made, live, connection)
        heard = made.progress.heard
        for producer, last in live.heard.items():
            lost = range(heard.get(producer, 0) + 1, last + 1)
            if any((producer, position) not in made.skip for position in lost):
                raise Stopped(
                    f"partition {live.partition} of the log does not show all that was heard of "
                    f"{producer}: it is being filled again, or it lost records; its tables stay"
                )
        if made.causes and live.next_offset >= live.replay_until:
            raise Stopped(
                f"own events of partition {live.partition} follow causes that the log does not show; "
                "its tables stay"
            )
        return True

    async def _know(self, connection: Any, made: _Made) -> Progress:
        """Where the live tables are, and what was said and parked since: all of one moment.

        What a cause below `next_offset` led to is all said by then, but for the last record passed; only what was
        parked comes back to an older one.
        """
        p = made.progress.partition
        body = await connection.fetchval("select body from progress where partition = $1", p)
        live = progress_row.decode(body)
        if live.next_offset < made.progress.next_offset or made.refilled not in (
            None,
            live.refilled,
        ):
            raise _Moved
        made.refilled = live.refilled
        skip = await self._skipped(connection, p)
        if made.skip - skip:
            raise _Moved
        made.skip = skip
        rows = await connection.fetch(
            "select seq, cause, value from outbox where partition = $1 and own and seq > $2 order by seq",
            p,
            made.said,
        )
        for seq, written, value in rows:
            cause = _cause(written)
            if made.is_behind(cause):
                raise _Moved
            made.causes.setdefault(cause, []).append(value)
            made.said = seq
        return live

    async def _run(self, made: _Made, live: Progress, connection: Any) -> None:
        start, end = made.progress.next_offset, live.next_offset
        pending: list[Heard | Envelope] = [*map(decode, made.causes.pop(made.last, ()))]
        if start < end:
            async for records in self._records(start, live, connection):
                pending += self._steps(made, records)
                if len(pending) >= CHUNK:
                    await self._fold(connection, made.progress, pending)
                    self.told(self.report.partitions, self.report.events)
                    pending = []
                    made.keep()
        await self._fold(connection, made.progress, pending)
        self.told(self.report.partitions, self.report.events)
        made.progress.next_offset = end
        made.keep()

    def _records(self, start: int, live: Progress, connection: Any) -> AsyncIterator[list[Any]]:
        """From where we are to where the live tables are, in the order in which they heard it.

        In a log that was filled anew that is another order for what was heard before; what follows stands in its own.
        """
        if start or not live.refilled:
            return self.reader.read(live.partition, start, live.next_offset)
        return in_heard_order(connection, self.reader, live)

    def _steps(self, made: _Made, records: Iterable[Any]) -> list[Heard | Envelope]:
        """Pass the records, in order: those to fold, and after each the own events that it led to."""
        heard, passing, causes, skip = made.progress.heard, made.passing, made.causes, made.skip
        hears = self.service.hears
        ours = {f"{self.service.name}/{p}" for p in range(self.partitions)}
        steps: list[Heard | Envelope] = []
        for record in records:
            try:
                route = read_route(record.headers)
            except Malformed:
                continue
            producer, position = place = route.producer, route.position
            if position != heard.get(producer, 0) + 1:
                continue
            heard[producer], made.last = position, place
            passing.take(producer)
            if route.wire in hears and place not in skip:
                if route.own and producer in ours:
                    self.report.events += 1  # Heard back: it is folded as the outbox has it.
                else:
                    steps.append(_known(record, route))
            if place in causes:
                steps += map(decode, causes.pop(place))
        return steps

    async def _fold(
        self, connection: Any, progress: Progress, steps: list[Heard | Envelope]
    ) -> None:
        if not steps:
            return
        partition = progress.partition
        streams = {s.stream if isinstance(s, Heard) else s.subject for s in steps}
        loaded = Loaded(
            progress={partition: progress},
            states=await self.shadow.states(connection, streams - {BROADCAST}),
            books=await self.shadow.books(connection, [partition]),
            parked=frozenset(),
            now=datetime.now(UTC),
            partitions=self.partitions,
        )
        batch = Batch(self.service, loaded, {})
        for step in steps:
            if isinstance(step, Heard):
                batch.replay(step)
            else:
                batch.replay_own(partition, step)
        project(batch, await self.shadow.rows(connection, row_keys(batch)))
        await self.shadow.write_replayed(connection, batch)
        self.report.events += len(steps)

    async def _skipped(self, connection: Any, partition: int) -> set[tuple[str, int]]:
        """By producer and position: offsets are others once the log was filled anew."""
        rows = await connection.fetch(
            "select producer, position from parked where partition = $1 and status <> 'redriven'",
            partition,
        )
        return {(row[0], row[1]) for row in rows}


async def _alone(guard: Any) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + ALONE_SECONDS
    while not await guard.fetchval(ALONE, LOCK):
        if loop.time() >= until:
            raise Stopped("another rebuild of this service is running")
        await asyncio.sleep(0.1)


def _cause(written: str) -> Cause:
    producer, _, position = written.rpartition(":")
    return producer, int(position) if producer else 0


def _known(record: Any, route: Route) -> Heard:
    heard = read(record, route, None)
    if heard.fault is not None:
        raise Stopped(f"{record.partition}@{record.offset} was applied and cannot be read now")
    return heard
