"""The doors of a process: commands in, rows out, PHI sealed on the way in and opened on the way out."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from contracts.values import Sealed
from shared.commands import LOST, WAITING_COMMANDS
from shared.engine import Engine
from shared.keyring import KeyRing
from shared.objects import Objects
from shared.phi import open_sealed, seal
from shared.service import Answer, Order, Row
from shared.telemetry import measure
from shared.turns import Turns

MANY = 20
"""Fewer commands in one request are no import: where they name no facility, nobody looks it up."""
FACILITIES = "select stream, facility from state where stream = any($1)"
SLICE = 50
"""Commands of an import that are let in together."""
LONGEST_TURN_SECONDS = 10.0
"""A slice waits so long for its turn; then it and what follows it are told to come again."""
STEP_SECONDS = 0.2
COME_AGAIN = "this facility sends more than services take: come again with the same key"
SEALED_AT_ONCE = 500
"""Some milliseconds of work."""


class OpenDoors:
    """`shared.service.Doors` and `Outside` of a running process."""

    def __init__(self, engine: Engine, ring: KeyRing, objects: Objects, tenant: str) -> None:
        self.engine = engine
        self.ring = ring
        self.objects = objects
        self.tenant = tenant
        self.service = engine.service.name
        self.turns = Turns()
        self._in_line = 0

    async def handle(self, orders: Sequence[Order]) -> list[Answer]:
        """Each order's answer; what a facility sends beyond its turn waits, or is told to come again."""
        facilities = await self._facilities(orders)
        now = time.monotonic()
        counts = Counter(filter(None, facilities))
        late = {f for f, count in counts.items() if not self.turns.is_free(f, count, now)}
        told = await (
            self._in_turn(orders, facilities, late) if late else self.engine.handle(orders)
        )
        measure(
            commands=len(told),
            refused=sum(1 for a in told if a.status >= 400),
            commands_again=sum(1 for a in told if a.again),
        )
        return told

    async def _facilities(self, orders: Sequence[Order]) -> list[str]:
        """Whose orders these are, where it is known: many charges at once may be part of an import, too."""
        facilities = [order.scope.facility for order in orders]
        if len(orders) < MANY or any(facilities):
            return facilities
        try:
            known = dict(
                await self.engine.pool.fetch(FACILITIES, [order.stream for order in orders])
            )
        except LOST:
            return facilities  # The orders themselves wait for the database.
        return [known.get(order.stream, "") for order in orders]

    async def _in_turn(
        self, orders: Sequence[Order], facilities: Sequence[str], late: set[str]
    ) -> list[Answer]:
        """Everybody's orders at once but those of the late ones, which wait for their turns."""
        groups: dict[str, list[int]] = {}
        for n, facility in enumerate(facilities):
            groups.setdefault(facility if facility in late else "", []).append(n)

        async def of(facility: str, places: list[int]) -> list[Answer]:
            mine = [orders[n] for n in places]
            return await (self._in_slices(facility, mine) if facility else self.engine.handle(mine))

        answered = await asyncio.gather(
            *(of(facility, places) for facility, places in groups.items())
        )
        told: dict[int, Answer] = {}
        for places, answers in zip(groups.values(), answered, strict=True):
            told |= zip(places, answers, strict=True)
        return [told[n] for n in range(len(orders))]

    async def _in_slices(self, facility: str, orders: Sequence[Order]) -> list[Answer]:
        """Some at a time, each when its turn comes: others' commands come in between."""
        answers: list[Answer] = []
        for at in range(0, len(orders), SLICE):
            some = orders[at : at + SLICE]
            if not await self._turn(facility, len(some)):
                return [
                    *answers,
                    *(Answer(429, o.stream, code="busy", sentence=COME_AGAIN) for o in orders[at:]),
                ]
            answers += await self.engine.handle(some)
        return answers

    async def _turn(self, facility: str, commands: int) -> bool:
        """Wait for it; False when it does not come in time."""
        measure(commands_waited=commands)
        self._in_line += commands
        try:
            for _ in range(round(LONGEST_TURN_SECONDS / STEP_SECONDS)):
                if self.turns.enters(facility, commands, time.monotonic()):
                    return True
                if self._in_line > WAITING_COMMANDS:
                    return False
                await asyncio.sleep(STEP_SECONDS)
            return False
        finally:
            self._in_line -= commands

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
        sealed: list[Sealed] = []
        for at in range(0, len(values), SEALED_AT_ONCE):
            if at:
                await asyncio.sleep(0)  # A payment of thousands of people holds up nobody else.
            for subject, value in values[at : at + SEALED_AT_ONCE]:
                sealed.append(seal(keys[subject][1], keys[subject][0], value))
        return sealed

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
