"""The simulator's way in: HTTP clients of the services' doors, patient while a service restarts."""

import asyncio
from typing import Any

import msgspec

from simulator.client import Client

RETRIES = 240
WAIT_SECONDS = 0.25
"""A minute in all: as long as a service may take to come back on a machine that is busy."""
CHUNK = 250
LATER = frozenset({429, 500, 502, 503})
"""Answers that say nothing of what was asked: the same key again may be answered otherwise."""


class DoorClosed(Exception):
    """A door said no where the world expected a yes; the sentence is the door's own."""


class NotThere(DoorClosed):
    """A door knows no such thing (yet)."""


class Doors:
    """One client per service; `urls` by service name. `retries` says how patient it is."""

    def __init__(self, urls: dict[str, str], actor: str, retries: int = RETRIES) -> None:
        self.actor = actor
        self.retries = retries
        self._clients = {name: Client(url) for name, url in urls.items()}

    async def close(self) -> None:
        """Give back connections."""
        for client in self._clients.values():
            await client.aclose()

    async def post(
        self,
        service: str,
        path: str,
        key: str,
        json: Any = None,
        content: bytes | None = None,
        params: dict[str, str] | None = None,
        actor: str | None = None,
    ) -> Any:
        """POST until it is answered: the same key gives the same answer, so asking again is safe."""
        headers = {"Idempotency-Key": key, "X-Actor": actor or self.actor}
        if content is not None:
            headers["content-type"] = "application/octet-stream"
        elif json is not None:
            headers["content-type"] = "application/json"
            content = msgspec.json.encode(json)
        last = "no answer"
        for _ in range(self.retries):
            try:
                answer = await self._clients[service].post(
                    path, content=content, params=params, headers=headers
                )
            except OSError as lost:
                last = type(lost).__name__
            else:
                if answer.status_code < 400:
                    return answer.json()
                last = f"{answer.status_code} {answer.text[:300]}"
                if answer.status_code not in LATER:
                    raise DoorClosed(f"{service} {path}: {last}")
            await asyncio.sleep(WAIT_SECONDS)
        raise DoorClosed(f"{service} {path}: {last}")

    async def get(self, service: str, path: str, **params: Any) -> Any:
        """GET, with patience; NotThere when the door knows no such thing."""
        last = "no answer"
        for _ in range(self.retries):
            try:
                answer = await self._clients[service].get(path, params=params or None)
                if answer.status_code < 400:
                    return answer.json()
                last = f"{answer.status_code} {answer.text[:300]}"
                if answer.status_code == 404:
                    raise NotThere(f"{service} {path}: {last}")
            except OSError as lost:
                last = type(lost).__name__
            await asyncio.sleep(WAIT_SECONDS)
        raise DoorClosed(f"{service} {path}: {last}")

    async def post_all(
        self, service: str, path: str, key: str, name: str, items: list[Any]
    ) -> None:
        """Many items in requests of a bounded size, side by side; every item must be taken."""

        async def part(n: int) -> None:
            chunk = items[n : n + CHUNK]
            for _ in range(self.retries):
                answer = await self.post(service, path, f"{key}/{n}", {name: chunk})
                listed = (
                    answer
                    if isinstance(answer, list)
                    else next(v for v in answer.values() if isinstance(v, list))
                )
                no = [item for item in listed if item.get("status", 200) >= 400]
                if not no:
                    return
                if any(item["status"] not in LATER for item in no):
                    break
                await asyncio.sleep(WAIT_SECONDS)
            raise DoorClosed(f"{service} {path}: {no[0]}")

        await asyncio.gather(*(part(n) for n in range(0, len(items), CHUNK)))
