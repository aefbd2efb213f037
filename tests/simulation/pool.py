"""Connections to tables in memory: sessions that can be lost, and the few statements that the kernel writes itself."""

from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Any

import asyncpg

import tests.simulation.files  # noqa: F401  Its statements are known then.
from tests.simulation.statements import STATEMENTS, plain, try_lock
from tests.simulation.tables import Database, Transaction

Breath = Callable[["MemoryConnection", str], Awaitable[None]]
"""Called before every statement, and before and after every commit: time passes there, and faults happen."""


async def _breathe(_connection: "MemoryConnection", _what: str) -> None:
    return None


class MemoryPool:
    """What `open_pool` gives, without a server."""

    def __init__(self, database: Database, breathe: Breath = _breathe) -> None:
        self.database = database
        self.breathe = breathe
        self.open: list[MemoryConnection] = []

    def acquire(self) -> "_Acquired":
        """A connection, in a `with` of its own."""
        return _Acquired(self)

    async def fetch(self, sql: str, *args: Any) -> list[Any]:
        async with self.acquire() as connection:
            return await connection.fetch(sql, *args)

    async def fetchrow(self, sql: str, *args: Any) -> Any:
        rows = await self.fetch(sql, *args)
        return rows[0] if rows else None

    async def fetchval(self, sql: str, *args: Any) -> Any:
        rows = await self.fetch(sql, *args)
        return rows[0][0] if rows else None

    async def execute(self, sql: str, *args: Any) -> str:
        async with self.acquire() as connection:
            return await connection.execute(sql, *args)

    async def close(self) -> None:
        """Every session ends."""
        self.kill()

    def kill(self) -> None:
        """All sessions end at once, as when their process dies: nothing open commits any more."""
        for connection in list(self.open):
            connection.kill(asyncpg.InterfaceError("the connection is closed"))


class _Acquired:
    def __init__(self, pool: MemoryPool) -> None:
        self.pool = pool
        self.connection: MemoryConnection

    async def __aenter__(self) -> "MemoryConnection":
        self.connection = MemoryConnection(self.pool)
        self.pool.open.append(self.connection)
        return self.connection

    async def __aexit__(self, *_: object) -> None:
        self.connection.kill(asyncpg.InterfaceError("the connection went back to its pool"))
        self.pool.open.remove(self.connection)


class MemoryConnection:
    """One session."""

    def __init__(self, pool: MemoryPool) -> None:
        self.pool = pool
        self.current: Transaction | None = None
        self.lost: Exception | None = None
        self.advisory: set[int] = set()

    def transaction(self, isolation: str = "read_committed") -> "_Scope":
        """A transaction, or a savepoint inside one."""
        return _Scope(self, isolation)

    def check(self) -> None:
        """Raises when the session was lost."""
        if self.lost is not None:
            raise self.lost

    def kill(self, why: Exception) -> None:
        """The server ends the session: what was open is rolled back, its locks are free."""
        if self.lost is None:
            self.lost = why
            self.pool.database.advisory -= self.advisory
            if self.current is not None:
                self.current.release()

    async def work(self) -> Transaction:
        """What a statement reads and writes in; by itself it sees what is committed."""
        await self.pool.breathe(self, "statement")
        self.check()
        return self.current or _Alone(self.pool.database)

    async def fetch(self, sql: str, *args: Any) -> list[Any]:
        tx = await self.work()
        statement = STATEMENTS.get(plain(sql))
        if statement is None:
            raise NotImplementedError(f"the double does not know: {plain(sql)}")
        rows: list[Any] = statement(tx, *args)
        if statement is try_lock and rows[0][0]:
            self.advisory.add(args[0])  # Its session ends: the lock is free.
        return rows

    async def fetchrow(self, sql: str, *args: Any) -> Any:
        rows = await self.fetch(sql, *args)
        return rows[0] if rows else None

    async def fetchval(self, sql: str, *args: Any) -> Any:
        rows = await self.fetch(sql, *args)
        return rows[0][0] if rows else None

    async def execute(self, sql: str, *args: Any) -> str:
        changed: Any = await self.fetch(sql, *args)
        return f"UPDATE {changed}" if isinstance(changed, int) else "DONE"

    async def copy_records_to_table(
        self, table: str, *, records: Sequence[Sequence[Any]], columns: Sequence[str]
    ) -> None:
        tx = await self.work()
        keys = {
            "idempotency": ("key",),
            "recovered": ("event_id", "target"),
            "heard": ("partition", "first"),
        }[table]
        assert tuple(columns[: len(keys)]) == keys
        for record in records:
            key = record[0] if len(keys) == 1 else tuple(record[: len(keys)])
            tx.insert(table, key, tuple(record))


class _Alone(Transaction):
    """A statement outside any transaction commits by itself."""

    def put(self, table: str, key: Any, row: Any) -> None:
        if row is None:
            self.database.tables[table].pop(key, None)
        else:
            self.database.tables[table][key] = row


class _Scope:
    def __init__(self, connection: MemoryConnection, isolation: str) -> None:
        self.connection = connection
        self.isolation = isolation
        self._saved: Any = None
        self._outer = True

    async def __aenter__(self) -> "_Scope":
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            await self.commit()
        else:
            await self.rollback()

    async def start(self) -> None:
        connection = self.connection
        connection.check()
        tx = connection.current
        self._outer = tx is None
        if tx is None:
            snapshot = self.isolation == "repeatable_read"
            connection.current = Transaction(connection.pool.database, snapshot)
        else:
            self._saved = ({n: dict(t) for n, t in tx.written.items()}, set(tx.fresh))

    async def commit(self) -> None:
        if not self._outer:
            return
        connection, tx = self.connection, self.connection.current
        assert tx is not None
        try:
            await connection.pool.breathe(connection, "commit")
            connection.check()
            tx.commit()
        finally:
            tx.release()
            connection.current = None
        await connection.pool.breathe(connection, "committed")

    async def rollback(self) -> None:
        tx = self.connection.current
        if tx is None:
            return
        if self._outer:
            tx.release()
            self.connection.current = None
        else:
            tx.written, tx.fresh = self._saved
