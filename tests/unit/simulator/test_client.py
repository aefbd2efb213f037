"""The outside world's client: connections are kept while they live, and what is not answered is said so."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from simulator import client
from simulator.client import Client

FINE = b'HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n{"a": 1}'


class Door:
    """A server that answers the nth request with `answer(n)`, ends the connection after b"", and is silent after None."""

    def __init__(self, answer: Callable[[int], bytes | None]) -> None:
        self.answer = answer
        self.heard: list[bytes] = []
        self.connections = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        while head := await reader.read(100_000):
            self.heard.append(head)
            said = self.answer(len(self.heard))
            if said is None:
                continue
            writer.write(said)
            if not said.endswith(b"}"):
                break
        writer.close()


@asynccontextmanager
async def asking(answer: Callable[[int], bytes | None]) -> AsyncIterator[tuple[Client, Door]]:
    """A door that answers so, and a client of it."""
    door = Door(answer)
    server = await asyncio.start_server(door, "127.0.0.1", 0)
    made = Client(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        yield made, door
    finally:
        await made.aclose()
        server.close()


async def test_requests_one_after_another_share_a_connection() -> None:
    async with asking(lambda _: FINE) as (made, door):
        got = await made.get("/denials", params={"state": "open", "owner": "a b&c"})
        posted = await made.post("/x", content=b"body", params=None, headers={"X-Actor": "bench"})
    assert (got.status_code, got.json(), posted.text) == (200, {"a": 1}, '{"a": 1}')
    assert door.connections == 1
    assert door.heard[0].startswith(b"GET /denials?state=open&owner=a+b%26c HTTP/1.1\r\n")
    assert door.heard[1].startswith(b"POST /x HTTP/1.1\r\n")
    assert b"\r\nX-Actor: bench\r\n" in door.heard[1] and door.heard[1].endswith(b"\r\n\r\nbody")


async def test_requests_at_the_same_time_have_a_connection_each_up_to_a_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client, "CONNECTIONS", 3)
    async with asking(lambda _: FINE) as (made, door):
        await asyncio.gather(*(made.get("/", params=None) for _ in range(9)))
    assert (len(door.heard), door.connections) == (9, 3)


async def test_a_connection_that_the_door_ended_meanwhile_is_not_asked_again() -> None:
    ended = FINE.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n")
    async with asking(lambda n: ended if n == 1 else FINE) as (made, door):
        assert (await made.get("/", params=None)).status_code == 200
        assert (await made.get("/", params=None)).status_code == 200
    assert door.connections == 2


@pytest.mark.parametrize("said", [b"", FINE[:-4], b"SSH-2.0-door\r\n"])
async def test_half_an_answer_none_and_another_language_are_errors(said: bytes) -> None:
    async with asking(lambda n: said if n == 1 else FINE) as (made, _):
        with pytest.raises(OSError):
            await made.post("/", content=b"{}", params=None, headers={})
        assert (await made.get("/", params=None)).status_code == 200


async def test_a_door_that_stays_silent_is_left_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "ANSWER_SECONDS", 0.05)
    async with asking(lambda _: None) as (made, _):
        with pytest.raises(TimeoutError):
            await made.get("/", params=None)


async def test_an_address_where_nobody_listens_is_an_error() -> None:
    async with asking(lambda _: FINE) as (made, _):
        pass
    with pytest.raises(OSError):
        await made.get("/", params=None)
