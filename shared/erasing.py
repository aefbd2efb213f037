"""The keys of whom, and of what, was erased: destroyed once that stands in the log, and again after every restore.

A service that erases keeps a projection `erasure` with the columns of `shared.service.ERASURE` among others.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from shared.doors import OpenDoors
from shared.engine import Engine
from shared.failpoints import failpoint
from shared.hand_over.handing import LOST
from shared.keyring import KeyRing
from shared.objects import Objects
from shared.service import Erasing as Rules
from shared.service import Order, Scope

log = logging.getLogger("claimlog.erasing")

SWEEP_SECONDS = 1.0
AGAIN_SECONDS = 5.0
AT_ONCE = 100
PAGE = 2_000
_DUE = """
select * from erasure where state = 'erased' and partition = any($1::int[]) and (partition, position) > ($2, $3)
order by partition, position limit $4
"""
_DONE = """
select stream, position, key_ids from erasure where key_ids <> '{}' and (stream, position) > ($1, $2)
order by stream, position limit $3
"""
_OLD = """
select sha256, received_on from received_file f where received_on < $1 and not exists (
    select from erasure e where e.sha256 = f.sha256 and e.state <> 'kept')
order by received_on, sha256 limit $2
"""
OBJECT = "object/"
"""Before the hash of a kept file: its subject in the key ring."""


class Owner(Protocol):
    """Who knows which partitions this process owns."""

    owned: set[int]


class Erasing:
    """The worker of a process."""

    def __init__(
        self,
        engine: Engine,
        doors: OpenDoors,
        owner: Owner,
        ring: KeyRing,
        objects: Objects,
        rules: Rules,
    ) -> None:
        self._engine = engine
        self._doors = doors
        self._owner = owner
        self._ring = ring
        self._objects = objects
        self._rules = rules
        self._name = engine.service.name
        self._none_before: date | None = None
        """No received file from before this day is left."""
        self._behind = False
        """A restored database has not heard its log again yet: of what was destroyed it may not know."""

    async def run(self) -> None:
        """Sweep until cancelled; what fails is tried again."""
        pause = 0.0
        while True:
            await asyncio.sleep(pause)
            try:
                pause = 0.0 if await self.once() else SWEEP_SECONDS
            except LOST as lost:
                log.warning("keys wait to be destroyed: %s", type(lost).__name__)
                pause = AGAIN_SECONDS

    async def once(self) -> int:
        """All that there is to do now; how much it was."""
        if self._behind and not await self._recovering():
            await self.again()
        return await self.end_files() + await self.sweep()

    async def again(self) -> int:
        """Destroy what was destroyed before: a key ring put back from a backup has it again. How many it had.

        Done at the start, and once more when a restored database has heard its log again.
        """
        self._behind = await self._recovering()
        found, after = 0, ("", 0)
        while True:
            rows = await self._engine.pool.fetch(_DONE, *after, PAGE)
            if not rows:
                break
            keys = {key_id for row in rows for key_id in row["key_ids"] or ()}
            found += len(await self._ring.destroy_keys(keys, "destroyed before a restore"))
            after = (rows[-1]["stream"], rows[-1]["position"])
        if found:
            log.error("the key ring is older than the log: %s keys are destroyed again", found)
        return found

    async def _recovering(self) -> bool:
        async with self._engine.pool.acquire() as connection:
            progress = await self._engine.store.progress(connection)
        return any(row.recovering for row in progress.values())

    async def end_files(self) -> int:
        """Let received files go that were kept long enough; how many."""
        if self._rules.end is None:
            return 0
        before = self._rules.before(await self._doors.book())
        if before is None or before == self._none_before:
            return 0
        rows = await self._engine.pool.fetch(_OLD, before, AT_ONCE)
        if not rows:
            self._none_before = before
            return 0
        orders = [
            self._order(*self._rules.end(row), f"kept/{row['sha256']}/{row['received_on']}")
            for row in rows
        ]
        answers = await self._doors.handle(orders)
        return sum(answer.status == 200 for answer in answers)

    async def sweep(self) -> int:
        """Destroy the keys of all that is erased and heard back; how many times. What is held keeps back nobody else."""
        owned = sorted(self._owner.owned)
        done, after = 0, (-1, 0)
        while owned:
            rows = await self._engine.pool.fetch(_DUE, owned, *after, AT_ONCE)
            if rows:
                done += await self._destroy_all(rows)
                after = (rows[-1]["partition"], rows[-1]["position"])
            if len(rows) < AT_ONCE:
                break
        return done

    async def _destroy_all(self, rows: Sequence[Mapping[str, Any]]) -> int:
        async with self._engine.pool.acquire() as connection:
            progress = await self._engine.store.progress(connection)
        done = 0
        for row in rows:
            p = row["partition"]
            heard = progress[p].heard.get(f"{self._name}/{p}", 0) >= row["position"]
            # What is heard again may be long gone, and whoever came again has another key. So may it be where
            # somebody else owns the partition by now.
            if heard and not progress[p].recovering and p in self._owner.owned:
                done += await self._destroy(row)
        return done

    async def _destroy(self, row: Mapping[str, Any]) -> bool:
        if self._rules.held(row, await self._doors.book(row["partition"])):
            return False
        subjects = row["subjects"]
        for subject in subjects:
            await self._ring.destroy(subject, self._rules.reason)
        if not await self._removed(subjects):
            return False
        failpoint("erasing.destroyed")
        key_ids = await self._ring.gone(subjects)
        stream, command = self._rules.destroyed(row, key_ids)
        order = self._order(stream, command, f"destroyed/{stream}/{row['position']}")
        (answer,) = await self._doors.handle([order])
        if answer.status != 200:
            log.warning("keys are destroyed and their fact waits: %s", answer.code)
        return answer.status == 200

    async def _removed(self, subjects: Sequence[str]) -> bool:
        """Whether the bytes are gone as well; a file that cannot be taken away keeps back no other."""
        for subject in subjects:
            if subject.startswith(OBJECT):
                try:
                    await self._objects.remove(subject.removeprefix(OBJECT))
                except OSError as no:
                    log.warning("a kept file cannot be taken away: %s", no.strerror)
                    return False
        return True

    def _order(self, stream: str, command: Any, key: str) -> Order:
        scope, actor = Scope(self._doors.tenant), f"service:{self._name}"
        return Order(stream, command, key, b"", scope, actor)
