"""A member that starts while others are at work waits its turn, and does not end for having lost one."""

from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from shared import run


class Busy:
    """A store whose tables others are at work on: the first time it is the victim of a deadlock."""

    def __init__(self) -> None:
        self.asked = 0

    async def create(self, connection: Any, partitions: int, topic_id: str) -> None:
        self.asked += 1
        if self.asked == 1:
            raise asyncpg.DeadlockDetectedError

    @asynccontextmanager
    async def acquire(self) -> Any:
        yield self

    async def execute(self, statement: str) -> None:
        assert "hand_over" in statement


async def test_the_victim_of_a_deadlock_asks_again_for_its_tables() -> None:
    busy: Any = Busy()
    await run._patiently(lambda: run._tables(busy, busy, 12, "topic"))
    assert busy.asked == 2
