"""Who connects and says nothing, or says it drop by drop, is let go; who waits for an answer is not hurried."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
import uvicorn
from fastapi import APIRouter, Request

from shared import http, listening
from shared.service import Service

SERVICE = Service("coding", frozenset(), frozenset(), {}, lambda event, at: ())
HEAD = b"POST /files HTTP/1.1\r\nHost: door\r\nContent-Length: 4\r\n\r\n"
SHORT_SECONDS = 0.6
Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def routes() -> APIRouter:
    router = APIRouter()

    @router.post("/files")
    async def files(request: Request) -> int:
        return len(await request.body())

    @router.get("/long")
    async def long() -> str:
        await asyncio.sleep(3 * SHORT_SECONDS)
        return "done"

    return router


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    async def ready() -> Mapping[str, Any]:
        return {}

    monkeypatch.setattr(listening, "HEAD_SECONDS", SHORT_SECONDS)
    monkeypatch.setattr(http, "BODY_SECONDS", SHORT_SECONDS)
    made = http.app(SERVICE, ready, routes())
    config = uvicorn.Config(
        made, port=0, http=listening.Connection, log_config=None, lifespan="off"
    )
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    yield server.servers[0].sockets[0].getsockname()[1]
    await server.shutdown()


async def spoken(port: int, *pieces: bytes, every: float = 0.0) -> bytes:
    """All that comes back until they close the line; we never do."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = asyncio.ensure_future(reader.read())
    for piece in pieces:
        if answer.done():
            break
        writer.write(piece)
        await asyncio.sleep(every)
    heard = await asyncio.wait_for(answer, 60 * SHORT_SECONDS)
    writer.close()
    return heard


async def test_who_connects_and_says_nothing_is_let_go(port: int) -> None:
    assert await spoken(port) == b""


async def test_a_head_that_comes_drop_by_drop_is_not_waited_for(port: int) -> None:
    drops = [HEAD[n : n + 1] for n in range(len(HEAD))]
    assert await spoken(port, *drops, every=SHORT_SECONDS / 5) == b""


async def test_empty_lines_before_a_request_hold_no_line(port: int) -> None:
    assert await spoken(port, *[b"\r\n"] * 50, every=SHORT_SECONDS / 5) == b""


async def test_a_head_without_end_is_not_held(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "HEAD_SECONDS", 60.0)
    start = HEAD.removesuffix(b"\r\n")
    assert await spoken(port, start, b"X-Long: " + bytes(b"a" * listening.HEAD_BYTES)) == b""


async def test_a_body_that_comes_too_slowly_is_refused_and_its_line_is_closed(port: int) -> None:
    said = await spoken(port, HEAD, b"IS", every=SHORT_SECONDS / 5)
    assert said.startswith(b"HTTP/1.1 408 ") and b'"code":"request_timeout"' in said


async def test_a_body_has_the_time_that_its_length_takes_on_a_slow_line(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "BODY_BYTES_PER_SECOND", 0.2 / SHORT_SECONDS)
    said = await spoken(port, HEAD + b"I", *[b"S", b"A", b"*"], every=SHORT_SECONDS / 2)
    assert said.startswith(b"HTTP/1.1 200 ")


async def test_who_waits_for_an_answer_is_not_hurried(port: int) -> None:
    ask = b"GET /long HTTP/1.1\r\nHost: door\r\nConnection: close\r\n\r\n"
    assert (await spoken(port, ask)).endswith(b'"done"')


async def test_a_line_that_is_kept_hears_the_next_request(port: int) -> None:
    ask = b"GET /livez HTTP/1.1\r\nHost: door\r\n\r\n"
    said = await spoken(port, ask, ask[:9], ask[9:], b"GET ", every=SHORT_SECONDS / 3)
    assert said.count(b"200 OK") == 2
