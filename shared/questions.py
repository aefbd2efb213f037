"""Questions while PostgreSQL is halted: it keeps its connections and answers nothing, and no one who asks waits for that."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import asyncpg
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.given_up import give_up

log = logging.getLogger("claimlog.questions")

PATIENCE_SECONDS = 3.0
"""A question that takes longer may be a large one, or nobody answers: it is time to look."""
CONNECT_SECONDS = 2.0
Halted = Callable[[], Awaitable[bool]]


class Questions:
    """Around every question: the long ones go on as long as the database answers others."""

    def __init__(self, app: ASGIApp, halted: Halted, away: ASGIApp) -> None:
        self._app, self._halted, self._away = app, halted, away

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. A command is not given up: whether it was done is known when the database is back."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        begun = given_up = False

        async def heard(message: Message) -> None:
            nonlocal begun
            if not given_up:
                begun = True
                await send(message)

        task = asyncio.ensure_future(self._app(scope, receive, heard))
        try:
            while not (await asyncio.wait({task}, timeout=PATIENCE_SECONDS))[0]:
                if not begun and await self._halted() and not begun and not task.done():
                    given_up = True
                    log.error("the database does not answer: a question was given up")
                    await self._away(scope, receive, send)
                    return
            await task
        finally:
            give_up(task)


async def is_halted(dsn: str) -> bool:
    """Whether nobody answers there in time, not even with a no."""
    try:
        connection = await asyncpg.connect(dsn, timeout=CONNECT_SECONDS)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        return False
    except (OSError, TimeoutError):
        return True
    connection.terminate()
    return False
