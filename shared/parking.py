"""Records that could not be applied: listed, shown, driven again in offset order, or discarded by a person."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from contracts.platform import RecordDiscarded, RecordRedriven
from shared.batch import Batch
from shared.engine import REFUSED_ROW, UNKEEPABLE, Engine
from shared.errors import NotFound, Recovering, Refused
from shared.failpoints import failpoint
from shared.progress import Progress
from shared.reading import read_kept
from shared.records import CannotApply, Heard, Loaded
from shared.service import Row, Say

PAGE = 200
MOST = 1_000
"""Rows of one answer; a service with more parked records stops by itself."""
NOWHERE = "no record is parked there"


class Parking:
    """The parked records of one service."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    async def listed(self, limit: int = PAGE) -> list[Row]:
        """Parked records, oldest first, with how many wait behind each; `listed` is how many there are in all."""
        rows = await self.engine.pool.fetch(
            'select p.partition, p."offset", p.stream, p.wire, p.reason, p.sentence, p.parked_at, '
            "(select count(*) from parked w where w.stream = p.stream and w.status = 'waiting') as waiting, "
            "count(*) over () as listed "
            "from parked p where p.status = 'parked' order by p.parked_at, p.\"offset\" limit $1",
            limit,
        )
        return [dict(row) for row in rows]

    async def shown(self, partition: int, offset: int) -> Row:
        """One parked record: where it stands and its envelope; its data only by size (it may hold anything)."""
        row = await self.engine.pool.fetchrow(
            'select partition, "offset", stream, producer, position, wire, status, reason, sentence, '
            'parked_at, length(value) as bytes from parked where partition = $1 and "offset" = $2',
            partition,
            offset,
        )
        if row is None:
            raise NotFound(NOWHERE)
        return dict(row)

    async def redrive(self, partition: int, offset: int, actor: str) -> int:
        """Apply the record and what waited behind it, up to the next parked one; how many were applied.

        Refused when it still cannot be applied: nothing changes. One behind it that cannot be is parked in its
        turn, and the rest waits on.
        """

        def said(applied: int) -> RecordRedriven:
            name = self.engine.service.name
            return RecordRedriven(
                service=name, partition=partition, offset=offset, waited=max(applied - 1, 0)
            )

        return await self._settle(partition, offset, said, actor)

    async def discard(self, partition: int, offset: int, reason: str, actor: str) -> int:
        """Never apply this record; what waited behind it and behind no other is applied: how many."""
        event = RecordDiscarded(
            service=self.engine.service.name,
            partition=partition,
            offset=offset,
            reason=reason,
            by=actor,
        )
        return await self._settle(partition, offset, lambda applied: event, actor)

    async def _settle(self, partition: int, offset: int, said: "_Said", actor: str) -> int:
        engine = self.engine
        async with engine.writing:
            async with engine.pool.acquire() as connection, connection.transaction():
                batch, applied = await self.drive(connection, partition, offset, said, actor)
                failpoint("park.before_commit")
            failpoint("park.after_commit")
            engine.committed(batch)
        return applied

    async def drive(
        self, connection: Any, partition: int, offset: int, said: "_Said", actor: str
    ) -> tuple[Batch, int]:
        """The work of both, in the caller's transaction; how many records were applied."""
        progress = await self.engine.lock(connection, [partition])
        if partition not in progress:
            raise NotFound(NOWHERE)
        if progress[partition].recovering:
            raise Recovering("the database was restored and is catching up; come again")
        stream, rows = await self._open(connection, partition, offset)
        discarding = isinstance(said(0), RecordDiscarded)
        ready = [] if rows[0]["offset"] != offset else _up_to_the_next_parked(rows)
        if not ready and not discarding:
            raise Refused(f"the record at {rows[0]['offset']} of its stream is parked before it")
        records = [read_kept(row) for row in (ready[1:] if discarding else ready)]
        one = _Drive(self.engine, connection, progress, stream, records)
        batch = await one.run(said, actor)
        if one.failed is not None and one.failed.heard.offset == offset:
            raise Refused(f"still cannot be applied: {one.failed.sentence}")
        await _mark(connection, partition, [heard.offset for heard in one.records], "redriven")
        if discarding:
            await _mark(connection, partition, [offset], "discarded")
        if one.failed is not None:
            await _park(connection, partition, one.failed)
        return batch, len(one.records)

    async def _open(self, connection: Any, partition: int, offset: int) -> tuple[str, list[Any]]:
        stream = await connection.fetchval(
            "select stream from parked where partition = $1 and \"offset\" = $2 and status = 'parked'",
            partition,
            offset,
        )
        if stream is None:
            raise NotFound(NOWHERE)
        rows = await connection.fetch(
            "select * from parked where stream = $1 and partition = $2 "
            "and status in ('parked', 'waiting') order by \"offset\"",
            stream,
            partition,
        )
        return stream, list(rows)


_Said = Callable[[int], RecordRedriven | RecordDiscarded]
"""What is said of it, given how many records were applied."""


class _Failed(NamedTuple):
    heard: Heard
    reason: str
    sentence: str


class _Drive:
    """Records of one stream, applied up to the first that cannot be; `records` is then what was applied."""

    def __init__(
        self,
        engine: Engine,
        connection: Any,
        progress: dict[int, Progress],
        stream: str,
        records: list[Heard],
    ) -> None:
        self.engine = engine
        self.connection = connection
        self.progress = progress
        self.stream = stream
        self.records = records
        self.failed: _Failed | None = None

    async def run(self, said: _Said, actor: str) -> Batch:
        """Apply and write what can be."""
        loaded = await self._load()
        while True:
            try:
                return await self._apply(loaded, self.records, said, actor)
            except CannotApply as no:
                self._stop_at(no.place[1], no.reason, no.sentence)
            except UNKEEPABLE:
                fit = await self._how_many_fit(loaded, said, actor)
                self._stop_at(self.records[fit].offset, *REFUSED_ROW)

    def _stop_at(self, offset: int, reason: str, sentence: str) -> None:
        place = [heard.offset for heard in self.records].index(offset)
        self.failed = _Failed(self.records[place], reason, sentence)
        self.records = self.records[:place]

    async def _apply(self, loaded: Loaded, records: list[Heard], said: _Said, actor: str) -> Batch:
        batch = Batch(self.engine.service, loaded, {})
        (partition,) = self.progress
        for heard in records:
            if heard.fault is not None:
                raise CannotApply(partition, heard.offset, heard.fault.code, str(heard.fault))
            batch.apply(heard)
        batch.announce(Say(said(len(records))), self.stream, partition, actor)
        if self.failed is not None:
            batch.announce_parked(*self.failed)
        async with self.connection.transaction():
            await self.engine.project(self.connection, batch)
            await self.engine.store.write(self.connection, batch)
            await self.engine.hand(self.connection, batch)
        return batch

    async def _how_many_fit(self, loaded: Loaded, said: _Said, actor: str) -> int:
        """How many of the records, from the first on, the database takes."""
        fit, too_many = 0, len(self.records)
        while too_many - fit > 1:
            middle = (fit + too_many) // 2
            trial = self.connection.transaction()
            await trial.start()
            try:
                await self._apply(loaded, self.records[:middle], said, actor)
                fit = middle
            except UNKEEPABLE:
                too_many = middle
            finally:
                await trial.rollback()
        return fit

    async def _load(self) -> Loaded:
        engine, partitions = self.engine, list(self.progress)
        streams = {self.stream, *(heard.stream for heard in self.records)}
        return Loaded(
            progress=self.progress,
            states=await engine.store.states(self.connection, streams),
            books=await engine.books(self.connection, self.progress, partitions),
            parked=frozenset(),
            now=datetime.now(UTC),
            partitions=engine.partitions,
        )


def _up_to_the_next_parked(rows: list[Any]) -> list[Any]:
    """The first record and what waits behind it alone: each parked one is a person's own decision."""
    for place, row in enumerate(rows[1:], 1):
        if row["status"] == "parked":
            return rows[:place]
    return rows


async def _mark(connection: Any, partition: int, offsets: list[int], status: str) -> None:
    await connection.execute(
        'update parked set status = $3 where partition = $1 and "offset" = any($2::bigint[])',
        partition,
        offsets,
        status,
    )


async def _park(connection: Any, partition: int, failed: _Failed) -> None:
    await connection.execute(
        "update parked set status = 'parked', reason = $3, sentence = $4 "
        'where partition = $1 and "offset" = $2',
        partition,
        failed.heard.offset,
        failed.reason,
        failed.sentence[:500],
    )
