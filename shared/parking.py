"""Records that could not be applied: listed, shown, driven again in offset order, or discarded by a person."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from contracts.platform import RecordDiscarded, RecordRedriven
from shared import envelope as wire
from shared.batch import Batch, CannotApply, Loaded
from shared.engine import Engine, read_record
from shared.errors import NotFound, Refused
from shared.failpoints import failpoint
from shared.progress import Progress
from shared.service import Row, Say

PAGE = 200

_OPEN = "status in ('parked', 'waiting')"


class Parking:
    """The parked records of one service."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    async def listed(self) -> list[Row]:
        """Parked records, oldest first, with how many wait behind each."""
        rows = await self.engine.pool.fetch(
            'select p.partition, p."offset", p.stream, p.wire, p.reason, p.sentence, p.parked_at, '
            "(select count(*) from parked w where w.stream = p.stream and w.status = 'waiting') as waiting "
            "from parked p where p.status = 'parked' order by p.parked_at, p.\"offset\" limit $1",
            PAGE,
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
            raise NotFound("no record is parked there")
        return dict(row)

    async def redrive(self, partition: int, offset: int, actor: str) -> int:
        """Apply the record and what waited behind it, in offset order; how many were applied.

        Refused when the record still cannot be applied: it stays parked and nothing changes.
        """
        engine = self.engine
        async with engine.writing, engine.pool.acquire() as connection, connection.transaction():
            stream, rows = await self._behind(connection, partition, offset)
            progress = await engine.store.lock(connection, [partition])
            batch, changed = await self._run(connection, progress, stream, partition, rows, actor)
            await engine.store.write(connection, batch, changed)
            if engine.on_handed is not None and batch.handed:
                await engine.on_handed(connection, batch.handed)
            await connection.execute(
                "update parked set status = 'redriven' where stream = $1 and " + _OPEN, stream
            )
            failpoint("park.before_commit")
        failpoint("park.after_commit")
        engine.publish(batch.outbox)
        return len(rows)

    async def discard(self, partition: int, offset: int, reason: str, actor: str) -> int:
        """Never apply this record; what waited behind it is applied. How many were applied."""
        engine = self.engine
        async with engine.writing, engine.pool.acquire() as connection, connection.transaction():
            stream, rows = await self._behind(connection, partition, offset)
            progress = await engine.store.lock(connection, [partition])
            rest = [row for row in rows if row["offset"] != offset]
            said = RecordDiscarded(
                service=engine.service.name,
                partition=partition,
                offset=offset,
                reason=reason,
                by=actor,
            )
            batch, changed = await self._run(
                connection, progress, stream, partition, rest, actor, said
            )
            await engine.store.write(connection, batch, changed)
            if engine.on_handed is not None and batch.handed:
                await engine.on_handed(connection, batch.handed)
            await connection.execute(
                "update parked set status = case when \"offset\" = $2 then 'discarded' "
                "else 'redriven' end where stream = $1 and " + _OPEN,
                stream,
                offset,
            )
        engine.publish(batch.outbox)
        return len(rest)

    async def _behind(
        self, connection: Any, partition: int, offset: int
    ) -> tuple[str, list[Any]]:
        stream = await connection.fetchval(
            "select stream from parked where partition = $1 and \"offset\" = $2 and status = 'parked'",
            partition,
            offset,
        )
        if stream is None:
            raise NotFound("no record is parked there")
        rows = await connection.fetch(
            f'select * from parked where stream = $1 and {_OPEN} order by "offset"', stream
        )
        return stream, list(rows)

    async def _run(
        self,
        connection: Any,
        progress: dict[int, Progress],
        stream: str,
        partition: int,
        rows: list[Any],
        actor: str,
        said: Any = None,
    ) -> tuple[Batch, Any]:
        engine = self.engine
        records = [read_record(_record(row)) for row in rows]
        streams = {stream, *(r.stream for r in records)}
        loaded = Loaded(
            progress=progress,
            states=await engine.store.states(connection, streams),
            books=await engine.books(connection, progress, [partition]),
            parked=frozenset(),
            now=datetime.now(UTC),
            partitions=engine.partitions,
        )
        batch = Batch(engine.service, loaded, {})
        try:
            for heard in records:
                if heard.fault is not None:
                    raise Refused(f"still cannot be read: {heard.fault}")
                batch.apply(heard)
            offset = rows[0]["offset"] if rows else -1
            event = said or RecordRedriven(
                service=engine.service.name,
                partition=partition,
                offset=offset,
                waited=max(len(rows) - 1, 0),
            )
            batch.announce(Say(event), stream, partition, actor)
            loaded_rows = await engine.store.rows(connection, batch.row_keys())
            return batch, batch.project(loaded_rows)
        except CannotApply as still:
            raise Refused(f"still cannot be applied: {still.sentence}") from None


def _record(row: Any) -> Any:
    return SimpleNamespace(
        partition=row["partition"],
        offset=row["offset"],
        key=row["key"],
        value=row["value"],
        headers=((wire.ROUTING, row["header"]),),
    )

