"""Rebuilding a service's tables from the log, and comparing them with a rebuild, from outside its process."""

from collections.abc import Callable
from importlib import import_module

from deploy.stack import Stack
from shared.log_reader import LogReader
from shared.pool import open_pool
from shared.rebuild import SWAP_SECONDS, Rebuild, Report
from shared.service import Service


def service_named(name: str) -> Service:
    """A service's wiring, found by its name only: nothing here knows what a service does."""
    found: Service = import_module(f"services.{name}.app").SERVICE
    return found


async def rebuild(
    stack: Stack,
    name: str,
    *,
    swap: bool,
    told: Callable[[int, int], None] = lambda _p, _n: None,
    swap_seconds: float = SWAP_SECONDS,
) -> Report:
    """Rebuild (and swap) or compare one service; it may run meanwhile, each partition waits `swap_seconds` at most."""
    service = service_named(name)
    pool = await open_pool(stack.dsn_of(name), size=4)
    try:
        async with LogReader(stack.bootstrap, stack.settings.topic) as reader:
            made = Rebuild(service, pool, reader, stack.settings.partitions, told, swap_seconds)
            return await (made.swap() if swap else made.compare())
    finally:
        await pool.close()
