"""A halted database keeps nobody waiting who only asks, and a long question of a database that answers goes on."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from fastapi import APIRouter

from shared import questions
from shared.given_up import GIVEN_UP
from shared.http import app
from shared.questions import is_halted
from shared.service import Service

SERVICE = Service("coding", frozenset(), frozenset(), {}, lambda event, at: ())
LONG_SECONDS = 0.5


def routes() -> APIRouter:
    router = APIRouter()

    @router.get("/long")
    async def long() -> str:
        await asyncio.sleep(LONG_SECONDS)
        return "a large answer"

    @router.post("/long")
    async def command() -> str:
        await asyncio.sleep(LONG_SECONDS)
        return "done"

    return router


async def asked(method: str, halted: bool) -> tuple[httpx.Response, float]:
    async def ready() -> Mapping[str, Any]:
        return {}

    async def is_it() -> bool:
        return halted

    made = app(SERVICE, ready, routes(), is_it)
    transport = httpx.ASGITransport(app=made)
    started = time.monotonic()
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        return await client.request(method, "/long"), time.monotonic() - started


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(questions, "CONNECT_SECONDS", 0.2)


async def test_who_asks_a_halted_database_is_told_that_it_is_away() -> None:
    answer, seconds = await asked("GET", halted=True)
    assert (answer.status_code, answer.json()["code"]) == (503, "away")
    assert answer.headers["Retry-After"]
    assert seconds < LONG_SECONDS
    await asyncio.sleep(0.01)
    assert not GIVEN_UP


async def test_a_long_question_of_a_database_that_answers_is_waited_for() -> None:
    answer, _ = await asked("GET", halted=False)
    assert answer.json() == "a large answer"


async def test_a_command_is_not_given_up() -> None:
    answer, _ = await asked("POST", halted=True)
    assert answer.json() == "done"


async def test_a_server_that_takes_connections_and_says_nothing_is_halted() -> None:
    async def silent(_reader: Any, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(1)
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    started = time.monotonic()
    assert await is_halted(f"postgresql://somebody:x@127.0.0.1:{port}/claimlog?sslmode=disable")
    assert time.monotonic() - started < 0.9
    server.close()
