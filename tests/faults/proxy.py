"""TCP proxies between services and their broker or database: slow, chopped, silent, half-open or cut on demand.

They run in a thread of their own, so that they stand before the engines start and go on while a laboratory is busy.
"""

import asyncio
import contextlib
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from deploy.home import free_port
from simulator.chance import Chance

CHUNK = 65_536
END_SECONDS = 5.0
HIGH_WATER = 262_144
Given = TypeVar("Given")


@dataclass(frozen=True, slots=True)
class Weather:
    """What happens to bytes on their way: milliseconds, and bytes per piece (0: as they come)."""

    latency_ms: int = 0
    jitter_ms: int = 0
    slice_bytes: int = 0
    cut_after_bytes: int = 0
    """A connection is cut when so many bytes have passed in one direction; 0 never."""


FAIR = Weather()


def reset(side: asyncio.StreamWriter) -> None:
    """Close it with a reset, not with an end."""
    inner = side.get_extra_info("socket")
    if inner is not None and inner.fileno() >= 0:
        inner.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    side.transport.abort()


class Link:
    """One connection through a proxy, both of its sides."""

    def __init__(
        self,
        number: int,
        client: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        server: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        self.number = number
        self.from_client, self.to_client = client
        self.from_server, self.to_server = server
        self.deaf = False
        """Its server is gone and its client was never told: everything it says is thrown away."""
        self.passed: Counter[str] = Counter()

    def cut(self) -> None:
        """Both sides at once, without a farewell, as the system does it for a process that was killed."""
        for side in (self.to_client, self.to_server):
            reset(side)


class Proxy:
    """Listens on `port` and goes to `target()`, (host, port) as it is then."""

    def __init__(self, target: Callable[[], tuple[str, int]], chance: Chance) -> None:
        self.target = target
        self.chance = chance
        self.port = 0
        self.weather = FAIR
        self.links: set[Link] = set()
        self.seen: Counter[str] = Counter()
        self._numbers = 0
        self._listening: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._passing = asyncio.Event()

    # -- on the loop of the proxies ----------------------------------------------------------------------

    async def listen(self) -> None:
        """From now on."""
        self._passing.set()
        self.port = free_port()
        self._listening = await asyncio.start_server(self._come, "127.0.0.1", self.port)

    async def leave(self) -> None:
        """Nothing is left: no listener, no connection."""
        if self._listening is not None:
            self._listening.close()
        for link in list(self.links):
            link.cut()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def cut(self, basis_points: int = 10_000) -> int:
        """Cut this share of the connections; how many."""
        chosen = self._chosen(basis_points, "cut")
        for link in chosen:
            link.cut()
        self.seen["cut"] += len(chosen)
        return len(chosen)

    async def half_open(self, basis_points: int = 10_000) -> int:
        """The server's side of this share is closed, and its client is not told; how many."""
        chosen = self._chosen(basis_points, "half open")
        for link in chosen:
            link.deaf = True
            reset(link.to_server)
        self.seen["left half-open"] += len(chosen)
        return len(chosen)

    async def swallow(self) -> None:
        """A black hole: connections are taken and stay, and nothing passes until `release`."""
        self._passing.clear()
        self.seen["black holes"] += 1

    async def release(self) -> None:
        """What waited in the black hole goes on its way."""
        self._passing.set()

    def _chosen(self, basis_points: int, what: str) -> list[Link]:
        n = self.seen[what]
        alive = [link for link in self.links if not link.deaf]
        return [one for one in alive if self.chance.happens(basis_points, what, n, one.number)]

    async def _come(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._numbers += 1
        number = self._numbers
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._passing.wait()
            server = await asyncio.open_connection(*self.target())
            link = Link(number, (reader, writer), server)
            self.links.add(link)
            try:
                await self._both_ways(link)
            finally:
                link.cut()
                self.links.discard(link)
        except OSError:
            self.seen["nobody there"] += 1
        finally:
            reset(writer)
            self._tasks.discard(task)

    async def _both_ways(self, link: Link) -> None:
        ways = {
            asyncio.create_task(self._pump(link, "up", link.from_client, link.to_server)),
            asyncio.create_task(self._pump(link, "down", link.from_server, link.to_client)),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            if link.deaf:  # The client's side stands until the client gives up.
                await asyncio.wait(ways)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _pump(
        self, link: Link, way: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                await self._passing.wait()
                if way == "up" and link.deaf:
                    continue
                await self.pass_on(link, way, data, writer)
                limit = self.weather.cut_after_bytes
                link.passed[way] += len(data)
                if limit and link.passed[way] > limit:
                    self.seen["cut after bytes"] += 1
                    link.cut()

    async def pass_on(
        self, link: Link, way: str, data: bytes, writer: asyncio.StreamWriter
    ) -> None:
        """Bytes on their way, in the weather of the moment."""
        now = self.weather
        step = now.slice_bytes or len(data)
        for start in range(0, len(data), step):
            delay = now.latency_ms
            if now.jitter_ms:
                self.seen["pieces"] += 1
                delay += self.chance.below(now.jitter_ms, "jitter", self.seen["pieces"])
            if delay and start == 0:
                await asyncio.sleep(delay / 1_000)
            writer.write(data[start : start + step])
            if now.slice_bytes:
                await asyncio.sleep(0)  # Each piece is a write of its own.
        await writer.drain()


Of = TypeVar("Of", bound=Proxy)


class Proxies:
    """The thread in which proxies run."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._all: list[Proxy] = []

    def do(self, work: Coroutine[Any, Any, Given]) -> Given:
        """Have it done there; what it gives."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def add(self, proxy: Of) -> Of:
        """It listens."""
        self.do(proxy.listen())
        self._all.append(proxy)
        return proxy

    def close(self) -> None:
        """All of them leave, and the thread ends."""
        for proxy in self._all:
            self.do(proxy.leave())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(END_SECONDS)
        self._loop.close()
