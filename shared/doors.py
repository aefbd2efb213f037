"""The doors of a process: commands in, rows out, PHI sealed on the way in and opened on the way out."""

import time
from collections.abc import Sequence
from typing import Any

from contracts.values import Sealed
from shared.engine import Engine
from shared.keyring import KeyRing
from shared.objects import Objects
from shared.phi import open_sealed, seal
from shared.service import Answer, Order, Row
from shared.telemetry import measure

BURST = 20_000
PER_SECOND = 4_000.0
"""Commands of one facility: a whole import may burst, a flood waits, and others are not starved."""


class Bucket:
    """A token bucket."""

    __slots__ = ("at", "tokens")

    def __init__(self, now: float) -> None:
        self.tokens, self.at = float(BURST), now

    def take(self, now: float) -> bool:
        """One token, if there is one."""
        self.tokens = min(BURST, self.tokens + (now - self.at) * PER_SECOND)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class OpenDoors:
    """`shared.service.Doors` and `Outside` of a running process."""

    def __init__(
        self, engine: Engine, ring: KeyRing, objects: Objects, tenant: str
    ) -> None:
        self.engine = engine
        self.ring = ring
        self.objects = objects
        self.tenant = tenant
        self.service = engine.service.name
        self._buckets: dict[str, Bucket] = {}

    async def handle(self, orders: Sequence[Order]) -> list[Answer]:
        """Each order's answer; a facility over its rate is told to come again."""
        now = time.monotonic()
        let_in = [
            self._buckets.setdefault(o.scope.facility, Bucket(now)).take(now) for o in orders
        ]
        answers = iter(
            await self.engine.handle([o for o, ok in zip(orders, let_in, strict=True) if ok])
        )
        told = [
            next(answers)
            if ok
            else Answer(429, o.stream, code="busy", sentence="this facility sends too much at once")
            for o, ok in zip(orders, let_in, strict=True)
        ]
        measure(
            commands=len(told),
            refused=sum(1 for a in told if a.status >= 400),
            commands_again=sum(1 for a in told if a.again),
        )
        return told

    async def rows(self, sql: str, *args: Any) -> list[Row]:
        """Rows of the service's own tables."""
        return [dict(row) for row in await self.engine.pool.fetch(sql, *args)]

    async def book(self, partition: int = 0) -> Any:
        """The book as of now in a partition."""
        async with self.engine.pool.acquire() as connection:
            rows = await self.engine.store.progress(connection, [partition])
            books = await self.engine.books(connection, rows, [partition])
        return books.get(partition, self.engine.service.book)

    async def seal_all(self, values: Sequence[tuple[str, Any]]) -> list[Sealed]:
        """Each value under its subject's key; missing keys are made, durably, in one statement."""
        keys = await self.ring.keys_for(list({subject for subject, _ in values}))
        return [seal(keys[subject][1], keys[subject][0], value) for subject, value in values]

    async def open_all(self, sealed: Sequence[tuple[Any, type]]) -> list[Any]:
        """What is inside; None where the key was destroyed."""
        keys = await self.ring.keys({box.key_id for box, _ in sealed})
        out: list[Any] = []
        for box, cls in sealed:
            key = keys.get(box.key_id)
            out.append(None if key is None else open_sealed(key, box, cls))
        return out

    def pseudonym(self, *parts: str) -> str:
        """The same random-looking id for the same parts."""
        return self.ring.pseudonym(*parts)

    async def store_object(self, data: bytes) -> str:
        """Keep a file; its SHA-256."""
        return await self.objects.write(data)

    async def read_object(self, sha256: str) -> bytes:
        """A kept file; NotFound when it is absent or erased."""
        return await self.objects.read(sha256)
