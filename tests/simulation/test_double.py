"""The double in memory keeps the promises that PostgreSQL keeps; `tests/kernel/test_double.py` asks PostgreSQL the same."""

from typing import Any

import asyncpg
import pytest

from shared.engine import Engine
from shared.rebuild import Rebuild
from shared.service import Service
from tests.kernel.fed import Fed, MemoryLog, Moment
from tests.kernel.house import House
from tests.kernel.toys import ALPHA, GAMMA
from tests.simulation.pool import MemoryConnection, MemoryPool
from tests.simulation.promises import Idle, KernelPromises, StorePromises
from tests.simulation.replay import MemoryRebuild
from tests.simulation.store import MemoryStore
from tests.simulation.tables import Database


class MemoryFed(Fed):
    """A fed service without PostgreSQL."""

    @classmethod
    async def begin(cls, service: Service, log: MemoryLog) -> "MemoryFed":
        """With empty tables."""
        pool, store = MemoryPool(Database(service.name)), MemoryStore(service)
        async with pool.acquire() as connection:
            await store.create(connection, log.partitions, "topic")
        return cls(Engine(service, pool, store, log.partitions, log.publish), log, "")

    def rebuild(self, meanwhile: Moment | None = None) -> Rebuild:
        engine = self.engine
        return MemoryRebuild(engine.service, engine.pool, self.log, meanwhile)


@pytest.fixture
async def house() -> House:
    """Alpha and gamma on one partition, in memory."""
    log = MemoryLog()
    return House(await MemoryFed.begin(ALPHA, log), await MemoryFed.begin(GAMMA, log))


@pytest.fixture
def idle() -> Idle:
    """The limit passes at once."""

    async def pass_by(connection: Any) -> None:
        assert isinstance(connection, MemoryConnection)
        connection.kill(asyncpg.IdleInTransactionSessionTimeoutError("idle in transaction"))

    return pass_by


class TestStore(StorePromises):
    """In memory."""


class TestKernel(KernelPromises):
    """In memory."""


async def test_a_statement_that_the_double_does_not_know_is_an_error(house: House) -> None:
    with pytest.raises(NotImplementedError, match="does not know: select 1"):
        await house.alpha.engine.pool.fetchval("select  1")
