"""HTTP to the address of one service."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
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
        self._url = url
        self._session: aiohttp.ClientSession | None = None

    async def post(
        self,
        path: str,
        *,
        content: bytes | None,
        params: Mapping[str, Any] | None,
        headers: Mapping[str, str],
    ) -> Answer:
        """POST this body."""
        return await self._ask("POST", path, params=params, headers=headers, data=content)

    async def get(self, path: str, *, params: Mapping[str, Any] | None) -> Answer:
        """GET it."""
        return await self._ask("GET", path, params=params)

    async def aclose(self) -> None:
        """Give back connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _ask(self, method: str, path: str, **words: Any) -> Answer:
        if (
            self._session is None
        ):  # It belongs to the loop that runs, and there is none before the first request.
            self._session = aiohttp.ClientSession(
                self._url,
                connector=aiohttp.TCPConnector(limit=CONNECTIONS),
                timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
            )
        try:
            async with self._session.request(method, path, **words) as answer:
                return Answer(answer.status, await answer.read())
        except aiohttp.ClientError as lost:
            raise ConnectionError(type(lost).__name__) from lost
