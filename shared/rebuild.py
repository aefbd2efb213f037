"""Making states and rows again from the log and the outbox: beside the live tables, then swapped or compared.

Others' events come from the log; own events from the outbox, each directly after its cause. Nothing reacts and
nothing is decided, so changed code cannot change history.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from shared import progress as progress_row
from shared.batch import Batch, Heard, Loaded
from shared.engine import read_record
from shared.envelope import decode, read_route
from shared.errors import Malformed, Stopped
from shared.failpoints import failpoint
from shared.log_reader import LogReader
from shared.progress import Progress
from shared.service import Service
from shared.store import Store
from shared.streams import BROADCAST
from shared.tables import REBUILT

SUFFIX = "_rebuild"
LOCK = 727_002
CHUNK = 5_000
"""Events folded between two writes to the shadow tables."""


@dataclass(slots=True)
class Difference:
    """A table whose live rows and rebuilt rows are not the same, with the first stream or key that differs."""

    partition: int
    table: str
    only_live: int
    only_rebuilt: int
    first: str


@dataclass(slots=True)
class Report:
    """What a rebuild or a comparison did."""

    service: str
    events: int = 0
    partitions: int = 0
    differences: list[Difference] = field(default_factory=list)


@dataclass(slots=True)
class _Causes:
    """Own events of a partition by the cause they follow; re-driven records may come back out of turn."""

    rows: dict[str, list[bytes]]

    def after(self, cause: str) -> list[bytes]:
        return self.rows.pop(cause, [])


class Rebuild:
    """Rebuilds one service. `told` is called with (partition, events so far) as it goes."""

    def __init__(
        self,
        service: Service,
        pool: Any,
        reader: LogReader,
        partitions: int,
        told: Callable[[int, int], None] = lambda _p, _n: None,
    ) -> None:
        self.service = service
        self.pool = pool
        self.reader = reader
        self.partitions = partitions
        self.told = told
        self.live = Store(service)
        self.shadow = Store(service, SUFFIX)
        self.report = Report(service.name)

    @property
    def tables(self) -> list[str]:
        """Every table that a rebuild makes again."""
        return [*REBUILT, *(p.table for p in self.service.projections)]

    async def swap(self) -> Report:
        """Rebuild every partition and put the result in place of the live tables, each under its lock."""
        return await self._all(self._swap)

    async def compare(self) -> Report:
        """Rebuild every partition and name every difference; the live tables are not touched."""
        return await self._all(self._compare)

    async def _all(self, finish: Callable[[Any, int], Any]) -> Report:
        async with self.pool.acquire() as guard:
            if not await guard.fetchval("select pg_try_advisory_lock($1)", LOCK):
                raise Stopped("another rebuild of this service is running")
            try:
                await self._make_shadow(guard)
                for partition in range(self.partitions):
                    await self._partition(partition, finish)
                    self.report.partitions += 1
                await self._drop_shadow(guard)
            finally:
                await guard.execute("select pg_advisory_unlock($1)", LOCK)
        return self.report

    async def _partition(self, partition: int, finish: Callable[[Any, int], Any]) -> None:
        progress = Progress(partition=partition)
        reached = 0
        while True:
            async with self.pool.acquire() as connection:
                target = (await self.live.progress(connection))[partition].next_offset
            reached, progress = await self._run(partition, reached, target, progress)
            async with self.pool.acquire() as connection, connection.transaction():
                body = (await self.live.lock(connection, [partition]))[partition]
                live = progress_row.decode(body)
                if live.next_offset - reached > CHUNK:
                    continue
                await self._run(partition, reached, live.next_offset, progress, connection)
                await finish(connection, partition)
                return

    async def _run(
        self,
        partition: int,
        start: int,
        end: int,
        progress: Progress,
        connection: Any = None,
    ) -> tuple[int, Progress]:
        if connection is None:
            async with self.pool.acquire() as own, own.transaction():
                return await self._run(partition, start, end, progress, own)
        await connection.execute("set local idle_in_transaction_session_timeout = '120s'")
        await connection.execute("set local statement_timeout = '600s'")
        skip = await self._skipped(connection, partition)
        causes = await self._causes(connection, partition)
        pending: list[Heard | bytes] = []
        if start == 0:
            pending += causes.after("")
        async for records in self._read(partition, start, end):
            for record in records:
                pending += self._step(progress, record, skip, causes)
            if len(pending) >= CHUNK:
                await self._fold(connection, partition, pending, progress)
                pending = []
        await self._fold(connection, partition, pending, progress)
        return end, progress

    async def _read(self, partition: int, start: int, end: int) -> AsyncIterator[list[Any]]:
        if start < end:
            async for records in self.reader.read(partition, start, end):
                yield records

    def _step(
        self, progress: Progress, record: Any, skip: set[tuple[str, int]], causes: _Causes
    ) -> list[Heard | bytes]:
        try:
            route = read_route(record.headers)
        except Malformed:
            return []
        if progress.standing(route.producer, route.position) != "next":
            return []
        progress.take(route.producer, route.position)
        steps: list[Heard | bytes] = []
        if route.wire in self.service.hears and (route.producer, route.position) not in skip:
            heard = read_record(record)
            if heard.fault is not None:
                raise Stopped(f"{record.partition}@{record.offset} was applied and cannot be read now")
            steps.append(heard)
        steps += causes.after(f"{route.producer}:{route.position}")
        return steps

    async def _fold(
        self, connection: Any, partition: int, steps: list[Heard | bytes], progress: Progress
    ) -> None:
        if not steps:
            return
        streams = {s.stream if isinstance(s, Heard) else decode(s).subject for s in steps}
        loaded = Loaded(
            progress={partition: progress_row.encode(progress)},
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
        rows = await self.shadow.rows(connection, batch.row_keys())
        await self.shadow.write_replayed(connection, batch, batch.project(rows))
        self.report.events += len(steps)
        self.told(partition, self.report.events)

    async def _skipped(self, connection: Any, partition: int) -> set[tuple[str, int]]:
        """By producer and position: offsets are others once the log was filled anew."""
        rows = await connection.fetch(
            "select producer, position from parked where partition = $1 and status <> 'redriven'",
            partition,
        )
        return {(row[0], row[1]) for row in rows}

    async def _causes(self, connection: Any, partition: int) -> _Causes:
        rows = await connection.fetch(
            "select cause, value from outbox where partition = $1 and own order by seq", partition
        )
        causes: dict[str, list[bytes]] = {}
        for cause, value in rows:
            causes.setdefault(cause, []).append(value)
        return _Causes(causes)

    async def _make_shadow(self, connection: Any) -> None:
        for table in self.tables:
            await connection.execute(f'drop table if exists "{table}{SUFFIX}"')
            await connection.execute(
                f'create unlogged table "{table}{SUFFIX}" (like "{table}" including all)'
            )

    async def _drop_shadow(self, connection: Any) -> None:
        for table in self.tables:
            await connection.execute(f'drop table if exists "{table}{SUFFIX}"')

    async def _swap(self, connection: Any, partition: int) -> None:
        failpoint("rebuild.before_swap")
        for table in self.tables:
            await connection.execute(f'delete from "{table}" where partition = $1', partition)
            await connection.execute(
                f'insert into "{table}" select * from "{table}{SUFFIX}" where partition = $1', partition
            )
        body = (await self.live.lock(connection, [partition]))[partition]
        live = progress_row.decode(body)
        live.book_version += 1
        await connection.execute(
            "update book set version = $2 where partition = $1", partition, live.book_version
        )
        await self.live.write_progress(connection, [live])
        failpoint("rebuild.after_swap")

    async def _compare(self, connection: Any, partition: int) -> None:
        for table in self.tables:
            columns = await self._columns(connection, table)
            counts: list[int] = []
            first = ""
            for one, other in ((table, table + SUFFIX), (table + SUFFIX, table)):
                rows = await connection.fetch(
                    f'select {columns} from "{one}" where partition = $1 except all '
                    f'select {columns} from "{other}" where partition = $1',
                    partition,
                )
                counts.append(len(rows))
                if rows and not first:
                    first = str(rows[0][0])
            if any(counts):
                found = Difference(partition, table, counts[0], counts[1], first)
                self.report.differences.append(found)

    async def _columns(self, connection: Any, table: str) -> str:
        rows = await connection.fetch(
            "select attname from pg_attribute where attrelid = to_regclass($1) and attnum > 0 "
            "and not attisdropped order by attnum",
            f'"{table}"',
        )
        names = [row[0] for row in rows]
        if table == "due":  # A woken timer that stays is due the next day; its day alone may differ.
            names = [n for n in names if n != "due_on"]
        if table == "book":
            names = [n for n in names if n != "version"]
        return ", ".join(f'"{n}"' for n in names)
