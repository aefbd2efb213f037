"""The shell around `batch.py`: one poll, one transaction (`work.py`), one group of commands, one (`commands.py`)."""

import asyncio
import inspect
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import asyncpg

from contracts.catalogue import EVENTS
from shared import envelope as wire
from shared.batch import Batch
from shared.changes import project, row_keys
from shared.commands import Commands
from shared.errors import Malformed, Stopped, Unknown
from shared.failpoints import failpoint
from shared.progress import Progress
from shared.records import Loaded
from shared.remembered import Remembered
from shared.service import Service
from shared.store import Store
from shared.streams import partition_of
from shared.telemetry import measure
from shared.tracing import tell_traced, traceparent_for
from shared.work import Poison, Routed, Tally, Work

log = logging.getLogger("claimlog.engine")

PARKED_LIMIT = 1_000
"""Past it the consumer stops, because then the code is wrong, not the data."""

DAY_RECORDS = frozenset({"reference.business_day_opened.v1", "reference.cutoff_reached.v1"})

UNKEEPABLE = (asyncpg.DataError, OverflowError)
"""A value that no table keeps: PostgreSQL refuses it, or it cannot even be written down for it."""
REFUSED_ROW = ("defect", "the database refuses a value of it")


class Engine:
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
        self.service = service
        self.pool = pool
        self.store = store
        self.partitions = partitions
        self.publish = publish
        self.objects = objects
        self.on_handed = on_handed
        self.measure = measure
        self.dead_letter = dead_letter
        self.restored = False
        """Whether the log ever showed records of ours that the database had lost: keys may be among them."""
        self.on_stopped: Callable[[Stopped], None] = lambda stop: None
        self.remembered = Remembered(partitions)
        self._versions: dict[int, int] = {}
        self.writing = asyncio.Lock()
        self.handle = Commands(self).handle
        wakes = any(decider.timers is not None for decider in service.deciders.values())
        self.wakes = DAY_RECORDS & service.hears if wakes else frozenset[str]()
        """Days on which streams may wait: one begins a transaction, so that it finds every timer set before it."""
        hydrates = service.hydrate is not None
        named = frozenset(n for n in service.hears if hydrates and n.startswith("reference."))
        self._alone = named - DAY_RECORDS
        """Books with a table behind them: what follows is decided on the table, which is not loaded yet."""
        self._begins = self._alone | self.wakes
        self._hydrated: dict[int, tuple[Any, Any]] = {}

    # -- the log -----------------------------------------------------------------------------------------

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
            self.committed(batch)  # Under the lock: positions are offered in the order they were given.
        for p, progress in batch.progress.items():
            (tally.busy.discard if progress.day_work is None else tally.busy.add)(p)
        if self.measure is not None:
            self.measure(time.perf_counter() - started, sum(map(len, segment.values())))
        return work.finished

    async def lock(self, connection: Any, partitions: Sequence[int]) -> dict[int, Progress]:
        """The progress rows, locked; Stopped when they are older than what we left: the database was restored."""
        rows = await self.store.lock(connection, partitions)
        for p, row in rows.items():
            if row.version < self._versions.get(p, 0):
                raise Stopped(f"partition {p} of the database is older than we left it; start again")
        self.remembered.begin(rows)
        return rows

    async def hand(self, connection: Any, batch: Batch) -> None:
        """Write down which of the heard events ask for a file."""
        if self.on_handed is not None and batch.handed:
            hold = {p: progress.hold_until for p, progress in batch.progress.items()}
            await self.on_handed(connection, batch.handed, hold)

    async def _limit_parked(self, connection: Any) -> None:
        count = await connection.fetchval("select count(*) from parked where status = 'parked'")
        if count > PARKED_LIMIT:
            raise Stopped(f"{count} records are parked: the code is wrong, not the data")

    def committed(self, batch: Batch) -> None:
        """Count and publish what a batch said; called under `writing`."""
        measure(said=len(batch.outbox))
        for p, progress in batch.progress.items():
            self._versions[p] = progress.version
        self.remembered.committed(batch)
        if self.service.hydrate is None:
            for p in batch.books_changed:
                self._hydrated[p] = (batch.progress[p].book_version, batch.books[p])
        if batch.outbox:
            self.publish(batch.outbox)
        if batch.traced:
            tell_traced(batch.traced, batch.loaded.now)
        for row in batch.parked:
            if row.status == "parked":
                log.warning("parked %s@%s: %s", row.partition, row.offset, row.reason)
                if self.dead_letter is not None:
                    self.dead_letter(row.key, row.value, row.reason)

    # -- loading -----------------------------------------------------------------------------------------

    async def load(
        self,
        connection: Any,
        progress: Mapping[int, Progress],
        streams: set[str],
        partitions: list[int],
    ) -> Loaded:
        states, missing = self.remembered.states(streams)
        if missing:
            states |= await self.store.states(connection, missing)
        parked: frozenset[str] = frozenset()
        if streams and await self._any_parked(connection, partitions):
            found = await self.store.parked_streams(connection, list(streams))
            # A stranger's record may stand elsewhere under the same key: nobody waits for another partition.
            parked = frozenset(s for s, p in found if partition_of(s, self.partitions) == p)
        return Loaded(
            progress=progress,
            states=states,
            books=await self.books(connection, progress, partitions),
            parked=parked,
            now=datetime.now(UTC),
            partitions=self.partitions,
            trace=traceparent_for,
        )

    async def _any_parked(self, connection: Any, partitions: Sequence[int]) -> bool:
        """Whether anything is parked in these partitions, from memory while their versions stand."""
        unknown = self.remembered.maybe_parked(partitions)
        if not unknown:
            return False
        found = await self.store.parked_partitions(connection, unknown)
        self.remembered.nothing_parked(p for p in unknown if p not in found)
        return bool(found)

    async def project(self, connection: Any, batch: Batch) -> None:
        """Put the changed rows into the batch; CannotApply when a projection fails."""
        rows, missing = self.remembered.rows(row_keys(batch))
        if missing:
            for table, found in (await self.store.rows(connection, missing)).items():
                rows[table] |= found
        project(batch, rows)

    async def books(
        self, connection: Any, progress: Mapping[int, Progress], partitions: Sequence[int]
    ) -> dict[int, Any]:
        """The books of partitions, from memory while their version stands; hydrated where the service asks."""
        if self.service.book is None:
            return {}
        versions = {p: progress[p].book_version for p in partitions}
        stale = [p for p in partitions if self._hydrated.get(p, (None, None))[0] != versions[p]]
        if stale:
            fresh = await self.store.books(connection, stale)
            for p, book in fresh.items():
                self._hydrated[p] = (versions[p], await self.hydrate(book))
        return {p: self._hydrated[p][1] for p in partitions}

    async def hydrate(self, book: Any) -> Any:
        """The book with the tables that it names."""
        if self.service.hydrate is None:
            return book
        full = self.service.hydrate(book, self.objects)
        return await full if inspect.isawaitable(full) else full
