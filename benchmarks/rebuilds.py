"""How fast a service's tables are made again from the log."""

import time
from typing import Any

from deploy.maintenance import rebuild
from deploy.stack import Stack

MEASURED = ("posting", "reporting", "coding")


async def rebuild_speed(stack: Stack) -> dict[str, Any]:
    """Events folded and written a second, one process, comparison included."""
    figures: dict[str, Any] = {}
    for service in MEASURED:
        started = time.monotonic()
        report = await rebuild(stack, service, swap=False)
        seconds = time.monotonic() - started
        figures[f"rebuild_events_per_second {service}"] = round(report.events / seconds)
        figures[f"rebuild_differences {service}"] = len(report.differences)
    return figures
