"""Commands at the doors: those that wait at the same time share a transaction, and a key has one answer."""

import asyncio
import hashlib
import logging
from collections import deque
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from shared import envelope as wire
from shared.batch import Batch
from shared.errors import Conflict, FileGone, NoRoom, ServiceError, Stopped
from shared.failpoints import failpoint
from shared.service import Answer, Order
from shared.shell import Shell
from shared.streams import partition_of

log = logging.getLogger("claimlog.engine")

COMMANDS_AT_ONCE = 1_000
"""Commands that share a transaction; more wait for the next."""
WAITING_COMMANDS = 20_000
"""Commands that may wait in this process; above it a door answers 429."""
ASKED: ContextVar[tuple[str, str]] = ContextVar("asked", default=("", ""))
"""The key of the request that is answered here, and the path at which it was used."""
LOST_BODY = b""
AWAY = "the database does not answer: ask again with the same key"
FULL = "the disk of the database is full: nothing was kept; ask again with the same key"
EVENTS_LOOKED_FOR = 8
"""Of a command whose key was lost with the database: one of its first events in the log is enough to know it."""
LOST: tuple[type[Exception], ...] = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
)
"""How PostgreSQL's death, a stopped process or a lost lock show themselves: the work is done again."""
GONE = (ConnectionError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError)
"""The database itself is away: no command of a group is at fault, so none of them is tried alone."""
ASKED_AGAIN: tuple[type[Exception], ...] = (*LOST, asyncpg.UniqueViolationError)
"""The same key at the same moment on another stream is not unique: now its answer is there."""


class Commands:
    """The commands that wait in this process."""

    def __init__(self, engine: Shell) -> None:
        self.engine = engine
        self._waiting: deque[tuple[Order, asyncio.Future[Answer]]] = deque()
        self._committer: asyncio.Task[None] | None = None

    async def handle(self, orders: Sequence[Order]) -> list[Answer]:
        """Each order's answer; commands waiting at the same time share a transaction."""
        if len(self._waiting) + len(orders) > WAITING_COMMANDS:
            return [
                Answer(429, o.stream, code="busy", sentence="too many commands wait; come again")
                for o in orders
            ]
        loop = asyncio.get_running_loop()
        futures: list[asyncio.Future[Answer]] = []
        for order in map(_at_its_door, orders):
            future: asyncio.Future[Answer] = loop.create_future()
            self._waiting.append((order, future))
            futures.append(future)
        if self._committer is None or self._committer.done():
            self._committer = asyncio.create_task(self._commit_waiting())
        return list(await asyncio.gather(*futures))

    async def _commit_waiting(self) -> None:
        while self._waiting:
            async with self.engine.writing:
                group = [
                    self._waiting.popleft()
                    for _ in range(min(COMMANDS_AT_ONCE, len(self._waiting)))
                ]
                await self._commit_group(group)

    async def _commit_group(self, group: list[tuple[Order, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._obey_patiently([order for order, _ in group])
        except Stopped as stop:
            self.engine.on_stopped(stop)
            answers = [Answer(503, o.stream, code=stop.code, sentence=str(stop)) for o, _ in group]
        except Exception as failure:
            if len(group) > 1 and not isinstance(failure, (*GONE, FileGone)):
                for one in group:
                    await self._commit_group([one])
                return
            log.error("a command failed: %s", type(failure).__name__)
            answers = [_failed(failure, order.stream) for order, _ in group]
        for (_, future), answer in zip(group, answers, strict=True):
            if not future.done():
                future.set_result(answer)

    async def _obey_patiently(self, orders: list[Order]) -> list[Answer]:
        """A lost connection leaves the outcome unknown: asking again under the same key tells it."""
        for attempt in range(8):
            try:
                return await self._obey(orders)
            except ASKED_AGAIN as lost:
                if attempt == 7:
                    raise
                log.warning("a command was not committed (%s), again", type(lost).__name__)
                await asyncio.sleep(min(0.1 * 2**attempt, 3))
        raise AssertionError

    async def _obey(self, orders: list[Order]) -> list[Answer]:
        partitions = sorted({partition_of(o.stream, self.engine.partitions) for o in orders})
        async with self.engine.pool.acquire() as connection, connection.transaction():
            progress = await self.engine.lock(connection, partitions)
            known = await self._known_answers(connection, [o.key for o in orders])
            if self.engine.restored:
                known |= await self._recovered_answers(connection, orders, known)
            loaded = await self.engine.load(
                connection, progress, {o.stream for o in orders}, partitions
            )
            batch = Batch(self.engine.service, loaded, {})
            answers, fresh = self._obey_all(batch, orders, known)
            await self.engine.project(connection, batch)
            await self.engine.store.write(connection, batch)
            await self._keep_answers(connection, fresh)
            failpoint("command.before_commit")
        failpoint("command.after_commit")
        self.engine.committed(batch)
        return answers

    def _obey_all(
        self, batch: Batch, orders: list[Order], known: dict[str, tuple[bytes, bytes]]
    ) -> tuple[list[Answer], list[tuple[str, str, bytes, bytes, datetime]]]:
        answers: list[Answer] = []
        fresh: list[tuple[str, str, bytes, bytes, datetime]] = []
        for order in orders:
            body_hash = _hash(order.door, order.body)
            before = known.get(order.key)
            try:
                if before is not None:
                    # An older version kept the body alone.
                    if before[0] not in (body_hash, _hash("", order.body), LOST_BODY):
                        raise Conflict(
                            "this Idempotency-Key was used with another body, or at another door"
                        )
                    answers.append(_again(before[1]))
                    continue
                answer = batch.obey(order)
                packed = msgspec.msgpack.encode(answer)
                known[order.key] = (body_hash, packed)
                fresh.append((order.key, order.stream, body_hash, packed, batch.loaded.now))
                answers.append(answer)
            except ServiceError as no:
                answers.append(Answer(no.status, order.stream, code=no.code, sentence=str(no)))
        return answers, fresh

    async def _known_answers(
        self, connection: Any, keys: list[str]
    ) -> dict[str, tuple[bytes, bytes]]:
        rows = await connection.fetch(
            "select key, body_hash, answer from idempotency where key = any($1::text[])", keys
        )
        return {row[0]: (row[1], row[2]) for row in rows}

    async def _recovered_answers(
        self, connection: Any, orders: list[Order], known: Mapping[str, Any]
    ) -> dict[str, tuple[bytes, bytes]]:
        """What the log showed of commands whose keys a restored database had lost; their bodies nobody knows."""
        by_id = {
            wire.event_id("door", self.engine.service.name, order.key, str(n)): (n, order)
            for order in orders
            if order.key not in known
            for n in range(EVENTS_LOOKED_FOR)
        }
        said: dict[str, dict[int, tuple[str, str]]] = {}
        for name, event_id in await self.engine.store.recovered(connection, list(by_id)):
            n, order = by_id[event_id]
            said.setdefault(order.key, {})[n] = (name, event_id)
        streams = {order.key: order.stream for _, order in by_id.values()}
        answers = {
            # As they were said: the log tells no order between partitions.
            key: Answer(200, streams[key], tuple(found[n] for n in sorted(found)))
            for key, found in said.items()
        }
        return {key: (LOST_BODY, msgspec.msgpack.encode(one)) for key, one in answers.items()}

    async def _keep_answers(self, connection: Any, fresh: list[Any]) -> None:
        if fresh:
            await connection.copy_records_to_table(
                "idempotency",
                records=fresh,
                columns=["key", "stream", "body_hash", "answer", "answered_at"],
            )


def _at_its_door(order: Order) -> Order:
    """With the door, where the key is the caller's or made from it."""
    key, door = ASKED.get()
    return replace(order, door=door) if door and f"{order.key}/".startswith(f"{key}/") else order


def _hash(door: str, body: bytes) -> bytes:
    return hashlib.blake2b(f"{door}\n".encode() + body if door else body, digest_size=16).digest()


def _failed(failure: Exception, stream: str) -> Answer:
    """What a caller is told of a failure: whether the same again is of use, and never what it failed on."""
    if isinstance(failure, asyncpg.DataError | OverflowError):
        return Answer(
            422, stream, code="malformed", sentence="a value that the database cannot keep"
        )
    if isinstance(failure, asyncpg.DiskFullError):
        return Answer(503, stream, code=NoRoom.code, sentence=FULL)
    if isinstance(failure, LOST):
        return Answer(503, stream, code="away", sentence=AWAY)
    if isinstance(failure, FileGone):
        return Answer(503, stream, code=failure.code, sentence=str(failure))
    return Answer(500, stream, code="error", sentence="the command failed")


def _again(packed: bytes) -> Answer:
    return replace(msgspec.msgpack.decode(packed, type=Answer), again=True)
