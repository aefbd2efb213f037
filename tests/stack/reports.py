"""What reporting answers from rows in a real database: the rows are made by its projections, the statements are its own."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import asyncpg

from services.reporting.app import SERVICE
from shared.pool import open_pool
from shared.service import Row, Service
from shared.tables import schema
from tests.unit.reporting.rows import Rows

T = TypeVar("T")


class ReadingDoors:
    """The part of `Doors` that a query uses."""

    tenant = "test"
    service = "reporting"

    def __init__(self, pool: Any) -> None:
        self.pool = pool
        self.people: dict[str, Any] = {}

    async def rows(self, sql: str, *args: Any) -> list[Row]:
        return [dict(row) for row in await self.pool.fetch(sql, *args)]

    async def open_all(self, sealed: Any) -> list[Any]:
        return [self.people.get(box.key_id) for box, _ in sealed]


@contextmanager
def database(server: str, service: Service = SERVICE) -> Iterator[str]:
    """The DSN of a database with the tables of reporting, or another service."""
    name = f"t{uuid.uuid4().hex}"
    made = server.rpartition("/")[0] + "/" + name
    asyncio.run(_run(server, f"create database {name}"))
    try:
        asyncio.run(_run(made, schema(service)))
        yield made
    finally:
        asyncio.run(_run(server, f"drop database {name} with (force)"))


async def _run(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def answer(dsn: str, told: Rows, ask: Callable[[Any], Awaitable[T]]) -> T:
    """What `ask(doors)` finds when the tables hold just these rows."""
    return asyncio.run(_answer(dsn, told, ask))


async def _answer(dsn: str, told: Rows, ask: Callable[[Any], Awaitable[T]]) -> T:
    async with await open_pool(dsn, size=1) as pool:
        projections = told.service.projections
        names = ", ".join(p.table for p in projections)
        await pool.execute(f"truncate {names}")
        for projection in projections:
            rows = list(told.tables[projection.table].values())
            columns = [*projection.columns, "partition"]
            holes = ", ".join(f"${n}" for n in range(1, len(columns) + 1))
            await pool.executemany(
                f"insert into {projection.table} ({', '.join(columns)}) values ({holes})",
                [(*(row[c] for c in projection.columns), 0) for row in rows],
            )
        return await ask(ReadingDoors(pool))
