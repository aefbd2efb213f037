"""The log folded beside the live tables: as it was known on a day, and as it would have been with other books.

Rows are made in memory and put into temporary tables of one session, where the reader's own questions find them.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from inspect import isawaitable
from operator import itemgetter
from typing import Any, Protocol, cast

import asyncpg

from contracts.reference import BusinessDayOpened, FeeSchedulePublished
from contracts.registry import wire_name
from deploy.other_books import Change, OtherBooks, OtherContract
from deploy.shares import service_named
from deploy.stack import Stack
from shared.decided import Otherwise, Stretch
from shared.envelope import Route, read_route
from shared.errors import Malformed, Stopped
from shared.keyring import PostgresKeyRing, open_ring, read_kek
from shared.log_reader import LogReader
from shared.objects import Objects
from shared.phi import open_sealed
from shared.pool import open_pool
from shared.reading import passed, read
from shared.records import Heard
from shared.service import Doors, Row, Service
from shared.streams import BROADCAST
from shared.tables import projection_ddl
from shared.what_if import Part, World

DECIDING = ("submission", "adjudication_tracking", "posting", "denial")
"""Whose decisions on accounts are made again."""
READER, POSTING = "reporting", "posting"
WITHOUT = frozenset({"story", "account_number", "account_person"})
"""Tables that no summary asks."""
Told = Callable[[int, int], None]
"""Hears of partitions gone through and records so far."""
Questions = Mapping[str, Mapping[str, Any]]
"""What is asked, by path, and with which words."""


@dataclass(slots=True)
class Found:
    """What a run tells."""

    was: dict[str, Any] = field(default_factory=dict)
    """Answers by question, of the log as it stands."""
    would_be: dict[str, Any] = field(default_factory=dict)
    """The same of what would have been decided."""
    records: int = 0
    code: Otherwise = field(default_factory=Otherwise)
    """What today's rules decide otherwise than the log has it, with the books as they were."""
    books: Otherwise = field(default_factory=Otherwise)
    """What they decide otherwise with the other books."""
    elsewhere: Otherwise = field(default_factory=Otherwise)
    """The same about other streams, which stay as they were."""
    stuck: set[str] = field(default_factory=set)
    """Accounts on which a rule fails; they are left as they were."""
    void: dict[str, str] = field(default_factory=dict)
    """What people did to what would not have been, with its account: it is left out."""
    facts_later: dict[str, int] = field(default_factory=dict)
    unused: list[int] = field(default_factory=list)
    """Changes, counted from 1, that no entry of the log is about."""


async def as_of(stack: Stack, until: date, questions: Questions, told: Told) -> dict[str, Any]:
    """The reader's answers as they were when a business day had ended."""
    reader = service_named(READER)
    async with _tables(stack, reader) as was, _log(stack, reader.hears, told) as log:
        for partition in range(stack.settings.partitions):
            stretch, end = await log.look_ahead(partition, frozenset(), until)
            world = World(stretch, (), reader, was.tables)
            await log.go_through(partition, end, [world])
            await was.add(world.rows, partition)
        return await was.answers(questions)


async def what_if(
    stack: Stack, changes: Sequence[Change], until: date | None, questions: Questions, told: Told
) -> Found:
    """The reader's answers as they are and as they would be, and how the decisions differ."""
    reader, deciding = service_named(READER), [service_named(name) for name in DECIDING]
    hears = frozenset().union(reader.hears, *(service.hears for service in deciding))
    found, met = Found(), set[int]()
    async with (
        _tables(stack, reader) as was,
        _tables(stack, reader) as would_be,
        _log(stack, hears, told) as log,
    ):
        for partition in range(stack.settings.partitions):
            stretch, end = await log.look_ahead(partition, frozenset(DECIDING), until)
            as_it_is = World(stretch, (), reader, was.tables)
            same = World(stretch, deciding, *(() if changes else (reader, would_be.tables)))
            books, other = OtherBooks(changes), same
            if changes:
                other = World(stretch, deciding, reader, would_be.tables, books.said, same.decided)
            await log.go_through(
                partition, end, [as_it_is, same, other] if changes else [as_it_is, same]
            )
            found.stuck |= (stuck := same.stuck | other.stuck)
            left_as_they_were(other.rows, as_it_is.rows, stuck)
            await was.add(as_it_is.rows, partition)
            await would_be.add(other.rows, partition)
            found.code.add(stretch.decided, same.decided)
            found.books.add(same.decided, other.decided)
            found.elsewhere.add(same.elsewhere, other.elsewhere)
            found.void.update(other.void)
            found.facts_later.update(other.facts_later)
            met |= books.used
        found.was, found.would_be = await was.answers(questions), await would_be.answers(questions)
        found.records = log.records
    found.unused = [n for n in range(1, len(changes) + 1) if n - 1 not in met]
    return found


async def priced_again(
    stack: Stack, schedule: FeeSchedulePublished, rates: bytes, questions: Questions, told: Told
) -> dict[str, Any]:
    """The reader's answers as they would be had this been the only contract, from the first day on. No live table is touched."""
    reader, posting = service_named(READER), service_named(POSTING)
    async with (
        _tables(stack, reader) as would_be,
        _log(stack, reader.hears | posting.hears, told) as log,
    ):
        log.kept = Given({schedule.sha256: rates})
        for partition in range(stack.settings.partitions):
            stretch, end = await log.look_ahead(partition, frozenset({POSTING}), None)
            world = World(stretch, [posting], reader, would_be.tables, OtherContract(schedule).said)
            await log.go_through(partition, end, [world])
            await would_be.add(world.rows, partition)
        return await would_be.answers(questions)


def left_as_they_were(
    rows: dict[str, dict[Any, Row]], were: Mapping[str, Mapping[Any, Row]], streams: set[str]
) -> None:
    """Put the rows of these accounts back to what they were."""
    accounts = {stream.removeprefix("account/") for stream in streams}
    for table in rows if accounts else ():
        kept = {key: row for key, row in rows[table].items() if row.get("account") not in accounts}
        back = {key: row for key, row in were[table].items() if row.get("account") in accounts}
        rows[table] = kept | back


def side_by_side(
    was: Iterable[Row], would_be: Iterable[Row], names: Sequence[str]
) -> list[dict[str, Any]]:
    """`items` and `cents` summed by these names, of two states, where they differ; what is not there is 0."""
    both = tuple(_summed(rows, names) for rows in (was, would_be))
    made = []
    for key in sorted(both[0].keys() | both[1].keys()):
        (items, cents), (would_items, would_cents) = (one.get(key, (0, 0)) for one in both)
        if (items, cents) != (would_items, would_cents):
            made.append(
                {
                    **dict(zip(names, key, strict=True)),
                    "was_items": items,
                    "would_be_items": would_items,
                    "was_cents": cents,
                    "would_be_cents": would_cents,
                    "more_cents": would_cents - cents,
                }
            )
    return made


def _summed(rows: Iterable[Row], names: Sequence[str]) -> dict[tuple[str, ...], tuple[int, int]]:
    sums: dict[tuple[str, ...], tuple[int, int]] = {}
    for row in rows:
        key = tuple(row[name] for name in names)
        items, cents = sums.get(key, (0, 0))
        sums[key] = items + row["items"], cents + row["cents"]
    return sums


class Log:
    """The log, twice each partition: what must be known of it before, then record by record."""

    def __init__(
        self, reader: LogReader, partitions: int, hears: frozenset[str], told: Told, kept: "Files"
    ) -> None:
        self.reader = reader
        self.kept = kept
        self.partitions = partitions
        self.hears = hears
        self.told = told
        self.records = 0

    async def look_ahead(
        self, partition: int, deciding: frozenset[str], until: date | None
    ) -> tuple[Stretch, int]:
        """What these services said on accounts, and the offset where the day after `until` opens (or the log ends)."""
        stretch = Stretch(partition, self.partitions, deciding)
        end = (await self.reader.ends([partition]))[partition]
        async for heard in self._read(
            partition, end, lambda route: _own(route, deciding) or route.wire == _DAY
        ):
            if (
                isinstance(heard.event, BusinessDayOpened)
                and until is not None
                and heard.event.day > until
            ):
                return stretch, heard.offset
            if heard.envelope is not None:
                stretch.note(heard)
        return stretch, end

    async def go_through(self, partition: int, end: int, worlds: Sequence[World]) -> None:
        """Each record, in order, in every world."""
        async for heard in self._read(partition, end, lambda route: route.wire in self.hears):
            self.records += 1
            if self.records % 1_000 == 0:
                self.told(partition, self.records)
            for world in worlds:
                world.step(heard)
                for part in world.lacking() if heard.stream == BROADCAST else ():
                    await self._load(part)
        self.told(partition + 1, self.records)

    async def _load(self, part: Part) -> None:
        assert part.service.hydrate is not None
        full = part.service.hydrate(part.book, self.kept)
        part.book = await full if isawaitable(full) else full
        part.lacks_tables = False

    async def _read(
        self, partition: int, end: int, wanted: Callable[[Route], bool]
    ) -> AsyncIterator[Heard]:
        """Each record once, as services hear it; not decoded where it is not wanted, or cannot be."""
        seen: dict[str, int] = {}
        async for batch in self.reader.read(partition, 0, end):
            for record in batch:
                try:
                    route = read_route(record.headers)
                except Malformed:
                    continue
                if route.position != seen.get(route.producer, 0) + 1:
                    continue
                seen[route.producer] = route.position
                heard = read(record, route, None) if wanted(route) else None
                if heard is None or heard.fault is not None:
                    heard = passed(partition, record.offset, route)
                yield heard


_DAY = wire_name(BusinessDayOpened)


def _own(route: Route, services: frozenset[str]) -> bool:
    return route.own and route.producer.partition("/")[0] in services


@asynccontextmanager
async def _log(stack: Stack, hears: frozenset[str], told: Told) -> AsyncIterator[Log]:
    async with (
        LogReader(stack.bootstrap, stack.settings.topic) as reader,
        AsyncExitStack() as opened,
    ):
        yield Log(reader, stack.settings.partitions, hears, told, KeptFiles(stack, opened))


class Files(Protocol):
    """Where a book finds the tables that it names."""

    async def read(self, sha256: str) -> bytes:
        """A file."""


class Given:
    """Files that nobody keeps."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files

    async def read(self, sha256: str) -> bytes:
        """One of them."""
        return self.files[sha256]


class KeptFiles:
    """The object folder, opened when a book names the first file of it."""

    def __init__(self, stack: Stack, opened: AsyncExitStack) -> None:
        self.stack = stack
        self.opened = opened
        self.objects: Objects | None = None

    async def read(self, sha256: str) -> bytes:
        """A kept file."""
        if self.objects is None:
            ring = await _ring(self.stack, self.opened)
            self.objects = Objects(self.stack.home.root / "objects", ring)
        return await self.objects.read(sha256)


async def _ring(stack: Stack, opened: AsyncExitStack) -> PostgresKeyRing:
    """The installation's keys, until the stretch is over."""
    kek = read_kek(stack.home.root / "keys" / "kek")
    ring = await open_ring(stack.dsn_of("keyring"), kek)
    opened.push_async_callback(ring.close)
    return ring


@asynccontextmanager
async def _tables(stack: Stack, reader: Service) -> AsyncIterator["Tables"]:
    """Empty tables that stand before the reader's own in one session, and end with it."""
    pool = await open_pool(stack.dsn_of(reader.name), size=1)
    try:
        async with pool.acquire() as connection, AsyncExitStack() as opened:
            made = Tables(stack, reader, connection, opened)
            await made.make()
            yield made
    finally:
        await pool.close()


class Tables:
    """Temporary tables of a reader: its questions, asked in this session, find these instead of the live ones."""

    def __init__(
        self, stack: Stack, reader: Service, connection: Any, opened: AsyncExitStack
    ) -> None:
        self.stack = stack
        self.reader = reader
        self.connection = connection
        self.opened = opened
        self.projections = [p for p in reader.projections if p.table not in WITHOUT]
        self.tables = [p.table for p in self.projections]

    async def make(self) -> None:
        """Empty ones, as this version has them: the live ones may be another's."""
        try:
            await self.connection.execute("create temp table parked (like parked including all)")
            # What is made without a schema is made in the first of the path.
            await self.connection.execute(
                "select set_config('search_path', 'pg_temp, ' || current_setting('search_path'), false)"
            )
            for projection in self.projections:
                await self.connection.execute(projection_ddl(projection))
        except asyncpg.InsufficientPrivilegeError:
            raise Stopped(
                f"the role of {self.reader.name} may make no temporary tables in this database"
            ) from None

    async def add(self, rows: Mapping[str, Mapping[Any, Row]], partition: int) -> None:
        """The rows of one partition."""
        for projection in self.projections:
            names = list(projection.columns)
            values = itemgetter(*names)
            await self.connection.copy_records_to_table(
                projection.table,
                records=[(*values(row), partition) for row in rows[projection.table].values()],
                columns=[*names, "partition"],
            )

    async def answers(self, questions: Questions) -> dict[str, Any]:
        """What the reader's own routes answer, by path."""
        for table in self.tables:
            await self.connection.execute(f'analyze pg_temp."{table}"')
        assert self.reader.routes is not None
        routes = {
            route.path: route.endpoint for route in self.reader.routes(cast(Doors, self)).routes
        }
        return {path: await routes[path](**words) for path, words in questions.items()}

    async def rows(self, sql: str, *args: Any) -> list[Row]:
        """Rows of these tables."""
        return [dict(row) for row in await self.connection.fetch(sql, *args)]

    async def open_all(self, sealed: Sequence[tuple[Any, type]]) -> list[Any]:
        """What is inside, as persons are known now; None where the key was destroyed since."""
        ring = await _ring(self.stack, self.opened)
        keys = await ring.keys({box.key_id for box, _ in sealed})
        found = [(keys.get(box.key_id), box, kind) for box, kind in sealed]
        return [None if key is None else open_sealed(key, box, kind) for key, box, kind in found]
