"""The methods of the real store, over tables in memory. What it writes is encoded as the real one encodes it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import msgspec

from shared import changes
from shared import progress as progress_row
from shared.again import Found, Parked
from shared.batch import Batch
from shared.errors import Stopped
from shared.heard_order import Stretch
from shared.progress import Progress
from shared.records import Kept, OutboxRow, ParkedRow
from shared.service import Projection, Row, Scope
from shared.store import Store
from shared.streams import partition_of


class ProgressRow(NamedTuple):
    """A row of `progress`."""

    next_offset: int
    version: int
    body: bytes


def row_of(progress: Progress) -> ProgressRow:
    """As it is kept."""
    return ProgressRow(progress.next_offset, progress.version, progress_row.encode(progress))


class MemoryStore(Store):
    """`Store` without PostgreSQL; a connection is a `MemoryConnection`."""

    async def create(self, connection: Any, partitions: int, topic_id: str) -> None:
        async with connection.transaction():
            tx = await connection.work()
            for p in range(partitions):
                if tx.get("progress", p) is None:
                    tx.insert("progress", p, row_of(Progress(partition=p, topic_id=topic_id)))

    async def lock(self, connection: Any, partitions: Sequence[int]) -> dict[int, Progress]:
        tx = await connection.work()
        for p in sorted(partitions):
            await tx.lock(p)
            connection.check()
        return {p: progress_row.decode(tx.get("progress", p).body) for p in sorted(partitions)}

    async def progress(
        self, connection: Any, partitions: Sequence[int] | None = None
    ) -> dict[int, Progress]:
        tx = await connection.work()
        return {
            p: progress_row.decode(row.body)
            for p, row in sorted(tx.items("progress"))
            if partitions is None or p in partitions
        }

    async def states(self, connection: Any, streams: Iterable[str]) -> dict[str, Kept]:
        tx = await connection.work()
        found = {}
        for stream in sorted(streams):
            row = tx.get("state" + self.suffix, stream)
            decoder = self._decoders.get(stream.partition("/")[0])
            if row is not None and decoder is not None:
                found[stream] = Kept(decoder(row[4]), Scope(row[3], row[1], row[2]))
        return found

    async def books(self, connection: Any, partitions: Iterable[int]) -> dict[int, Any]:
        if self._book_decoder is None:
            return {}
        tx = await connection.work()
        found = {}
        for p in partitions:
            row = tx.get("book" + self.suffix, p)
            found[p] = self._book_decoder(row[2]) if row is not None else self.service.book
        return found

    async def parked_streams(self, connection: Any, streams: Sequence[str]) -> set[tuple[str, int]]:
        tx = await connection.work()
        wanted = set(streams)
        return {
            (row.stream, row.partition)
            for _, row in tx.items("parked")
            if row.stream in wanted and row.status in ("parked", "waiting")
        }

    async def parked_partitions(self, connection: Any, partitions: Sequence[int]) -> frozenset[int]:
        tx = await connection.work()
        return frozenset(
            p
            for (p, _), row in tx.items("parked")
            if p in partitions and row.status in ("parked", "waiting")
        )

    async def found(
        self, connection: Any, partition: int, causes: Sequence[str]
    ) -> tuple[dict[tuple[int, str], list[Found]], set[str]]:
        tx = await connection.work()
        found: dict[tuple[int, str], list[Found]] = {}
        streams = set()
        for _, _, source, seq, cause in sorted(
            (row for _, row in tx.items("recovered")), key=lambda row: row[3]
        ):
            if source == partition and cause in causes:
                said = tx.get("outbox_seq", (source, seq))
                one = Found(said.event_id, said.target, said.own, said.value)
                found.setdefault((partition, cause), []).append(one)
                streams |= {said.stream} if said.own else set()
        return found, streams

    async def recovered(self, connection: Any, event_ids: Sequence[str]) -> list[tuple[str, str]]:
        tx = await connection.work()
        wanted, first = set(event_ids), dict[str, tuple[int, str]]()
        for _, (event_id, _, source, seq, _) in tx.items("recovered"):
            if event_id in wanted:
                known = (seq, tx.get("outbox_seq", (source, seq)).wire)
                first[event_id] = min(first.get(event_id, known), known)
        ordered = sorted(first.items(), key=lambda one: one[1][0])
        return [(name, event_id) for event_id, (_, name) in ordered]

    async def parked_before(
        self, connection: Any, partition: int, offsets: Sequence[int]
    ) -> dict[tuple[int, int], Parked]:
        tx = await connection.work()
        rows = [(o, tx.get("parked", (partition, o))) for o in offsets]
        return {
            (partition, o): Parked(row.status, row.reason, row.sentence)
            for o, row in rows
            if row is not None
        }

    async def rows(
        self, connection: Any, wanted: Mapping[str, Collection[tuple[Any, ...]]]
    ) -> dict[str, dict[tuple[Any, ...], Row]]:
        tx = await connection.work()
        found: dict[str, dict[tuple[Any, ...], Row]] = {}
        for projection in self.service.projections:
            keys = wanted.get(projection.table)
            if not keys:
                continue
            table = found.setdefault(projection.table, {})
            for key in keys:
                row = tx.get(projection.table + self.suffix, key)
                if row is not None:
                    table[key] = dict(zip(projection.columns, row[1:], strict=True))
        return found

    async def due(
        self, connection: Any, asked: Mapping[int, tuple[str, date]], limit: int
    ) -> dict[int, list[tuple[str, str]]]:
        tx = await connection.work()
        found: dict[int, list[tuple[str, str]]] = {}
        for key, (p, due_on, moment) in sorted(tx.items("due" + self.suffix)):
            if p in asked and moment == asked[p][0] and due_on <= asked[p][1]:
                one = found.setdefault(p, [])
                if len(one) < limit:
                    one.append(key)
        return found

    # -- writing -----------------------------------------------------------------------------------------

    async def write(
        self, connection: Any, batch: Batch, heard: Collection[Stretch] = ()
    ) -> None:
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
