"""One poll, one transaction; one group of commands, one transaction. The shell around `batch.py`."""

import asyncio
import hashlib
import inspect
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import asyncpg
import msgspec

from contracts.catalogue import EVENTS
from shared import envelope as wire
from shared.again import Again, Found, Parked
from shared.batch import Batch, CannotApply, Heard, Kept, Loaded, printable
from shared.errors import Conflict, Malformed, ServiceError, Stopped, Unknown
from shared.failpoints import failpoint
from shared.progress import DayWork, Progress
from shared.service import Answer, Order, Service
from shared.store import Store
from shared.streams import BROADCAST, partition_of
from shared.telemetry import traceparent_for

log = logging.getLogger("claimlog.engine")

DAY_CHUNK = 500
"""Due streams woken in one transaction: keeps a day of a large partition from holding its lock for long."""
COMMANDS_AT_ONCE = 1_000
"""Commands that share a transaction; more wait for the next."""
WAITING_COMMANDS = 20_000
"""Commands that may wait in this process; above it a door answers 429."""
LOST_BODY = b""
EVENTS_LOOKED_FOR = 8
"""Of a command whose key was lost with the database: one of its first events in the log is enough to know it."""
PARKED_LIMIT = 1_000
"""Past it the consumer stops, because then the code is wrong, not the data."""


LOST: tuple[type[Exception], ...] = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
)
"""How PostgreSQL's death, a stopped process or a lost lock show themselves: the work is done again."""


ASKED_AGAIN: tuple[type[Exception], ...] = (*LOST, asyncpg.UniqueViolationError)
"""The same key at the same moment on another stream is not unique: now its answer is there."""

DAY_RECORDS = frozenset({"reference.business_day_opened.v1", "reference.cutoff_reached.v1"})


REFUSED_ROW = ("defect", "the database refuses a value of it")
_Poison = dict[tuple[int, int], tuple[str, str]]
Routed = tuple[Any, wire.Route | None, ServiceError | None]
"""A consumed record, its routing header, and why it cannot be read, if so."""


class Tally:
    """What one poll did, for metrics: counted once a batch."""

    __slots__ = ("applied", "busy", "early", "parked", "repeats", "said", "skipped", "waiting")

    def __init__(self) -> None:
        self.applied = self.early = self.parked = self.repeats = 0
        self.said = self.skipped = self.waiting = 0
        self.busy: set[int] = set()
        """Partitions with a day that is not all worked off."""


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
        self._versions: dict[int, int] = {}
        self.writing = asyncio.Lock()
        self._waiting: deque[tuple[Order, asyncio.Future[Answer]]] = deque()
        self._committer: asyncio.Task[None] | None = None
        wakes = any(decider.timers is not None for decider in service.deciders.values())
        self.wakes = DAY_RECORDS & service.hears if wakes else frozenset[str]()
        """Days on which streams may wait: one begins a transaction, so that it finds every timer set before it."""
        hydrates = service.hydrate is not None
        named = {n for n in service.hears if n.startswith("reference.")} if hydrates else set()
        self._alone = named - DAY_RECORDS
        """Books with a table behind them: what follows is decided on the table, which is not loaded yet."""
        self._hydrated: dict[int, tuple[Any, Any]] = {}

    # -- the log -----------------------------------------------------------------------------------------

    def routed(self, records: Iterable[Any]) -> tuple[list[Routed], bool]:
        """Consumed records with their routing headers read; and whether any of them is more than passed."""
        routed, hears = [], self.service.hears
        wanted = False
        for record in records:
            route, fault = self._route(record)
            routed.append((record, route, fault))
            wanted = wanted or route is None or fault is not None or route.wire in hears
        return routed, wanted

    async def poll(self, records: Iterable[Any]) -> Tally:
        """Apply consumed records (any partitions, each in offset order); raises when the database fails."""
        return await self.take(self.routed(records)[0])

    async def take(self, records: Iterable[Routed]) -> Tally:
        """The same for records whose routing headers are read."""
        tally = Tally()
        pending: dict[int, deque[Routed]] = {}
        for routed in records:
            pending.setdefault(routed[0].partition, deque()).append(routed)
        while pending:
            segment = {p: self._take(queue) for p, queue in pending.items()}
            try:
                finished = await self._transact(segment, tally)
            except asyncpg.DataError:
                finished = await self._one_by_one(segment, tally)
            for p in list(pending):
                if p not in finished:
                    pending[p].extendleft(reversed(segment[p]))
                if not pending[p]:
                    del pending[p]
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

    def _route(self, record: Any) -> tuple[wire.Route | None, ServiceError | None]:
        try:
            route = wire.read_route(record.headers)
        except Malformed as fault:
            return None, fault
        if route.wire not in EVENTS:
            return route, Unknown("no event of ours is called that, or not in this version")
        return route, None

    def _take(self, queue: deque[Any]) -> list[Any]:
        """Up to the next record that begins a transaction of its own, or is all of one."""
        taken: list[Any] = []
        while queue:
            route = queue[0][1]
            name = route.wire if route is not None else ""
            if taken and (name in self._alone or name in self.wakes):
                break
            taken.append(queue.popleft())
            if name in self._alone:
                break
        return taken

    async def _one_by_one(self, segment: Mapping[int, list[Any]], tally: Tally) -> set[int]:
        """PostgreSQL refuses a value of one of these records: it alone is parked."""
        finished: set[int] = set()
        for p, records in segment.items():
            done = False
            for record in records or [None]:
                alone = {p: [record] if record else []}
                try:
                    done = p in await self._transact(alone, tally)
                except asyncpg.DataError:
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
        self, segment: Mapping[int, list[Any]], tally: Tally, poison: _Poison | None = None
    ) -> set[int]:
        """One transaction over these partitions; those whose records were all dealt with."""
        async with self.writing:
            started = time.perf_counter()
            async with self.pool.acquire() as connection, connection.transaction():
                locked = await self.lock(connection, list(segment))
                failpoint("batch.locked")
                work = _Work(self, connection, locked, tally)
                batch, changed = await work.run(segment, poison)
                failpoint("batch.applied")
                await self.store.write(connection, batch, changed)
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
        tally.said += len(batch.outbox)
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
        """Publish what a batch said; called under `writing`."""
        for p, progress in batch.progress.items():
            self._versions[p] = progress.version
        if self.service.hydrate is None:
            for p in batch.books_changed:
                self._hydrated[p] = (batch.progress[p].book_version, batch.books[p])
        if batch.outbox:
            self.publish(batch.outbox)
        if self.dead_letter is not None:
            for row in batch.parked:
                if row.status == "parked":
                    self.dead_letter(row.key, row.value, row.reason)

    # -- the doors ---------------------------------------------------------------------------------------

    async def handle(self, orders: Sequence[Order]) -> list[Answer]:
        """Each order's answer; commands waiting at the same time share a transaction."""
        if len(self._waiting) + len(orders) > WAITING_COMMANDS:
            return [
                Answer(429, o.stream, code="busy", sentence="too many commands wait; come again")
                for o in orders
            ]
        loop = asyncio.get_running_loop()
        futures: list[asyncio.Future[Answer]] = []
        for order in orders:
            future: asyncio.Future[Answer] = loop.create_future()
            self._waiting.append((order, future))
            futures.append(future)
        if self._committer is None or self._committer.done():
            self._committer = asyncio.create_task(self._commit_waiting())
        return list(await asyncio.gather(*futures))

    async def _commit_waiting(self) -> None:
        while self._waiting:
            async with self.writing:
                group = [
                    self._waiting.popleft()
                    for _ in range(min(COMMANDS_AT_ONCE, len(self._waiting)))
                ]
                await self._commit_group(group)

    async def _commit_group(self, group: list[tuple[Order, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._obey_patiently([order for order, _ in group])
        except Stopped as stop:
            self.on_stopped(stop)
            answers = [Answer(503, o.stream, code=stop.code, sentence=str(stop)) for o, _ in group]
        except Exception as failure:
            if len(group) > 1:
                for one in group:
                    await self._commit_group([one])
                return
            log.error("a command failed: %s", type(failure).__name__)
            no = ("error", "the command failed")
            if isinstance(failure, asyncpg.DataError):
                no = ("malformed", "a value that the database cannot keep")
            status = 422 if no[0] == "malformed" else 500
            answers = [Answer(status, group[0][0].stream, code=no[0], sentence=no[1])]
        for (_, future), answer in zip(group, answers, strict=True):
            if not future.done():
                future.set_result(answer)

    async def _obey_patiently(self, orders: list[Order]) -> list[Answer]:
        """A lost connection leaves the outcome unknown: asking again under the same key tells it."""
        for attempt in range(8):
            try:
                return await self._obey(orders)
            except ASKED_AGAIN as lost:
                if attempt == 7:
                    raise
                log.warning("a command was not committed (%s), again", type(lost).__name__)
                await asyncio.sleep(min(0.1 * 2**attempt, 3))
        raise AssertionError

    async def _obey(self, orders: list[Order]) -> list[Answer]:
        partitions = sorted({partition_of(o.stream, self.partitions) for o in orders})
        async with self.pool.acquire() as connection, connection.transaction():
            progress = await self.lock(connection, partitions)
            known = await self._known_answers(connection, [o.key for o in orders])
            if self.restored:
                known |= await self._recovered_answers(connection, orders, known)
            loaded = await self._load(connection, progress, {o.stream for o in orders}, partitions)
            batch = Batch(self.service, loaded, {})
            answers, fresh = self._obey_all(batch, orders, known)
            rows = await self.store.rows(connection, batch.row_keys())
            await self.store.write(connection, batch, batch.project(rows))
            await self._keep_answers(connection, fresh)
            failpoint("command.before_commit")
        failpoint("command.after_commit")
        self.committed(batch)
        return answers

    def _obey_all(
        self, batch: Batch, orders: list[Order], known: dict[str, tuple[bytes, bytes]]
    ) -> tuple[list[Answer], list[tuple[str, str, bytes, bytes, datetime]]]:
        answers: list[Answer] = []
        fresh: list[tuple[str, str, bytes, bytes, datetime]] = []
        for order in orders:
            body_hash = hashlib.blake2b(order.body, digest_size=16).digest()
            before = known.get(order.key)
            try:
                if before is not None:
                    if before[0] not in (body_hash, LOST_BODY):
                        raise Conflict("this Idempotency-Key was used with another body")
                    answers.append(_again(before[1]))
                    continue
                answer = batch.obey(order)
                packed = msgspec.msgpack.encode(answer)
                known[order.key] = (body_hash, packed)
                fresh.append((order.key, order.stream, body_hash, packed, batch.loaded.now))
                answers.append(answer)
            except ServiceError as no:
                answers.append(Answer(no.status, order.stream, code=no.code, sentence=str(no)))
        return answers, fresh

    async def _known_answers(
        self, connection: Any, keys: list[str]
    ) -> dict[str, tuple[bytes, bytes]]:
        rows = await connection.fetch(
            "select key, body_hash, answer from idempotency where key = any($1::text[])", keys
        )
        return {row[0]: (row[1], row[2]) for row in rows}

    async def _recovered_answers(
        self, connection: Any, orders: list[Order], known: Mapping[str, Any]
    ) -> dict[str, tuple[bytes, bytes]]:
        """What the log showed of commands whose keys a restored database had lost; their bodies nobody knows."""
        by_id = {
            wire.event_id("door", self.service.name, order.key, str(n)): order
            for order in orders
            if order.key not in known
            for n in range(EVENTS_LOOKED_FOR)
        }
        said: dict[str, list[tuple[str, str]]] = {}
        for name, event_id in await self.store.recovered(connection, list(by_id)):
            said.setdefault(by_id[event_id].key, []).append((name, event_id))
        streams = {order.key: order.stream for order in by_id.values()}
        return {
            key: (LOST_BODY, msgspec.msgpack.encode(Answer(200, streams[key], tuple(found))))
            for key, found in said.items()
        }

    async def _keep_answers(self, connection: Any, fresh: list[Any]) -> None:
        if fresh:
            await connection.copy_records_to_table(
                "idempotency",
                records=fresh,
                columns=["key", "stream", "body_hash", "answer", "answered_at"],
            )

    # -- loading -----------------------------------------------------------------------------------------

    async def _load(
        self,
        connection: Any,
        progress: Mapping[int, Progress],
        streams: set[str],
        partitions: list[int],
    ) -> Loaded:
        states: dict[str, Kept] = {}
        parked: frozenset[str] = frozenset()
        if streams:
            states = await self.store.states(connection, streams)
            parked = await self.store.parked_streams(connection, list(streams))
        return Loaded(
            progress=progress,
            states=states,
            books=await self.books(connection, progress, partitions),
            parked=parked,
            now=datetime.now(UTC),
            partitions=self.partitions,
            trace=traceparent_for,
        )

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


class _Work:
    """One transaction over consumed records, from locked rows to a finished batch."""

    def __init__(
        self, engine: Engine, connection: Any, progress: dict[int, Progress], tally: Tally
    ) -> None:
        self.engine = engine
        self.connection = connection
        self.progress = progress
        self.tally = tally
        self.finished: set[int] = set()
        self.days: dict[int, tuple[DayWork, list[tuple[str, str]]]] = {}
        self.found: dict[tuple[int, str], list[Found]] = {}
        self.parked: dict[tuple[int, int], Parked] = {}
        self.replaying: dict[int, int] = {}
        self.woken: set[tuple[str, str]] = set()

    async def run(
        self, segment: Mapping[int, list[Any]], known: _Poison | None = None
    ) -> tuple[Batch, Any]:
        steps, streams = await self._plan(segment)
        loaded = await self.engine._load(
            self.connection, self.progress, streams, sorted(self.progress)
        )
        poison: _Poison = dict(known or {})
        while True:
            again: Again | None = None
            if self.replaying:
                again = Again(self.engine.service, loaded, poison, self.found, self.parked)
            batch = again or Batch(self.engine.service, loaded, poison)
            try:
                for p in self.days:
                    if self.progress[p].day_work is not None:
                        self._wake(batch, p)
                for heard in steps:
                    if again and heard.offset < self.replaying.get(heard.partition, 0):
                        again.hear_again(heard)
                    elif heard.stream:
                        batch.hear(heard)
                    if self._begins(heard):
                        self._wake(batch, heard.partition)
                rows = await self.engine.store.rows(self.connection, batch.row_keys())
                changed = batch.project(rows)
            except CannotApply as no:
                if no.place in poison or no.place[1] < 0:
                    raise
                poison[no.place] = (no.reason, no.sentence)
                log.warning("parking %s@%s: %s", *no.place, no.reason)
                continue
            for p in self.replaying:
                if not batch.progress[p].recovering:
                    batch.progress[p].replay_targets = {}
            self.tally.parked += sum(1 for row in batch.parked if row.status == "parked")
            self.tally.waiting += sum(1 for row in batch.parked if row.status == "waiting")
            return batch, changed

    async def _plan(self, segment: Mapping[int, list[Any]]) -> tuple[list[Heard], set[str]]:
        """Which records count, by offset and position; what they and the day's due streams will need.

        `progress` passes them all; what is said of them has causes of its own.
        """
        steps: list[Heard] = []
        streams: set[str] = set()
        await self._due(segment, streams)
        for p, records in segment.items():
            progress = self.progress[p]
            if progress.day_work is not None:
                continue
            if not self._is_long(p):
                self.finished.add(p)
            replay_until = progress.replay_until
            # A long day is worked off before what follows it.
            taken = records if p in self.finished else records[:1]
            classified = self._classify(progress, taken)
            if classified and classified[0].offset < replay_until:
                await self._load_found(progress, classified, streams)
            for heard in classified:
                steps.append(heard)
                if heard.stream and heard.stream != BROADCAST:
                    streams.add(heard.stream)
        return steps, streams

    async def _load_found(self, progress: Progress, steps: list[Heard], streams: set[str]) -> None:
        p, store = progress.partition, self.engine.store
        self.replaying[p] = progress.replay_until
        causes = [f"{h.route.producer}:{h.route.position}" for h in steps if h.route is not None]
        found, own = await store.found(self.connection, p, causes)
        self.found |= found
        streams |= own
        self.parked |= await store.parked_before(self.connection, p, [h.offset for h in steps])

    async def _due(self, segment: Mapping[int, list[Routed]], streams: set[str]) -> None:
        """The due streams of days in work, and of a day that stands at the head of a partition's records."""
        waking: dict[int, DayWork] = {}
        for p, records in segment.items():
            progress = self.progress[p]
            if progress.day_work is not None:
                waking[p] = progress.day_work
            elif records and self._opens_next(progress, *records[0][:2]):
                heard = _read(*records[0])
                if heard.fault is None:
                    waking[p] = _day_work(heard)
        if not waking:
            return
        asked = {p: (work.moment, work.day) for p, work in waking.items()}
        found = await self.engine.store.due(self.connection, asked, DAY_CHUNK)
        for p, work in waking.items():
            due = found.get(p, [])
            self.days[p] = (work, due)
            streams.update(stream for stream, _ in due)
            if self.engine.restored:  # Some were woken before the database was lost, perhaps.
                name = self.engine.service.name
                ids = {wire.event_id("wake", name, work.cause, *one, "0"): one for one in due}
                said = await self.engine.store.recovered(self.connection, list(ids))
                self.woken |= {ids[event_id] for _, event_id in said}

    def _opens_next(self, progress: Progress, record: Any, route: wire.Route | None) -> bool:
        """Whether this is a day, and the very next record: neither passed already, nor a repeat, nor early."""
        return (
            route is not None
            and route.wire in self.engine.wakes
            and record.offset == progress.next_offset
            and route.position == progress.heard.get(route.producer, 0) + 1
        )

    def _begins(self, heard: Heard) -> bool:
        """Whether this is the day whose streams were looked for."""
        if heard.route is None or heard.route.wire not in self.engine.wakes:
            return False
        return heard.partition in self.days and self.days[heard.partition][0] == _day_work(heard)

    def _is_long(self, p: int) -> bool:
        """Whether more streams wait for the day of this partition than one transaction wakes."""
        return p in self.days and len(self.days[p][1]) == DAY_CHUNK

    def _wake(self, batch: Batch, p: int) -> None:
        work, due = self.days[p]
        for stream, what in due:
            if (stream, what) in self.woken:
                batch.put_off(stream, what, work.day)
            else:
                batch.wake(stream, what, work.day, work.cause)
        batch.progress[p].day_work = work if self._is_long(p) else None

    def _classify(self, progress: Progress, records: list[Routed]) -> list[Heard]:
        """Pass the records, in order; those to hear, and while what was said is folded again all of them.

        One with an empty stream is only passed.
        """
        steps: list[Heard] = []
        p, offset, heard, tally = progress.partition, progress.next_offset, progress.heard, self.tally
        own, sent = f"{self.engine.service.name}/{p}", progress.sent.get(p, 0)
        hears, replay_until = self.engine.service.hears, progress.replay_until
        last: wire.Route | None = None
        for record, route, fault in records:
            if record.offset < offset:
                continue
            if record.offset > offset:
                raise Conflict(f"offset {record.offset} came where {offset} was expected")
            offset += 1
            if route is not None:
                before = heard.get(route.producer, 0)
                if route.position != before + 1:
                    self._count(route.position <= before)
                    continue
                if route.producer == own and route.position > sent:
                    raise Stopped(_OLDER.format(own, route.position))
                heard[route.producer] = route.position
                last = route
                if fault is None and route.wire not in hears:
                    tally.skipped += 1
                    if record.offset < replay_until:
                        steps.append(_passed(p, record.offset, route))
                    continue
            tally.applied += 1
            steps.append(_read(record, route, fault))
        if offset > progress.next_offset:
            progress.next_offset, progress.passed_at = offset, records[-1][0].timestamp
        if last is not None:
            progress.take(last.producer, last.position)
        return steps

    def _count(self, repeat: bool) -> None:
        if repeat:
            self.tally.repeats += 1
        else:
            self.tally.early += 1


_OLDER = (
    "{0} said {1} in the log, which this database never did: "
    "the database is older than the log; start again to recover"
)


def _passed(p: int, offset: int, route: wire.Route) -> Heard:
    return Heard(p, offset, "", route, None, None, b"", b"", b"")


def read_record(record: Any) -> Heard:
    """A kept record, read again."""
    try:
        route = wire.read_route(record.headers)
    except Malformed as fault:
        return _read(record, None, fault)
    if route.wire not in EVENTS:
        return _read(record, route, Unknown("no event of ours is called that"))
    return _read(record, route, None)


def read_kept(row: Any) -> Heard:
    """A row of `parked`, read again."""
    headers = ((wire.ROUTING, row["header"]),)
    place = {"partition": row["partition"], "offset": row["offset"]}
    return read_record(SimpleNamespace(**place, key=row["key"], value=row["value"], headers=headers))


def _read(record: Any, route: wire.Route | None, fault: ServiceError | None) -> Heard:
    p, key, value = record.partition, record.key or b"", record.value or b""
    header = route_bytes(record.headers)
    stream = printable(key.decode("utf-8", "replace")) or f"unkeyed/{p}"
    if route is None and stream == BROADCAST:
        stream = f"unkeyed/{p}"  # Nobody of ours said it: the real broadcasts need not wait for it.
    if fault is None:
        assert route is not None
        try:
            envelope = wire.decode(value)
            said = (envelope.type, envelope.producer, envelope.position, envelope.subject)
            if said != (route.wire, route.producer, route.position, stream):
                raise Malformed("the routing header and the record disagree")
            event = wire.decode_event(route.wire, envelope.data)
            return Heard(
                p, record.offset, envelope.subject, route, envelope, event, key, header, value
            )
        except ServiceError as no:
            fault = no
    return Heard(p, record.offset, stream, route, None, None, key, header, value, fault)


def route_bytes(headers: Any) -> bytes:
    """The raw routing header of a record; empty when there is none."""
    return next((bytes(v) for k, v in headers if k == wire.ROUTING and v is not None), b"")


def _day_work(heard: Heard) -> DayWork:
    assert heard.route is not None
    moment = "cutoff" if heard.route.wire == "reference.cutoff_reached.v1" else "open"
    return DayWork(heard.event.day, moment, f"{heard.route.producer}:{heard.route.position}")


def _again(packed: bytes) -> Answer:
    return replace(msgspec.msgpack.decode(packed, type=Answer), again=True)
