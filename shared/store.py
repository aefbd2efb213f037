"""The tables of one service: made, read (`loading.py`), and written, one statement per table."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import msgspec

from shared import progress as progress_row
from shared import tables
from shared.batch import Batch
from shared.changes import timer_changes
from shared.errors import Stopped
from shared.fitting import fit
from shared.heard_order import Stretch
from shared.loading import Connection, Loading
from shared.progress import Progress
from shared.records import OutboxRow, ParkedRow
from shared.service import Projection, Row
from shared.streams import partition_of
from shared.unheard import keep_unheard

ALONE = "select pg_try_advisory_lock($1::int, hashtext(current_schema()))"
NOT_ALONE = "select pg_advisory_unlock($1::int, hashtext(current_schema()))"
"""One process of a service at a piece of work; the services of one database do not wait for each other."""

STATE_COLUMNS = ("stream", "partition", "legal_entity", "facility", "tenant", "body")

_pack = msgspec.msgpack.Encoder().encode
_json = msgspec.json.Encoder().encode


class Store(Loading):
    """The tables of one service. `suffix` names the tables of a rebuild beside the live ones."""

    async def create(self, connection: Connection, partitions: int, topic_id: str) -> None:
        """Make what is missing, one instance after the other; Stopped for a topic with other partitions than before."""
        async with connection.transaction():
            await connection.execute("select pg_advisory_xact_lock(727001)")
            await connection.execute(tables.schema(self.service))
            await fit(connection, self.service.projections)
            await keep_unheard(connection, self.service.hears)
            known = await connection.fetchval("select count(*) from progress")
            if known not in (0, partitions):
                raise Stopped(
                    f"the topic has {partitions} partitions and {self.service.name} knows it with {known}: "
                    "the number is fixed, because the partition of every stream follows from it"
                )
            for partition in range(partitions):
                fresh = Progress(partition=partition, topic_id=topic_id)
                await connection.execute(
                    "insert into progress values ($1, 0, 0, $2, $3) on conflict do nothing",
                    partition,
                    topic_id,
                    progress_row.encode(fresh),
                )

    async def write(
        self, connection: Connection, batch: Batch, heard: Collection[Stretch] = ()
    ) -> None:
        """Everything a batch holds, one statement per table; progress last, with what was passed."""
        await self.write_replayed(connection, batch)
        await self.write_outbox(connection, batch.outbox)
        await self.write_parked(connection, batch.parked)
        await self.write_progress(connection, batch.progress.values(), heard)

    async def write_replayed(self, connection: Connection, batch: Batch) -> None:
        """What a rebuild makes: states, books, timers and rows; nothing is said and nothing is counted."""
        await self.write_states(connection, batch)
        await self.write_books(connection, batch)
        await self.write_timers(connection, batch)
        for projection in self.service.projections:
            rows = batch.changed.get(projection.table)
            if rows:
                await self._write_rows(connection, batch, projection, rows)

    async def write_states(self, connection: Connection, batch: Batch) -> None:
        """Add the new states, change those that are others now."""
        partitions, loaded = batch.loaded.partitions, batch.loaded.states
        fresh: list[tuple[Any, ...]] = []
        changed: list[tuple[str, bytes]] = []
        moved: list[tuple[str, str, str, str, bytes]] = []
        for stream, kept in batch.states.items():
            before = loaded.get(stream)
            if kept == before:
                continue
            scope, body = kept.scope, _pack(kept.state)
            of = (scope.legal_entity, scope.facility, scope.tenant)
            if before is None:
                fresh.append((stream, partition_of(stream, partitions), *of, body))
            elif scope == before.scope:
                changed.append((stream, body))
            else:
                moved.append((stream, *of, body))
        table = f"state{self.suffix}"
        if fresh:
            await connection.copy_records_to_table(table, records=fresh, columns=STATE_COLUMNS)
        if changed:
            done = await connection.execute(
                f"update {table} t set body = u.b from unnest($1::text[], $2::bytea[]) as u(s, b) "
                "where t.stream = u.s",
                *tables.columns_of(changed, 2),
            )
            _all_there(table, done, len(changed))
        if moved:
            done = await connection.execute(
                f"update {table} t set body = u.b, legal_entity = u.l, facility = u.f, tenant = u.t from "
                "unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[]) "
                "as u(s, l, f, t, b) where t.stream = u.s",
                *tables.columns_of(moved, 5),
            )
            _all_there(table, done, len(moved))

    async def write_books(self, connection: Connection, batch: Batch) -> None:
        """Upsert the books that changed."""
        if self._book_decoder is None:
            return
        rows = []
        for partition in sorted(batch.books_changed):
            progress = batch.progress[partition]
            progress.book_version += 1
            book = _pack(self.service.shelve(batch.books[partition]))
            rows.append((partition, progress.book_version, book))
        if rows:
            await connection.execute(
                f"insert into book{self.suffix} "
                "select * from unnest($1::int[], $2::bigint[], $3::bytea[]) on conflict (partition) "
                "do update set version = excluded.version, body = excluded.body",
                *tables.columns_of(rows, 3),
            )

    async def write_timers(self, connection: Connection, batch: Batch) -> None:
        """Set and drop timers."""
        setting, dropping = timer_changes(batch)
        if dropping:
            await connection.execute(
                f"delete from due{self.suffix} d using unnest($1::text[], $2::text[]) as u(s, w) "
                "where d.stream = u.s and d.what = u.w",
                *tables.columns_of(list(dropping), 2),
            )
        if setting:
            partitions = batch.loaded.partitions
            rows = [
                (stream, what, partition_of(stream, partitions), wake.due_on, wake.moment)
                for stream, what, wake in setting
            ]
            await connection.execute(
                f"insert into due{self.suffix} "
                "select * from unnest($1::text[], $2::text[], $3::int[], $4::date[], $5::text[]) "
                "on conflict (stream, what) do update set due_on = excluded.due_on, moment = excluded.moment",
                *tables.columns_of(rows, 5),
            )

    async def _write_rows(
        self,
        connection: Connection,
        batch: Batch,
        projection: Projection,
        rows: Mapping[tuple[Any, ...], tuple[int, Row | None]],
    ) -> None:
        gone = [key for key, (_, row) in rows.items() if row is None]
        if gone and not projection.append:
            await connection.execute(
                tables.delete_sql(projection, self.suffix),
                *tables.columns_of(gone, len(projection.key)),
            )
        before = {} if projection.append else batch.before.get(projection.table, {})
        new = {key: (p, row) for key, (p, row) in rows.items() if row is not None}
        fresh = [of for key, of in new.items() if key not in before]
        names, table = list(projection.columns), projection.table + self.suffix
        values = itemgetter(*names)
        if fresh:
            # One that is there already would be a bug, or not of this partition: let it fail.
            await connection.copy_records_to_table(
                table,
                records=[(*values(row), partition) for partition, row in fresh],
                columns=[*names, "partition"],
            )
        kept = [(row, before[key]) for key, (_, row) in new.items() if key in before]
        if not kept:
            return
        now = dict(zip(names, zip(*[values(row) for row, _ in kept], strict=True), strict=True))
        were = zip(*[values(was) for _, was in kept], strict=True)
        others = [n for n, was in zip(names, were, strict=True) if now[n] != was]
        done = await connection.execute(
            tables.update_sql(projection, others, self.suffix),
            *[_sent(now[n], projection.columns[n]) for n in (*projection.key, *others)],
        )
        _all_there(table, done, len(kept))

    async def write_outbox(self, connection: Connection, rows: Sequence[OutboxRow]) -> None:
        """Append what is to be published."""
        if rows:
            await connection.copy_records_to_table(
                "outbox", records=rows, columns=OutboxRow._fields
            )

    async def write_parked(self, connection: Connection, rows: Sequence[ParkedRow]) -> None:
        """Keep what cannot be applied, and what waits behind it; after a restore it may be kept already."""
        if rows:
            await connection.executemany(
                "insert into parked values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) "
                'on conflict (partition, "offset") do update set status = excluded.status, '
                "reason = excluded.reason, sentence = excluded.sentence",
                rows,
            )

    async def write_progress(
        self,
        connection: Connection,
        rows: Iterable[Progress],
        heard: Collection[Stretch] = (),
    ) -> None:
        """How far we are and the order in which we came there, in the same transaction as all of it."""
        values = [
            (p.partition, p.next_offset, p.version, p.topic_id, progress_row.encode(p))
            for p in rows
        ]
        await connection.execute(
            "with passed as (insert into heard select * from unnest($6::int[], $7::bigint[], $8::bytea[])) "
            "update progress p set next_offset = u.o, version = u.v, topic_id = u.t, body = u.b "
            "from unnest($1::int[], $2::bigint[], $3::bigint[], $4::text[], $5::bytea[]) "
            "as u(p, o, v, t, b) where p.partition = u.p",
            *tables.columns_of(values, 5),
            *tables.columns_of(list(heard), 3),
        )


def _all_there(table: str, done: str, count: int) -> None:
    """Whether an update met all the rows that were loaded, or are held in memory."""
    if done != f"UPDATE {count}":
        raise Stopped(f"rows of {table} are gone that nobody of us removed; start again")


def _sent(column: Sequence[Any], kind: str) -> Sequence[Any]:
    if kind == "jsonb" or kind.endswith("[]"):
        return [None if value is None else _json(value).decode() for value in column]
    return column
