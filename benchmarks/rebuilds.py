"""How fast a service's tables are made again from the log: by one process, and by two that share its partitions."""

import time
from typing import Any

from benchmarks.measures import Told
from deploy.maintenance import rebuild
from deploy.rebuilders import Rebuilders
from deploy.stack import Stack
from shared.collecting import collect_rarely

MEASURED = ("posting", "adjudication_tracking", "reporting", "coding")
WORKERS = 2


async def rebuild_speed(stack: Stack, told: Told) -> dict[str, Any]:
    """Events folded and written a second, comparison included, as `claimlog rebuild --compare` does it."""
    collect_rarely()
    figures: dict[str, Any] = {}
    with Rebuilders(stack.settings, WORKERS) as others:
        await rebuild(stack, "reference", swap=False, others=others)  # Until both have started.
        for service in MEASURED:
            for workers in (1, WORKERS):
                by = "by one worker" if workers == 1 else f"by {workers} workers"
                told(f"rebuilding {service} {by}")
                started = time.monotonic()
                made = await rebuild(
                    stack, service, swap=False, others=others if workers > 1 else None
                )
                seconds = time.monotonic() - started
                figures[f"rebuild_events_per_second {service}, {by}"] = round(made.events / seconds)
                figures[f"rebuild_differences {service}, {by}"] = len(made.differences)
    return figures
