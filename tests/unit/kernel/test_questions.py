"""A halted database keeps nobody waiting who only asks, and a long question of a database that answers goes on."""

import asyncio
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
FOR_EVER_SECONDS = 3_600.0
LIMIT_SECONDS = 60.0


def routes(seconds: float) -> APIRouter:
    router = APIRouter()

    @router.get("/long")
    async def long() -> str:
        await asyncio.sleep(seconds)
        return "a large answer"

    @router.post("/long")
    async def command() -> str:
        await asyncio.sleep(seconds)
        return "done"

    return router


async def asked(method: str, halted: bool, seconds: float = LONG_SECONDS) -> httpx.Response:
    async def ready() -> Mapping[str, Any]:
        return {}

    async def is_it() -> bool:
        return halted

    made = app(SERVICE, ready, routes(seconds), is_it)
    transport = httpx.ASGITransport(app=made)
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        return await client.request(method, "/long")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(questions, "CONNECT_SECONDS", 0.2)


async def test_who_asks_a_halted_database_is_told_that_it_is_away() -> None:
    async with asyncio.timeout(LIMIT_SECONDS):
        answer = await asked("GET", halted=True, seconds=FOR_EVER_SECONDS)
    assert (answer.status_code, answer.json()["code"]) == (503, "away")
    assert answer.headers["Retry-After"]
    async with asyncio.timeout(LIMIT_SECONDS):
        while GIVEN_UP:
            await asyncio.sleep(0.01)


async def test_a_long_question_of_a_database_that_answers_is_waited_for() -> None:
    answer = await asked("GET", halted=False)
    assert answer.json() == "a large answer"


async def test_a_command_is_not_given_up() -> None:
    answer = await asked("POST", halted=True)
    assert answer.json() == "done"


async def test_a_server_that_takes_connections_and_says_nothing_is_halted() -> None:
    over = asyncio.Event()

    async def silent(_reader: Any, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with asyncio.timeout(LIMIT_SECONDS):
        assert await is_halted(f"postgresql://somebody:x@127.0.0.1:{port}/claimlog?sslmode=disable")
    over.set()
    server.close()
