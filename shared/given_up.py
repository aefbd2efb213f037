"""What is given up and not waited for: a driver asks a halted server to stop, too."""

import asyncio
from typing import Any

GIVEN_UP: "set[asyncio.Future[Any]]" = set()
"""What did not answer in time and is ending."""


def give_up(task: "asyncio.Future[Any]") -> None:
    """Cancel what has not ended, and hear how it ends."""
    if not task.done():
        task.cancel()
        GIVEN_UP.add(task)
        task.add_done_callback(_let_go)


def _let_go(task: "asyncio.Future[Any]") -> None:
    GIVEN_UP.discard(task)
    if not task.cancelled():
        task.exception()  # Heard, so that nobody complains of it later.
