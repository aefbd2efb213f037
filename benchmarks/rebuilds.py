"""How fast services' tables are made again from the log: one service alone, and two side by side."""

import asyncio
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from benchmarks.measures import Told
from deploy.maintenance import rebuild, service_named
from deploy.stack import Stack
from shared.rebuild import Report
from shared.settings import Settings

MEASURED = ("posting", "reporting", "coding")
SIDE_BY_SIDE = ("posting", "reporting")


async def rebuild_speed(stack: Stack, told: Told) -> dict[str, Any]:
    """Events folded and written a second, comparison included: by one process a service, then two processes at once."""
    figures: dict[str, Any] = {}
    for service in MEASURED:
        told(f"rebuilding {service}")
        started = time.monotonic()
        report = await rebuild(stack, service, swap=False)
        seconds = time.monotonic() - started
        figures[f"rebuild_events_per_second {service}"] = round(report.events / seconds)
        figures[f"rebuild_differences {service}"] = len(report.differences)
    told(f"rebuilding {' and '.join(SIDE_BY_SIDE)} at once")
    figures["rebuild_events_per_second, two services side by side"] = await asyncio.to_thread(_two, stack)
    return figures


def _two(stack: Stack) -> int:
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        list(pool.map(_ready, SIDE_BY_SIDE))
        started = time.monotonic()
        reports = list(pool.map(_one, [stack.settings] * 2, SIDE_BY_SIDE))
        return round(sum(r.events for r in reports) / (time.monotonic() - started))


def _ready(service: str) -> None:
    """A worker has started and imported what it needs."""
    service_named(service)
    time.sleep(1.0)  # So that each of them takes one.


def _one(settings: Settings, service: str) -> Report:
    return asyncio.run(rebuild(Stack(settings), service, swap=False))
