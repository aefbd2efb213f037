"""The methods of the real store, over tables in memory. What it writes is encoded as the real one encodes it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from shared import changes
from shared import progress as progress_row
from shared.batch import Batch
from shared.errors import Stopped
from shared.heard_order import Stretch
from shared.progress import Progress
from shared.records import OutboxRow, ParkedRow
from shared.service import Projection, Row
from shared.store import Store
from shared.streams import partition_of
from tests.simulation.loading import MemoryLoading


class ProgressRow(NamedTuple):
    """A row of `progress`."""

    next_offset: int
    version: int
    body: bytes


def row_of(progress: Progress) -> ProgressRow:
    """As it is kept."""
    return ProgressRow(progress.next_offset, progress.version, progress_row.encode(progress))


class MemoryStore(MemoryLoading, Store):
    """`Store` without PostgreSQL."""

    async def create(self, connection: Any, partitions: int, topic_id: str) -> None:
        async with connection.transaction():
            tx = await connection.work()
            for p in range(partitions):
                if tx.get("progress", p) is None:
                    tx.insert("progress", p, row_of(Progress(partition=p, topic_id=topic_id)))

    async def write(self, connection: Any, batch: Batch, heard: Collection[Stretch] = ()) -> None:
        """As the real one; and by positions, what was applied: twice is never right."""
        await super().write(connection, batch, heard)
        tx = await connection.work()
        for _, _, at in batch.told:
            key = (at.partition, at.producer, at.position)
            if tx.get("applied", key) is not None:
                tx.database.broken(f"applied twice: {key}")
            tx.put("applied", key, at.event_id)

    async def write_states(self, connection: Any, batch: Batch) -> None:
        tx = await connection.work()
        for stream, kept in batch.states.items():
            if kept == batch.loaded.states.get(stream):
                continue
            p, scope = partition_of(stream, batch.loaded.partitions), kept.scope
            body = msgspec.msgpack.encode(kept.state)
            row = (p, scope.legal_entity, scope.facility, scope.tenant, body)
            known = stream in batch.loaded.states
            (tx.put if known else tx.insert)("state" + self.suffix, stream, row)

    async def write_books(self, connection: Any, batch: Batch) -> None:
        if self._book_decoder is None:
            return
        tx = await connection.work()
        for p in sorted(batch.books_changed):
            progress = batch.progress[p]
            progress.book_version += 1
            body = msgspec.msgpack.encode(self.service.shelve(batch.books[p]))
            tx.put("book" + self.suffix, p, (p, progress.book_version, body))

    async def write_timers(self, connection: Any, batch: Batch) -> None:
        setting, dropping = changes.timer_changes(batch)
        tx = await connection.work()
        for key in dropping:
            tx.put("due" + self.suffix, key, None)
        for stream, what, wake in setting:
            p = partition_of(stream, batch.loaded.partitions)
            tx.put("due" + self.suffix, (stream, what), (p, wake.due_on, wake.moment))

    async def _write_rows(
        self,
        connection: Any,
        batch: Batch,
        projection: Projection,
        rows: Mapping[tuple[Any, ...], tuple[int, Row | None]],
    ) -> None:
        tx = await connection.work()
        before = batch.before.get(projection.table, {})
        table, columns = projection.table + self.suffix, projection.columns
        for key, (partition, row) in rows.items():
            if row is None:
                if not projection.append:
                    tx.put(table, key, None)
                continue
            packed = (partition, *(_kept(row[name], kind) for name, kind in columns.items()))
            if key in before and tx.get(table, key) is None:
                raise Stopped(f"rows of {table} are gone that nobody of us removed")
            (tx.put if key in before else tx.insert)(table, key, packed)

    async def write_outbox(self, connection: Any, rows: Sequence[OutboxRow]) -> None:
        if rows:
            tx = await connection.work()
            for row in rows:
                tx.insert("outbox", (row.partition, row.target, row.position), row)
                tx.insert("outbox_seq", (row.partition, row.seq), row)

    async def write_parked(self, connection: Any, rows: Sequence[ParkedRow]) -> None:
        if rows:
            tx = await connection.work()
            for row in rows:
                tx.put("parked", (row.partition, row.offset), row)

    async def write_progress(
        self, connection: Any, rows: Iterable[Progress], heard: Collection[Stretch] = ()
    ) -> None:
        tx = await connection.work()
        for stretch in heard:
            tx.insert("heard", (stretch.partition, stretch.first), stretch)
        for progress in rows:
            tx.put("progress", progress.partition, row_of(progress))


def _kept(value: Any, kind: str) -> Any:
    """A column as it comes back: JSON knows no tuples, an array is a list."""
    if value is not None and (kind == "jsonb" or kind.endswith("[]")):
        return msgspec.json.decode(msgspec.json.encode(value))
    return value
