"""The real rebuild over tables in memory: a replay from zero beside the live rows, compared with them."""

from collections.abc import AsyncIterator
from typing import Any

from shared.errors import Stopped
from shared.heard_order import order_of, placed, reordered
from shared.progress import Progress
from shared.rebuild import Rebuild
from shared.service import Service
from shared.shadow import SUFFIX, Difference, Shadow
from tests.kernel.fed import MemoryLog, MemoryReader
from tests.simulation.pool import MemoryPool
from tests.simulation.store import MemoryStore
from tests.simulation.tables import Database, Transaction

Tables = dict[Any, tuple[Any, ...]]


class MemoryShadow(Shadow):
    """Its tables stand beside the live ones, under the same names and suffix; a row begins with its partition."""

    def __init__(self, service: Service, database: Database) -> None:
        super().__init__(service)
        self.database = database

    async def make(self, connection: Any) -> None:
        for table in self.tables:
            self.database.tables[table + SUFFIX].clear()
        self.database.rebuilds += 1
        self.made = self.database.rebuilds

    async def hold(self, connection: Any) -> None:
        if self.made != self.database.rebuilds:
            raise Stopped("another rebuild of this service began meanwhile")

    async def empty(self, connection: Any, partition: int) -> None:
        for table in self.tables:
            made = self.database.tables[table + SUFFIX]
            for key in [key for key, row in made.items() if row[0] == partition]:
                del made[key]

    async def drop(self, connection: Any) -> None:
        for table in self.tables:
            self.database.tables[table + SUFFIX].clear()

    async def swap(self, connection: Any, partition: int) -> None:
        tx = await connection.work()
        for table in self.tables:
            made = _of(tx, table + SUFFIX, partition)
            live = _of(tx, table, partition)
            for key in live:
                tx.put(table, key, None)
            for key, row in made.items():
                before = live.get(key, row)
                put_off = table == "due" and before[2] == row[2]
                tx.put(table, key, max(row, before) if put_off else row)

    async def differences(self, connection: Any, partition: int) -> list[Difference]:
        tx = await connection.work()
        found = []
        for table in self.tables:
            live, made = (
                {key: _compared(table, row) for key, row in _of(tx, name, partition).items()}
                for name in (table, table + SUFFIX)
            )
            only_live = {k for k, row in live.items() if made.get(k) != row}
            only_made = {k for k, row in made.items() if live.get(k) != row}
            if only_live or only_made:
                first = str(min(map(str, only_live | only_made)))
                found.append(Difference(partition, table, len(only_live), len(only_made), first))
        return found


def _of(tx: Transaction, table: str, partition: int) -> Tables:
    return {key: row for key, row in tx.items(table) if row[0] == partition}


def _compared(table: str, row: tuple[Any, ...]) -> tuple[Any, ...]:
    if table == "due":  # As in the real one: the day alone of a timer that stays may differ.
        return (row[0], row[2])
    return (row[0], row[2]) if table == "book" else row


class MemoryRebuild(Rebuild):
    """`Rebuild` without PostgreSQL."""

    def __init__(self, service: Service, pool: MemoryPool, log: MemoryLog, meanwhile: Any = None):
        super().__init__(service, pool, MemoryReader(log, meanwhile), log.partitions)
        self.live = MemoryStore(service)
        self.shadow = MemoryStore(service, SUFFIX)
        self.beside = MemoryShadow(service, pool.database)

    async def _records(
        self, start: int, live: Progress, connection: Any
    ) -> AsyncIterator[list[Any]]:
        if start or not live.refilled:
            async for records in self.reader.read(live.partition, start, live.next_offset):
                yield records
            return
        order, seen, rows = await order_of(connection, live), dict[str, int](), list[Any]()
        async for records in self.reader.read(live.partition, 0, live.next_offset):
            rows += placed(order, seen, records)
        yield [reordered(live.partition, row) for row in sorted(rows, key=lambda row: row[0])]
