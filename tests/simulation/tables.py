"""Tables in memory with what the kernel leans on: commit and rollback, row locks, snapshots, unique keys."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import asyncpg

from shared.progress import Progress, decode

Key = Any
LOCK_SECONDS = 8.0
IDLE_SECONDS = 3.0
"""The limits of the real connections: no session holds a partition longer."""


class Database:
    """What is committed of one service, who holds which partition, and every promise seen broken."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.tables: dict[str, dict[Key, Any]] = defaultdict(dict)
        self.holders: dict[int, Transaction] = {}
        self.waiting: dict[int, list[asyncio.Future[None]]] = defaultdict(list)
        self.advisory: set[int] = set()
        self.rebuilds = 0
        self.violations: list[str] = []
        self.restoring = False
        """Put back and not yet caught up: one transaction may write several batches then."""

    def put_back(self, tables: dict[str, dict[Key, Any]]) -> None:
        """What was committed since a backup is gone; nobody is connected."""
        assert not self.holders, "somebody is still at work"
        self.tables.clear()
        self.tables.update({name: dict(rows) for name, rows in tables.items()})
        self.advisory.clear()
        self.restoring = True

    def broken(self, sentence: str) -> None:
        """A promise that may never break is broken."""
        self.violations.append(f"{self.name}: {sentence}")


class Transaction:
    """Writes of one transaction, seen by itself until it commits."""

    def __init__(self, database: Database, snapshot: bool = False) -> None:
        self.database = database
        self.written: dict[str, dict[Key, Any]] = {}
        self.fresh: set[tuple[str, Key]] = set()
        """Rows inserted here that nobody else may have inserted meanwhile."""
        self.held: list[int] = []
        self._base: Any = database.tables
        if snapshot:
            self._base = defaultdict(dict, {n: dict(t) for n, t in database.tables.items()})

    def get(self, table: str, key: Key) -> Any:
        """A row, or None."""
        written = self.written.get(table)
        if written is not None and key in written:
            return written[key]
        return self._base[table].get(key)

    def items(self, table: str) -> Iterator[tuple[Key, Any]]:
        """All rows of a table."""
        written = self.written.get(table, {})
        for key, row in list(self._base[table].items()):
            if key not in written:
                yield key, row
        for key, row in list(written.items()):
            if row is not None:
                yield key, row

    def put(self, table: str, key: Key, row: Any) -> None:
        """Insert or replace; None deletes."""
        self.written.setdefault(table, {})[key] = row

    def insert(self, table: str, key: Key, row: Any) -> None:
        """A new row; UniqueViolationError when there is one."""
        if self.get(table, key) is not None:
            raise asyncpg.UniqueViolationError(f"{table} has that row already")
        self.put(table, key, row)
        self.fresh.add((table, key))

    async def lock(self, partition: int) -> None:
        """Wait for a partition's row; LockNotAvailableError after the limit."""
        database = self.database
        while database.holders.get(partition, self) is not self:
            turn = asyncio.get_running_loop().create_future()
            database.waiting[partition].append(turn)
            try:
                await asyncio.wait_for(turn, LOCK_SECONDS)
            except TimeoutError:
                raise asyncpg.LockNotAvailableError("the row is locked") from None
        database.holders[partition] = self
        self.held.append(partition)

    def commit(self) -> None:
        """Everything or nothing stands in the database after it."""
        tables = self.database.tables
        try:
            for table, key in self.fresh:
                if key in tables[table]:
                    raise asyncpg.UniqueViolationError(f"{table} has that row already")
            self._promises()
            for table, rows in self.written.items():
                for key, row in rows.items():
                    if row is None:
                        tables[table].pop(key, None)
                    else:
                        tables[table][key] = row
        finally:
            self.release()

    def _promises(self) -> None:
        for p, new in self.written.get("progress", {}).items():
            old = self.database.tables["progress"].get(p)
            if old is None or self.database.restoring:
                continue
            if new.version not in (old.version, old.version + 1):
                self.database.broken(
                    f"partition {p} goes from version {old.version} to {new.version}"
                )
            if new.next_offset < old.next_offset:
                self.database.broken(f"partition {p} goes back to offset {new.next_offset}")
            if new.version == old.version and _but_for_the_book(new) != _but_for_the_book(old):
                self.database.broken(f"partition {p} is written over at version {new.version}")
        for key in self.written.get("applied", {}):
            if key in self.database.tables["applied"]:
                self.database.broken(f"applied twice: {key}")

    def release(self) -> None:
        """Give the partitions back."""
        database = self.database
        for p in self.held:
            if database.holders.get(p) is self:
                del database.holders[p]
            turns = database.waiting.get(p, [])
            while turns:
                turn = turns.pop(0)
                if not turn.done():
                    turn.set_result(None)
                    break
        self.held.clear()


def _but_for_the_book(row: Any) -> Progress:
    """Swapped tables come with another version of the book alone."""
    progress = decode(row.body)
    progress.book_version = 0
    return progress
