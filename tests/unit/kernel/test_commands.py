"""Commands that wait together: what is not the fault of one of them is told to all at once."""

import asyncio
from datetime import date
from types import SimpleNamespace
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from shared import commands
from shared.commands import AWAY, Commands
from shared.http import IdempotencyKey
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


async def test_a_command_that_fails_by_itself_fails_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool = Pool(asyncpg.NumericValueOutOfRangeError())
    answers = await _handled(pool, 3, monkeypatch)
    assert [answer.status for answer in answers] == [422] * 3
    assert pool.asked == 1 + 3


def order(door: str, key: str = "key-1", body: bytes = b"1 cent") -> Order:
    return Order("account/7", None, key, body, Scope(), "person", door=door)


def told(one: Order, known: dict[str, tuple[bytes, bytes]]) -> tuple[int, bool]:
    """Status and whether it is the first answer once more."""
    engine: Any = SimpleNamespace()
    batch: Any = SimpleNamespace(
        obey=lambda o: Answer(200, o.stream), loaded=SimpleNamespace(now=None)
    )
    (answer,), _ = Commands(engine)._obey_all(batch, [one], known)
    return answer.status, answer.again


def test_a_key_belongs_to_the_door_at_which_it_was_used() -> None:
    known: dict[str, tuple[bytes, bytes]] = {}
    assert told(order("/accounts/A/write-offs"), known) == (200, False)
    assert told(order("/accounts/A/write-offs"), known) == (200, True)
    assert told(order("/accounts/A/write-offs/take-back"), known) == (409, False)
    assert told(order("/accounts/B/write-offs"), known) == (409, False)


def test_a_key_that_an_older_version_kept_is_known_by_its_body() -> None:
    known: dict[str, tuple[bytes, bytes]] = {}
    assert told(order(""), known) == (200, False)
    assert told(order("/accounts/A/write-offs"), known) == (200, True)
    assert told(order("/accounts/A/write-offs", body=b"2 cents"), known) == (409, False)


async def test_a_command_is_of_the_door_whose_caller_gave_its_key() -> None:
    async def doors_of(path: str) -> list[str]:
        found = []

        async def door(key: IdempotencyKey) -> dict[str, bool]:
            orders = [order("", key=made) for made in (key, f"{key}/0", f"{key}0", "another")]
            found.extend(commands._at_its_door(one).door for one in orders)
            return {}

        made = FastAPI()
        made.add_api_route(path, door, methods=["POST"])
        transport = httpx.ASGITransport(app=made)
        async with httpx.AsyncClient(transport=transport, base_url="http://door") as caller:
            await caller.post(path, headers={"Idempotency-Key": "k"})
        return found

    assert await asyncio.create_task(doors_of("/claims/1/void")) == [
        "/claims/1/void",
        "/claims/1/void",
        "",
        "",
    ]
    assert await asyncio.create_task(doors_of("/files/ab/redrive")) == ["", "", "", ""]
