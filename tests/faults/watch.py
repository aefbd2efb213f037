"""What a supervisor does: a service that ends by itself is started again, and it is told which did and why."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator

from deploy.home import tail
from deploy.provision import SERVICES
from tests.faults.lab import Lab

LOOK_SECONDS = 0.5


class Watch:
    """Counts of services that ended by themselves."""

    def __init__(self) -> None:
        self.ended: Counter[str] = Counter()
        self.words: dict[str, str] = {}

    def __str__(self) -> str:
        if not self.ended:
            return "no service ended by itself"
        return f"{self.ended.total()} times a service ended by itself ({', '.join(sorted(self.ended))})"


@contextlib.asynccontextmanager
async def supervised(lab: Lab) -> AsyncIterator[Watch]:
    """For as long as it lasts, whoever ends is started again."""
    watch = Watch()
    watching = asyncio.create_task(_watch(lab, watch))
    try:
        yield watch
        if watching.done():
            watching.result()
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _watch(lab: Lab, watch: Watch) -> None:
    while True:
        await asyncio.to_thread(again, lab, watch)
        await asyncio.sleep(LOOK_SECONDS)


def again(lab: Lab, watch: Watch | None = None) -> None:
    """Start everybody who has ended."""
    for service in SERVICES:
        name = f"{service}-0"
        if lab.services.home.read_run(name) is None:
            if watch is not None:
                watch.ended[service] += 1
                watch.words[service] = tail(lab.services.home.log(name), 3)
            lab.stack.again(service)
