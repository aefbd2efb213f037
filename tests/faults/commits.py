"""A proxy that reads PostgreSQL's protocol: it knows a COMMIT when one passes, and may keep its outcome to itself."""

import asyncio
from collections.abc import Callable
from weakref import WeakKeyDictionary

from simulator.chance import Chance
from tests.faults.proxy import Link, Proxy

COMMIT = b"Q\x00\x00\x00\x0cCOMMIT;\x00"
"""A simple query, as the driver ends a transaction."""
ANSWER_SECONDS = 20.0


class Frames:
    """What a client says, message by message: the first ones have no type (an encryption request, the startup)."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._started = False

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that are whole now."""
        self._held += data
        whole: list[bytes] = []
        while True:
            head = 1 if self._started else 0
            if len(self._held) < head + 4:
                return whole
            size = head + int.from_bytes(self._held[head : head + 4])
            if len(self._held) < size:
                return whole
            message = bytes(self._held[:size])
            del self._held[:size]
            if not self._started and message[4:8] == b"\x00\x03\x00\x00":
                self._started = True
            whole.append(message)


class CommitProxy(Proxy):
    """Cuts connections at COMMIT: after it was done, before the answer; or before it was said.

    `basis_points` of the COMMITs meet one of the two, by turns of the seed. Nothing happens while it is 0.
    """

    def __init__(self, target: Callable[[], tuple[str, int]], chance: Chance) -> None:
        super().__init__(target, chance)
        self.basis_points = 0
        self._frames: WeakKeyDictionary[Link, Frames] = WeakKeyDictionary()
        self._mute: WeakKeyDictionary[Link, asyncio.Event] = WeakKeyDictionary()
        self._commits = 0

    async def pass_on(
        self, link: Link, way: str, data: bytes, writer: asyncio.StreamWriter
    ) -> None:
        """As any bytes, but for a COMMIT that the seed picks."""
        if way == "down":
            if link in self._mute:
                self._mute[link].set()
                return
            await super().pass_on(link, way, data, writer)
            return
        plain = bytearray()
        for message in self._frames.setdefault(link, Frames()).feed(data):
            if message == COMMIT and self._picked():
                if plain:
                    await super().pass_on(link, way, bytes(plain), writer)
                await self._keep(link, message, writer)
                return
            plain += message
        if plain:
            await super().pass_on(link, way, bytes(plain), writer)

    def _picked(self) -> bool:
        self._commits += 1
        return self.chance.happens(self.basis_points, "commit", self._commits)

    async def _keep(self, link: Link, message: bytes, writer: asyncio.StreamWriter) -> None:
        if self.chance.below(2, "done", self._commits):
            self._mute[link] = asyncio.Event()
            writer.write(message)
            await writer.drain()
            await asyncio.wait_for(self._mute[link].wait(), ANSWER_SECONDS)
            self.seen["committed and not told"] += 1
        else:
            self.seen["not committed"] += 1
        link.cut()
