"""The connections of a process: one whose request does not come is closed, so that nobody holds them all."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0
"""From the first byte, or from connecting, to the last header; whoever only waits for an answer is not hurried."""
HEAD_BYTES = 65_536


class Connection(HttpToolsProtocol):
    """One connection: the head of each request comes in time and is of a size, or there is no more to it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._late: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        self._wait()

    def data_received(self, data: bytes) -> None:
        """More of a head or a body; what stands behind an answer is the next head."""
        if self.cycle is None or self.cycle.response_complete:
            self._wait()
        super().data_received(data)
        if self._late is not None:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self.timeout_keep_alive_handler()

    def on_headers_complete(self) -> None:
        """The head is there; how long the body may take is the guard's."""
        self._wait_no_more()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """They left."""
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._late is None:
            self._late = self.loop.call_later(HEAD_SECONDS, self.timeout_keep_alive_handler)

    def _wait_no_more(self) -> None:
        if self._late is not None:
            self._late.cancel()
        self._late, self._head_bytes = None, 0
