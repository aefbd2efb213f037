"""HTTP to one address for little: connections stay open, and each carries one request at a time."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httptools
import msgspec

CONNECTIONS = 100
"""More requests than that wait for one that ends."""
ANSWER_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a door said."""

    status_code: int
    content: bytes

    @property
    def text(self) -> str:
        """The body, as read by people."""
        return self.content.decode(errors="replace")

    def json(self) -> Any:
        """The body, as a value."""
        return msgspec.json.decode(self.content)


class Client:
    """Requests to the address `url`. OSError when a request was not answered: nobody knows whether it was heard."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._address = parts.netloc
        self._idle: list[_Connection] = []
        self._room = asyncio.Semaphore(CONNECTIONS)

    async def post(
        self,
        path: str,
        *,
        content: bytes | None,
        params: Mapping[str, Any] | None,
        headers: Mapping[str, str],
    ) -> Answer:
        """POST this body."""
        body = content or b""
        return await self._ask("POST", path, params, {**headers, "content-length": str(len(body))}, body)

    async def get(self, path: str, *, params: Mapping[str, Any] | None) -> Answer:
        """GET it."""
        return await self._ask("GET", path, params, {}, b"")

    async def aclose(self) -> None:
        """Give back connections."""
        while self._idle:
            self._idle.pop().close()

    async def _ask(
        self, method: str, path: str, params: Mapping[str, Any] | None, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        target = f"{path}?{urlencode(params, quote_via=quote)}" if params else path
        named = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"{method} {target} HTTP/1.1\r\nhost: {self._address}\r\n{named}\r\n"
        async with self._room, asyncio.timeout(ANSWER_SECONDS):
            connection = await self._connected()
            try:
                answer = await connection.ask(head.encode() + body)
            except BaseException:
                connection.close()
                raise
        if connection.open:
            self._idle.append(connection)
        else:
            connection.close()
        return answer

    async def _connected(self) -> "_Connection":
        while self._idle:
            if (idle := self._idle.pop()).open:
                return idle
        loop = asyncio.get_running_loop()
        transport, connection = await loop.create_connection(_Connection, self._host, self._port)
        connection.transport = transport
        return connection


class _Connection(asyncio.Protocol):
    """One connection, one request at a time; httptools calls `on_body` and `on_message_complete`."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.open = True
        self._parser = httptools.HttpResponseParser(self)
        self._body: list[bytes] = []
        self._answer: asyncio.Future[Answer] | None = None

    def ask(self, request: bytes) -> asyncio.Future[Answer]:
        """The answer to come."""
        self._answer = asyncio.get_running_loop().create_future()
        self._body = []
        self.transport.write(request)
        return self._answer

    def close(self) -> None:
        """Let go of it, whatever is under way."""
        self.open = False
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Part of an answer."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as failure:
            self.connection_lost(failure)

    def on_body(self, body: bytes) -> None:
        """Part of an answer's body."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """All of an answer."""
        self.open = self._parser.should_keep_alive()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(Answer(self._parser.get_status_code(), b"".join(self._body)))

    def connection_lost(self, failure: Exception | None) -> None:
        """What was asked and not answered stays so."""
        self.open = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionResetError("the connection ended before the answer"))
