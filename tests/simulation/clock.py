"""Virtual time: the loop never waits, it moves its clock to the next timer; every task knows whose it is."""

import asyncio
import contextvars
import selectors
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from shared import failpoints, parking, rebuild, relay, restore, shell, work
from tests.simulation.faults import FAILPOINT
from tests.simulation.outside import make_virtual

EPOCH = datetime(2026, 1, 5, 8, tzinfo=UTC)
OWNER: contextvars.ContextVar[Any] = contextvars.ContextVar("owner", default=None)
"""The process whose task this is; None for the world outside."""


class _Selector(selectors.SelectSelector):
    loop: "VirtualLoop"

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("everybody waits for somebody: nothing can ever happen again")
        self.loop.now += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """No socket, no thread, no waiting: what is ready runs in the order in which it became ready."""

    def __init__(self) -> None:
        self.now = 0.0
        selector = _Selector()
        selector.loop = self
        super().__init__(selector)
        self.set_task_factory(_owned)

    def time(self) -> float:
        return self.now


def _owned(loop: Any, coro: Any, context: Any = None) -> asyncio.Task[Any]:
    task = asyncio.Task(coro, loop=loop, context=context)
    owner = context[OWNER] if context is not None and OWNER in context else OWNER.get()
    if owner is not None:
        owner.tasks.append(task)
    return task


def _pass(name: str) -> None:
    FAILPOINT.get()(name)


@contextmanager
def virtual_time(day_chunk: int) -> Iterator[VirtualLoop]:
    """A loop in virtual time, and a kernel that reads no other clock and no other chance."""
    loop = VirtualLoop()

    class Now(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return EPOCH + timedelta(seconds=loop.now)

    with pytest.MonkeyPatch.context() as patch:
        for module in (parking, rebuild, restore, shell):
            patch.setattr(module, "datetime", Now)
        patch.setattr(relay, "time", SimpleNamespace(monotonic=loop.time))
        make_virtual(patch, loop.time)
        patch.setattr(shell, "traceparent_for", lambda cause=None: "")
        patch.setattr(work, "DAY_CHUNK", day_chunk)
        patch.setattr(failpoints, "_armed", {"simulation": (0, False)})
        patch.setattr(failpoints, "_pass", _pass)
        try:
            yield loop
        finally:
            for task in asyncio.all_tasks(loop):
                task.cancel()
            loop.set_exception_handler(lambda *_: None)
            loop.run_until_complete(asyncio.sleep(0))
            loop.close()
