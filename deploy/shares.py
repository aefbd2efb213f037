"""What one process does for a rebuild: some partitions of a service, one after the other."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module

from deploy.stack import Stack
from shared.log_reader import LogReader
from shared.pool import open_pool
from shared.rebuild import Rebuild, Report
from shared.service import Service

Told = Callable[[int, int], None]
"""Hears of partitions made and events so far."""


@dataclass(frozen=True, slots=True)
class Share:
    """Partitions of a service that one process makes again; put in place, each within a limit of time, or compared.

    `made` names the tables of the rebuild that it is a share of.
    """

    service: str
    partitions: Sequence[int]
    swap: bool
    swap_seconds: float
    made: int = 0


def service_named(name: str) -> Service:
    """A service's wiring, found by its name only: nothing here knows what a service does."""
    found: Service = import_module(f"services.{name}.app").SERVICE
    return found


@asynccontextmanager
async def begin(stack: Stack, share: Share, told: Told) -> AsyncIterator[Rebuild]:
    """Its connections, as long as it takes."""
    service, chosen = service_named(share.service), stack.settings
    pool = await open_pool(stack.dsn_of(share.service), size=4)
    try:
        async with LogReader(stack.bootstrap, chosen.topic) as reader:
            yield Rebuild(service, pool, reader, chosen.partitions, told, share.swap_seconds)
    finally:
        await pool.close()


async def make_share(stack: Stack, share: Share, told: Told) -> Report:
    """These partitions of a rebuild that somebody else began."""
    async with begin(stack, share, told) as made:
        made.beside.made = share.made
        return await made.make(share.partitions, swap=share.swap)
