"""An administrator who does harm: ends backends in the midst of a transaction, deadlocks with them, changes what they wait for."""

import asyncio
from types import TracebackType
from typing import Any

import asyncpg

from deploy.provision import SERVICES
from simulator.chance import Chance

WAIT_SECONDS = 20.0
LOOK_SECONDS = 0.02
PATIENT = "set deadlock_timeout = '30s'"
"""Who asks later notices later: the other one is the victim."""
IN_WORK = (
    "select pid from pg_stat_activity where usename = any($1) and xact_start is not null "
    "and state in ('active', 'idle in transaction')"
)
WAITING_FOR_US = (
    "select a.pid from pg_stat_activity a where pg_backend_pid() = any(pg_blocking_pids(a.pid))"
)


class Trouble:
    """One administrator's sessions: `look` sees, `hold` holds locks."""

    def __init__(self, dsn: str, chance: Chance) -> None:
        self.dsn = dsn
        self.chance = chance
        self.look: Any = None
        self.hold: Any = None

    async def __aenter__(self) -> "Trouble":
        self.look = await asyncpg.connect(self.dsn)
        self.hold = await asyncpg.connect(self.dsn)
        await self.hold.execute(PATIENT)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for connection in (self.look, self.hold):
            await connection.close()

    async def terminate(self, count: int) -> int:
        """End so many backends, each seen in the midst of a transaction; how many it was in the time there is."""
        ended = 0
        deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
        while ended < count and asyncio.get_running_loop().time() < deadline:
            rows = await self.look.fetch(IN_WORK, list(SERVICES))
            if rows:
                pid = self.chance.pick(rows, "victim", ended)[0]
                ended += await self.look.fetchval("select pg_terminate_backend($1)", pid)
            await asyncio.sleep(LOOK_SECONDS)
        return ended

    async def deadlock(self, service: str, partitions: int, name: object) -> bool:
        """Hold a high partition until the service waits for it, then ask for what it holds; whether it was the victim."""
        high = 1 + self.chance.below(partitions - 1, "high", name)
        transaction = self.hold.transaction()
        await transaction.start()
        before = await self._deadlocks()
        try:
            await self._lock(service, [high])
            waits = await self._waits_for_us()
            if waits:
                await self._lock(service, list(range(high)))
        except (asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError):
            pass  # Now and then it is us after all.
        finally:
            await transaction.rollback()
        return await self._deadlocks() > before

    async def outdate(self, service: str, partition: int) -> bool:
        """Change a row while the service waits for it; whether it waited."""
        transaction = self.hold.transaction()
        await transaction.start()
        await self.hold.execute(
            f'update "{service}".progress set version = version where partition = $1', partition
        )
        waits = await self._waits_for_us(seconds=3.0)
        await transaction.commit()
        return waits

    async def isolate(self, service: str, level: str) -> None:
        """Sessions of the service that begin from now on are of this isolation; those that are, end."""
        await self.look.execute(
            f"alter role \"{service}\" set default_transaction_isolation = '{level}'"
        )
        await self.look.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = $1", service
        )

    async def _lock(self, service: str, partitions: list[int]) -> None:
        await self.hold.execute("set local lock_timeout = '6s'")
        await self.hold.fetch(
            f'select partition from "{service}".progress where partition = any($1::int[]) '
            "order by partition desc for update",
            partitions,
        )

    async def _waits_for_us(self, seconds: float = 5.0) -> bool:
        pid = self.hold.get_server_pid()
        sql = WAITING_FOR_US.replace("pg_backend_pid()", str(pid))
        deadline = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < deadline:
            if await self.look.fetch(sql):
                return True
            await asyncio.sleep(LOOK_SECONDS)
        return False

    async def _deadlocks(self) -> int:
        await self.look.execute("select pg_stat_force_next_flush()")
        await self.look.execute("select pg_stat_clear_snapshot()")
        found = await self.look.fetchval(
            "select deadlocks from pg_stat_database where datname = current_database()"
        )
        return int(found)
