"""Toy services on the real database, fed by hand from a log in memory: what happens between two steps is chosen."""

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from types import SimpleNamespace
from typing import Any

import asyncpg

from shared import envelope as wire
from shared.engine import Engine
from shared.log_reader import LogReader
from shared.parking import Parking
from shared.pool import open_pool
from shared.progress import Progress
from shared.rebuild import Rebuild, Report
from shared.records import OutboxRow
from shared.recover import recover
from shared.service import Answer, Order, Service
from shared.store import Store
from shared.streams import account_stream
from tests.kernel.cluster import ACCOUNTS, SCOPE, schema_dsn
from tests.kernel.toys import Capture

Moment = Callable[[], Awaitable[None]]
PARTITIONS = 1


class MemoryLog:
    """Records by partition; what is published stands there at once, unless it is held back."""

    def __init__(self, partitions: int = PARTITIONS) -> None:
        self.partitions = partitions
        self.records: dict[int, list[Any]] = defaultdict(list)
        self.lost: Callable[[OutboxRow], bool] = lambda row: False

    def publish(self, rows: Sequence[OutboxRow]) -> None:
        """What a relay would do."""
        for row in rows:
            if not self.lost(row):
                headers = [(wire.ROUTING, row.header)]
                self.put(row.stream.encode(), row.value, headers, row.target)

    def put(self, key: bytes, value: bytes | None, headers: Any, partition: int = 0) -> int:
        """One record; its offset."""
        place = self.records[partition]
        place.append(
            SimpleNamespace(
                topic="memory",
                partition=partition,
                offset=len(place),
                key=key,
                value=value,
                headers=headers,
                timestamp=1_000 + len(place),
            )
        )
        return len(place) - 1


class MemoryReader(LogReader):
    """Reads a log in memory; `meanwhile` is done once, when a stretch is about to be read."""

    def __init__(self, log: MemoryLog, meanwhile: Moment | None = None) -> None:
        self.log = log
        self.meanwhile = meanwhile

    async def __aenter__(self) -> "MemoryReader":
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def ends(self, partitions: list[int]) -> dict[int, int]:
        """The offset after the last record of each partition."""
        return {p: len(self.log.records[p]) for p in partitions}

    async def read(self, partition: int, start: int, end: int) -> AsyncIterator[list[Any]]:
        """Records from `start` up to but not including `end`."""
        if self.meanwhile is not None:
            first, self.meanwhile = self.meanwhile, None
            await first()
        yield self.log.records[partition][start:end]


class Fed:
    """A service whose records are given to it by `hear`."""

    def __init__(self, engine: Engine, log: MemoryLog, dsn: str) -> None:
        self.engine = engine
        self.log = log
        self.dsn = dsn
        self.parking = Parking(engine)

    @classmethod
    async def start(cls, service: Service, log: MemoryLog, dsn: str, **more: Any) -> "Fed":
        """With an empty schema of its own."""
        own = schema_dsn(dsn, service.name)
        connection = await asyncpg.connect(dsn)
        await connection.execute(f"create schema if not exists {service.name}")
        await connection.close()
        pool = await open_pool(own, size=4)
        store = Store(service)
        async with pool.acquire() as connection:
            await store.create(connection, log.partitions, "topic")
        engine = Engine(service, pool, store, log.partitions, log.publish, **more)
        return cls(engine, log, own)

    async def hear(self) -> bool:
        """Everything that stands in the log and was not heard; whether there was anything."""
        async with self.engine.pool.acquire() as connection:
            rows = await self.engine.store.progress(connection)
        new = [r for p, row in rows.items() for r in self.log.records[p][row.next_offset :]]
        if new:
            await self.engine.poll(new)
        return bool(new)

    async def hear_one(self) -> bool:
        """The next record of the only partition, alone; whether there was one."""
        at = (await self.progress()).next_offset
        new = self.log.records[0][at : at + 1]
        if new:
            await self.engine.poll(new)
        return bool(new)

    async def progress(self, partition: int = 0) -> Progress:
        """How far it is."""
        async with self.engine.pool.acquire() as connection:
            return (await self.engine.store.progress(connection))[partition]

    async def put(self, row: Progress) -> None:
        """Another progress row in the place of the one there is."""
        async with self.engine.pool.acquire() as connection:
            await self.engine.store.write_progress(connection, [row])

    async def capture(self, number: int, key: str, cents: int = 1) -> Answer:
        """One charge of an account."""
        account = ACCOUNTS[number]
        order = Order(account_stream(account), Capture(account, cents), key, b"", SCOPE, "tester")
        return (await self.engine.handle([order]))[0]

    async def close(self) -> None:
        """Its connections."""
        await self.engine.pool.close()

    # -- a backup, and what comes after it -----------------------------------------------------

    async def back_up(self) -> None:
        """Keep a copy of every table."""
        name = self.engine.service.name
        copy = f"drop schema if exists {name}_backup cascade; create schema {name}_backup;"
        for table in await self._tables():
            copy += f'create table {name}_backup."{table}" as table {name}."{table}";'
        await self.engine.pool.execute(copy)

    async def restore(self) -> None:
        """Every table is what the copy holds; nothing of this process remembers more."""
        name, back = self.engine.service.name, ""
        for table in await self._tables():
            back += f'delete from "{table}"; insert into "{table}" table {name}_backup."{table}";'
        await self.engine.pool.execute(back)
        old = self.engine
        self.engine = Engine(
            old.service,
            old.pool,
            old.store,
            self.log.partitions,
            self.log.publish,
            on_handed=old.on_handed,
        )
        self.parking = Parking(self.engine)

    async def recover(self) -> int:
        """What a start does; how many of our records had been forgotten."""
        return await recover(self.engine, MemoryReader(self.log), "topic")

    async def _tables(self) -> list[str]:
        rows = await self.engine.pool.fetch(
            "select table_name from information_schema.tables where table_schema = $1",
            self.engine.service.name,
        )
        return [row[0] for row in rows]

    async def value(self, sql: str) -> Any:
        """One value of the service's schema."""
        return await self.engine.pool.fetchval(sql)

    def rebuild(self, meanwhile: Moment | None = None) -> Rebuild:
        """A rebuild, during whose first reading something happens."""
        reader = MemoryReader(self.log, meanwhile)
        return Rebuild(self.engine.service, self.engine.pool, reader, self.log.partitions)

    async def compare(self) -> Report:
        """The live tables against a replay from zero."""
        return await self.rebuild().compare()

    async def state(self, number: int) -> Any:
        """The state of an account."""
        stream = account_stream(ACCOUNTS[number])
        async with self.engine.pool.acquire() as connection:
            return (await self.engine.store.states(connection, [stream]))[stream].state


async def settle(*services: Fed) -> None:
    """Until everybody heard everything."""
    while any([await one.hear() for one in services]):
        pass
