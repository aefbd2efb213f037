"""What the real store reads, read from tables in memory."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from shared import progress as progress_row
from shared.again import Found, Parked
from shared.loading import Loading
from shared.progress import Progress
from shared.records import Kept
from shared.service import Row, Scope


class MemoryLoading(Loading):
    """`Loading` without PostgreSQL; a connection is a `MemoryConnection`."""

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
