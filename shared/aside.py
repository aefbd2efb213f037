"""Long work beside the event loop, so that a process answers and hears on meanwhile."""

import asyncio
import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Made = TypeVar("Made")
SWITCH_SECONDS = 0.0005
"""How long the loop waits for its turn beside such work: Python's own 5 ms, at every step of a request, is a standstill."""


def switch_often() -> None:
    """For processes that do long work aside. Where one thread works alone it costs nothing."""
    sys.setswitchinterval(SWITCH_SECONDS)


async def aside(work: Callable[Given, Made], *args: Given.args, **kwargs: Given.kwargs) -> Made:
    """What the work gives or raises. It is done in another thread: it may touch nothing that the loop works on."""
    return await asyncio.to_thread(work, *args, **kwargs)
