"""The worker that hands files over, and what a person may do with one that waits."""

import asyncio
import hashlib
import logging
import os
import time
import uuid
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import asyncpg
import msgspec

from shared.durably import sync_folder, write_durably
from shared.envelope import decode_event
from shared.errors import Busy, Conflict, NotFound, ServiceError
from shared.failpoints import failpoint
from shared.hand_over.rows import fact_key
from shared.service import Answer, At, Doors, Event, HandOver, Order, Outside, Row, Service
from shared.telemetry import measure

log = logging.getLogger("claimlog.hand_over")

SWEEP_SECONDS = 0.25
ROWS_AT_ONCE = 200
AGAIN_SECONDS = 2.0
"""A file that could not be handed over is tried again after so long."""
READY = "ready"
"""The folder below the outbound folder; a rename is whole only within one file system."""

_NEXT = """
select * from (
    select distinct on (stream) * from hand_over
    where status <> 'handed' and partition = any($1::int[]) order by stream, partition, "offset"
) as first where held is null limit $2
"""
"""The first open file of every stream: a later one must not overtake it, held or not."""
_OPEN = """
select count(*) filter (where held is null), count(held) from hand_over
where status <> 'handed' and partition = any($1::int[])
"""
_STAGE = """
update hand_over set status = 'staged', ready_name = $2, sha256 = $3, size = $4
where event_id = $1 and status = 'asked' and held is null
"""
_HANDED = "update hand_over set status = 'handed' where event_id = $1 and status = 'staged'"
_NOTHING = """
update hand_over set status = 'handed', ready_name = '', sha256 = '', size = 0
where event_id = $1 and status = 'asked' and held is null
"""
"""Nothing was left to hand over: what comes behind must not wait for it."""
_HOLD = "update hand_over set held = $2 where event_id = $1 and status <> 'handed'"

LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""The database is away: everything waits."""


class NotDropped(Exception):
    """The outbound folder is not there, may not be written, or is full: the file waits, and is told among those that do."""


class Owner(Protocol):
    """Who knows which partitions this process owns."""

    owned: set[int]


class Kernel(Protocol):
    """The part of the engine that is needed here."""

    service: Service
    pool: Any


class Inside(Doors, Outside, Protocol):
    """The doors of this process, and what a gateway may use."""


class _Asked(NamedTuple):
    """An open row with its event read again."""

    event_id: str
    file_name: str
    event: Event
    at: At
    one: HandOver


class _Built(NamedTuple):
    ready_name: str
    sha256: str
    size: int


class Handing:
    """The worker of a process: hands over files of owned partitions, in order within a stream."""

    def __init__(self, engine: Kernel, doors: Inside, owner: Owner, outbound: Path) -> None:
        self._pool = engine.pool
        self._service = engine.service
        self._by_wire = {one.wire: one for one in engine.service.hand_overs}
        self._doors = doors
        self._owner = owner
        self._outbound = outbound
        self._ready = outbound / READY
        self._not_before: dict[str, float] = {}

    async def run(self) -> None:
        """Sweep until cancelled; what fails is tried again, and a lost database is waited for."""
        while True:
            pause = SWEEP_SECONDS
            try:
                pause = 0 if await self.sweep() else SWEEP_SECONDS
            except LOST as lost:
                log.warning("files wait: %s", type(lost).__name__)
                pause = AGAIN_SECONDS
            await asyncio.sleep(pause)

    async def sweep(self) -> int:
        """Take the next file of every stream as far as it goes; how many were handed over."""
        owned, now, handed = sorted(self._owner.owned), time.monotonic(), 0
        for row in await self._pool.fetch(_NEXT, owned, ROWS_AT_ONCE):
            if self._not_before.get(row["event_id"], now) > now:
                continue
            if await self._try(row):
                self._not_before.pop(row["event_id"], None)
                handed += 1
            else:
                self._not_before[row["event_id"]] = now + AGAIN_SECONDS
        waiting, held = await self._pool.fetchrow(_OPEN, owned)
        measure(files_handed=handed, files_waiting=waiting, files_held=held)
        return handed

    async def _try(self, row: Mapping[str, Any]) -> bool:
        try:
            return await self._hand_over(row)
        except Busy:
            return False
        except ServiceError as refusal:
            log.error("a file of %s waits for a person: %s", row["wire"], refusal)
            await self._pool.execute(_HOLD, row["event_id"], str(refusal))
        except NotDropped as no:
            log.warning("a file waits, for the outbound folder does not take it: %s", str(no))
        except LOST:
            raise
        except Exception:
            log.exception("a file of %s could not be handed over", row["wire"])
        return False

    async def _hand_over(self, row: Mapping[str, Any]) -> bool:
        asked = self._read(row)
        if row["status"] == "asked":
            built = await self._build(asked)
            if built is None:
                return False
            staged = await self._pool.execute(_STAGE, asked.event_id, *built)
            if staged != "UPDATE 1":  # Another process staged its own, or a person holds it.
                (self._ready / built.ready_name).unlink(missing_ok=True)
                return False
            failpoint("handover.staged")
        else:
            built = _Built(row["ready_name"], row["sha256"], row["size"])
        try:
            await asyncio.to_thread(self._move, asked, built)
        except OSError as no:
            raise NotDropped(no.strerror) from None  # Its text names the file.
        failpoint("handover.renamed")
        if not await self._state(asked, built):
            return False
        failpoint("handover.handed")
        await self._pool.execute(_HANDED, asked.event_id)
        return True

    def _read(self, row: Mapping[str, Any]) -> _Asked:
        event = decode_event(row["wire"], row["event"])
        at = msgspec.json.decode(row["at"], type=At)
        return _Asked(row["event_id"], row["file_name"], event, at, self._by_wire[row["wire"]])

    async def _build(self, asked: _Asked) -> _Built | None:
        data = await asked.one.build(asked.event, asked.at, self._doors)
        if data is None:
            await self._pool.execute(_NOTHING, asked.event_id)
            return None
        failpoint("handover.built")
        ready_name = f"{asked.event_id}.{uuid.uuid4().hex}"
        try:
            await asyncio.to_thread(write_durably, self._ready / ready_name, data)
        except FileNotFoundError:
            return None  # Another process handed it over meanwhile and cleaned up.
        except OSError as no:
            raise NotDropped(no.strerror) from None
        failpoint("handover.ready")
        return _Built(ready_name, hashlib.sha256(data).hexdigest(), len(data))

    def _move(self, asked: _Asked, built: _Built) -> None:
        """Rename the staged file to its name; it was done before when the staged file is gone."""
        ready, target = self._ready / built.ready_name, self._target(asked.file_name)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            with suppress(FileNotFoundError):  # Staged and gone: it was handed over before.
                os.rename(ready, target)
        elif ready.exists():
            if hashlib.sha256(target.read_bytes()).hexdigest() != built.sha256:
                raise Conflict(f"another file is already called {asked.file_name}")
            ready.unlink(missing_ok=True)
        sync_folder(target.parent)
        sync_folder(self._ready)
        self._clean(asked.event_id)

    def _target(self, file_name: str) -> Path:
        target = (self._outbound / file_name).resolve()
        inside = target.is_relative_to(self._outbound.resolve())
        if not inside or target.is_relative_to(self._ready.resolve()):
            raise Conflict("a file may only leave into the outbound folder")
        return target

    def _clean(self, event_id: str) -> None:
        """Drop what other tries left: once one was staged, no other can be any more."""
        for stale in [*self._ready.glob(f"{event_id}.*"), *self._ready.glob(f".{event_id}.*")]:
            stale.unlink(missing_ok=True)

    async def _state(self, asked: _Asked, built: _Built) -> bool:
        """State the fact at our own door; the key makes a second time harmless."""
        stream, command = asked.one.handed(asked.event, asked.at, built.sha256, built.size)
        order = Order(
            stream=stream,
            command=command,
            key=fact_key(asked.event_id),
            body=f"{built.sha256} {built.size}".encode(),
            scope=asked.at.scope,
            actor=f"service:{self._service.name}",
        )
        return _taken((await self._doors.handle([order]))[0], asked.file_name)

    # -- what a person does with a held file ---------------------------------------------------

    async def held(self) -> list[Row]:
        """Files that wait for a person, with the reason."""
        rows = await self._pool.fetch(
            "select event_id, stream, wire, file_name, status, held as reason from hand_over"
            """ where held is not null and status <> 'handed' order by partition, "offset" """
        )
        return [dict(row) for row in rows]

    async def release(self, event_id: str) -> None:
        """It has not left: let it go on."""
        await self._settle(event_id, "update hand_over set held = null")

    async def had_left(self, event_id: str) -> None:
        """It left before the restore: state the fact, move no file."""
        row = await self._pool.fetchrow("select * from hand_over where event_id = $1", event_id)
        if row is None:
            raise NotFound("no file was asked for by that event")
        asked = self._read(row)
        data = await asked.one.build(asked.event, asked.at, self._doors)
        if data is None:
            raise Conflict("nothing of this file was left to leave")
        await self._settle(
            event_id,
            "update hand_over set held = null,"
            " status = 'staged', ready_name = $2, sha256 = $3, size = $4",
            f"{event_id}.left",
            hashlib.sha256(data).hexdigest(),
            len(data),
        )

    async def _settle(self, event_id: str, update: str, *args: Any) -> None:
        self._not_before.pop(event_id, None)
        which = " where event_id = $1 and held is not null and status <> 'handed'"
        if await self._pool.execute(update + which, event_id, *args) != "UPDATE 1":
            raise NotFound("no file of that event waits for a person")


def _taken(answer: Answer, file_name: str) -> bool:
    """True when the fact is stated; what time can mend is tried again, all else is held."""
    if answer.status == 200:
        return True
    if answer.status in (429, 500, 503) or answer.code == "stream_parked":
        log.warning("%s left but its fact waits: %s", file_name, answer.code)
        return False
    raise Conflict(f"{file_name} left but its fact was refused: {answer.code}")
