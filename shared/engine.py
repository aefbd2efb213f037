"""Around `batch.py`: one poll, one transaction (`work.py`), one group of commands, one (`commands.py`)."""

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import asyncpg

from contracts.catalogue import EVENTS
from shared import envelope as wire
from shared.batch import Batch
from shared.commands import Commands
from shared.errors import Malformed, Stopped, Unknown
from shared.failpoints import failpoint
from shared.service import Service
from shared.shell import DAY_RECORDS, Shell
from shared.store import Store
from shared.work import Poison, Routed, Tally, Work

PARKED_LIMIT = 1_000
"""Past it the consumer stops, because then the code is wrong, not the data."""

UNKEEPABLE = (asyncpg.DataError, OverflowError)
"""A value that no table keeps: PostgreSQL refuses it, or it cannot even be written down for it."""
REFUSED_ROW = ("defect", "the database refuses a value of it")


class Engine(Shell):
    """The kernel of one service process. `publish` is told of every committed outbox row."""

    def __init__(
        self,
        service: Service,
        pool: Any,
        store: Store,
        partitions: int,
        publish: Any,
        *,
        objects: Any = None,
        on_handed: Any = None,
        measure: Any = None,
        dead_letter: Any = None,
    ) -> None:
        super().__init__(
            service, pool, store, partitions, publish, objects=objects, dead_letter=dead_letter
        )
        self.on_handed = on_handed
        self.measure = measure
        self.handle = Commands(self).handle
        hydrates = service.hydrate is not None
        named = frozenset(n for n in service.hears if hydrates and n.startswith("reference."))
        self._alone = named - DAY_RECORDS
        """Books with a table behind them: what follows is decided on the table, which is not loaded yet."""
        self._begins = self._alone | self.wakes

    def routed(self, records: Iterable[Any]) -> tuple[list[Routed], bool]:
        """Consumed records with their routing headers read; and whether any of them is more than passed."""
        routed: list[Routed] = []
        hears, wanted = self.service.hears, False
        for record in records:
            try:
                route = wire.read_route(record.headers)
            except Malformed as fault:
                routed.append((record, None, fault))
                wanted = True
                continue
            unknown = None
            if route.wire in hears:
                wanted = True
            elif route.wire not in EVENTS:
                unknown = Unknown("no event of ours is called that, or not in this version")
                wanted = True
            routed.append((record, route, unknown))
        return routed, wanted

    async def poll(self, records: Iterable[Any]) -> Tally:
        """Apply consumed records (any partitions, each in offset order); raises when the database fails."""
        return await self.take(self.routed(records)[0])

    async def take(self, records: Iterable[Routed]) -> Tally:
        """The same for records whose routing headers are read."""
        tally = Tally()
        pending: dict[int, list[Routed]] = {}
        for routed in records:
            pending.setdefault(routed[0].partition, []).append(routed)
        while pending:
            segment = {p: self._next_segment(queue) for p, queue in pending.items()}
            try:
                finished = await self._transact(segment, tally)
            except UNKEEPABLE:
                finished = await self._one_by_one(segment, tally)
            for p in finished:
                pending[p] = pending[p][len(segment[p]) :]
            pending = {p: queue for p, queue in pending.items() if queue}
        await self._finish_days(tally)
        return tally

    async def finish_days(self, partitions: Sequence[int]) -> None:
        """Go on with day work that a crash or a stop interrupted."""
        async with self.pool.acquire() as connection:
            rows = await self.store.progress(connection)
        tally = Tally()
        tally.busy = {p for p in partitions if rows[p].day_work is not None}
        await self._finish_days(tally)

    async def _finish_days(self, tally: Tally) -> None:
        while tally.busy:
            await self._transact({p: [] for p in tally.busy}, tally)

    def _next_segment(self, queue: list[Routed]) -> list[Routed]:
        """Up to the next record that begins a transaction of its own, or is all of one."""
        begins = self._begins
        if not begins:
            return queue
        for at, (_, route, _) in enumerate(queue):
            if route is not None and route.wire in begins:
                if at:
                    return queue[:at]
                if route.wire in self._alone:
                    return queue[:1]
        return queue

    async def _one_by_one(self, segment: Mapping[int, list[Any]], tally: Tally) -> set[int]:
        """PostgreSQL refuses a value of one of these records: it alone is parked."""
        finished: set[int] = set()
        for p, records in segment.items():
            done = False
            for record in records or [None]:
                alone = {p: [record] if record else []}
                try:
                    done = p in await self._transact(alone, tally)
                except UNKEEPABLE:
                    if record is None:
                        raise
                    place = (p, record[0].offset)
                    done = p in await self._transact(alone, tally, {place: REFUSED_ROW})
                if not done:
                    break
            if done:
                finished.add(p)
        return finished

    async def _transact(
        self, segment: Mapping[int, list[Any]], tally: Tally, poison: Poison | None = None
    ) -> set[int]:
        """One transaction over these partitions; those whose records were all dealt with."""
        async with self.writing:
            started = time.perf_counter()
            async with self.pool.acquire() as connection, connection.transaction():
                locked = await self.lock(connection, list(segment))
                failpoint("batch.locked")
                work = Work(self, connection, locked, tally)
                batch = await work.run(segment, poison)
                failpoint("batch.applied")
                await self.store.write(connection, batch, work.heard)
                await self.hand(connection, batch)
                if batch.parked:
                    await self._limit_parked(connection)
                    failpoint("park.before_commit")
                if work.days:
                    failpoint("day.chunk")
                failpoint("batch.before_commit")
            failpoint("batch.after_commit")
            if batch.parked:
                failpoint("park.after_commit")
            self.committed(
                batch
            )  # Under the lock: positions are offered in the order they were given.
        for p, progress in batch.progress.items():
            (tally.busy.discard if progress.day_work is None else tally.busy.add)(p)
        if self.measure is not None:
            self.measure(time.perf_counter() - started, sum(map(len, segment.values())))
        return work.finished

    async def hand(self, connection: Any, batch: Batch) -> None:
        """Write down which of the heard events ask for a file."""
        if self.on_handed is not None and batch.handed:
            hold = {p: progress.hold_until for p, progress in batch.progress.items()}
            await self.on_handed(connection, batch.handed, hold)

    async def _limit_parked(self, connection: Any) -> None:
        count = await connection.fetchval("select count(*) from parked where status = 'parked'")
        if count > PARKED_LIMIT:
            raise Stopped(f"{count} records are parked: the code is wrong, not the data")
