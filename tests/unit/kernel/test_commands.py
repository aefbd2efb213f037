"""Commands that wait together: what is not the fault of one of them is told to all at once."""

import asyncio
from datetime import date
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest

from shared import commands
from shared.commands import AWAY, Commands
from shared.service import Answer, Order, Scope


class Pool:
    """A pool whose every connection fails."""

    def __init__(self, failure: Exception) -> None:
        self.failure = failure
        self.asked = 0

    def acquire(self) -> Any:
        self.asked += 1
        raise self.failure


async def _handled(pool: Pool, count: int, monkeypatch: pytest.MonkeyPatch) -> list[Answer]:
    async def at_once(_seconds: float) -> None:
        return None

    monkeypatch.setattr(commands.asyncio, "sleep", at_once)
    engine: Any = SimpleNamespace(writing=asyncio.Lock(), pool=pool, partitions=12)
    orders = [
        Order(f"account/{n}", None, f"key-{n}", b"", Scope(), "person", date(2026, 1, 5))
        for n in range(count)
    ]
    return await Commands(engine).handle(orders)


async def test_commands_are_not_tried_one_by_one_while_the_database_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool = Pool(ConnectionRefusedError())
    answers = await _handled(pool, 100, monkeypatch)
    assert {(answer.status, answer.sentence) for answer in answers} == {(503, AWAY)}
    assert pool.asked == 8


async def test_a_command_that_fails_by_itself_fails_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = Pool(asyncpg.NumericValueOutOfRangeError())
    answers = await _handled(pool, 3, monkeypatch)
    assert [answer.status for answer in answers] == [422] * 3
    assert pool.asked == 1 + 3
