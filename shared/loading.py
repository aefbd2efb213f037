"""What is read of a service's tables: where it stands, what a batch is loaded with, what is parked or due."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from shared import progress as progress_row
from shared import tables
from shared.again import Found, Parked
from shared.errors import Stopped
from shared.progress import Progress
from shared.records import Kept
from shared.service import Row, Scope, Service

Connection = Any
"""An asyncpg connection or pool connection."""


class Loading:
    """Reads the tables of one service. `suffix` names the tables of a rebuild beside the live ones."""

    def __init__(self, service: Service, suffix: str = "") -> None:
        self.service = service
        self.suffix = suffix
        self._decoders: dict[str, Callable[[bytes], Any]] = {
            kind: msgspec.msgpack.Decoder(decider.state).decode
            for kind, decider in service.deciders.items()
        }
        self._book_decoder = (
            msgspec.msgpack.Decoder(type(service.book)).decode if service.book is not None else None
        )

    async def lock(self, connection: Connection, partitions: Sequence[int]) -> dict[int, Progress]:
        """The progress rows of these partitions, locked in partition order."""
        rows = await connection.fetch(
            "select partition, body from progress where partition = any($1::int[]) "
            "order by partition for update",
            sorted(partitions),
        )
        return {row[0]: progress_row.decode(row[1]) for row in rows}

    async def progress(
        self, connection: Connection, partitions: Sequence[int] | None = None
    ) -> dict[int, Progress]:
        """Progress rows as they are, unlocked: all, or those of some partitions."""
        rows = await connection.fetch(
            "select partition, body from progress where $1::int[] is null or partition = any($1)",
            partitions,
        )
        return {row[0]: progress_row.decode(row[1]) for row in rows}

    async def states(self, connection: Connection, streams: Iterable[str]) -> dict[str, Kept]:
        """States of streams in one query."""
        wanted = [s for s in streams if s.partition("/")[0] in self._decoders]
        if not wanted:
            return {}
        rows = await connection.fetch(
            f"select stream, tenant, legal_entity, facility, body from state{self.suffix} "
            "where stream = any($1::text[])",
            wanted,
        )
        try:
            return {
                row[0]: Kept(
                    self._decoders[row[0].partition("/")[0]](row[4]), Scope(row[1], row[2], row[3])
                )
                for row in rows
            }
        except (
            msgspec.DecodeError
        ) as no:  # Only its place is told: what it holds may be of a person.
            raise Stopped(
                f"states of {self.service.name} were kept by another version: "
                f"make them again with `claimlog rebuild {self.service.name}`"
            ) from no

    async def books(self, connection: Connection, partitions: Iterable[int]) -> dict[int, Any]:
        """The books of partitions; a fresh one where nothing was heard yet."""
        if self._book_decoder is None:
            return {}
        wanted = list(partitions)
        rows = await connection.fetch(
            f"select partition, body from book{self.suffix} where partition = any($1::int[])",
            wanted,
        )
        found = {row[0]: self._book_decoder(row[1]) for row in rows}
        return {p: found.get(p, self.service.book) for p in wanted}

    async def parked_streams(
        self, connection: Connection, streams: Sequence[str]
    ) -> set[tuple[str, int]]:
        """Which of these streams have parked records, each with the partition where they stand."""
        rows = await connection.fetch(
            "select distinct stream, partition from parked where stream = any($1::text[]) "
            "and status in ('parked', 'waiting')",
            streams,
        )
        return {(row[0], row[1]) for row in rows}

    async def parked_partitions(
        self, connection: Connection, partitions: Sequence[int]
    ) -> frozenset[int]:
        """Those of these partitions in which anything is parked."""
        rows = await connection.fetch(
            "select p from unnest($1::int[]) as u(p) where exists (select from parked "
            "where partition = u.p and status in ('parked', 'waiting'))",
            partitions,
        )
        return frozenset(row[0] for row in rows)

    async def found(
        self, connection: Connection, partition: int, causes: Sequence[str]
    ) -> tuple[dict[tuple[int, str], list[Found]], set[str]]:
        """What the log showed of ours after a restore, by (partition, cause); and the streams of it."""
        rows = await connection.fetch(
            "select r.cause, o.event_id, o.target, o.own, o.value, o.stream from recovered r "
            "join outbox o on o.partition = r.partition and o.seq = r.seq "
            "where r.partition = $1 and r.cause = any($2::text[]) order by r.seq",
            partition,
            causes,
        )
        found: dict[tuple[int, str], list[Found]] = {}
        for row in rows:
            found.setdefault((partition, row[0]), []).append(Found(*row[1:5]))
        return found, {row[5] for row in rows if row[3]}

    async def recovered(
        self, connection: Connection, event_ids: Sequence[str]
    ) -> list[tuple[str, str]]:
        """(wire name, event id) of those that the log showed after a restore, as they were said."""
        rows = await connection.fetch(
            "select min(o.wire), r.event_id from recovered r "
            "join outbox o on o.partition = r.partition and o.seq = r.seq "
            "where r.event_id = any($1::text[]) group by r.event_id order by min(r.seq)",
            event_ids,
        )
        return [(row[0], row[1]) for row in rows]

    async def parked_before(
        self, connection: Connection, partition: int, offsets: Sequence[int]
    ) -> dict[tuple[int, int], Parked]:
        """What became of the records at these offsets, as far as they were ever parked."""
        rows = await connection.fetch(
            'select "offset", status, reason, sentence from parked '
            'where partition = $1 and "offset" = any($2::bigint[])',
            partition,
            offsets,
        )
        return {(partition, row[0]): Parked(*row[1:]) for row in rows}

    async def rows(
        self, connection: Connection, wanted: Mapping[str, Collection[tuple[Any, ...]]]
    ) -> dict[str, dict[tuple[Any, ...], Row]]:
        """Projection rows by table and key."""
        found: dict[str, dict[tuple[Any, ...], Row]] = {}
        for projection in self.service.projections:
            keys = wanted.get(projection.table)
            if not keys:
                continue
            columns = tables.columns_of(list(keys), len(projection.key))
            rows = await connection.fetch(tables.select_sql(projection, self.suffix), *columns)
            table = found.setdefault(projection.table, {})
            for row in rows:
                values = dict(row)
                table[tuple([values[k] for k in projection.key])] = values
        return found

    async def due(
        self, connection: Connection, asked: Mapping[int, tuple[str, date]], limit: int
    ) -> dict[int, list[tuple[str, str]]]:
        """Streams that are due at a moment of a day, by partition, at most `limit` each, in a fixed order."""
        rows = await connection.fetch(
            "select u.p, d.stream, d.what from unnest($1::int[], $2::text[], $3::date[]) as u(p, m, d0), "
            f"lateral (select stream, what from due{self.suffix} where partition = u.p and moment = u.m "
            "and due_on <= u.d0 order by stream, what limit $4) d order by u.p, d.stream, d.what",
            list(asked),
            [moment for moment, _ in asked.values()],
            [day for _, day in asked.values()],
            limit,
        )
        found: dict[int, list[tuple[str, str]]] = {}
        for p, stream, what in rows:
            found.setdefault(p, []).append((stream, what))
        return found
