"""Tables that are made again while claims go on, by somebody who dies at it."""

import asyncio
import signal

from deploy.maintenance import rebuild
from deploy.provision import SERVICES
from simulator.chance import Chance
from tests.faults.lab import Lab
from tests.faults.rows import row
from tests.journeys.deaths import REBUILD, rebuild_dies


@row(
    21,
    "rebuild",
    "a rebuild that leaves tables of two ages, or its own half-made tables in the way of the next",
)
async def die_rebuilding(lab: Lab, chance: Chance) -> str:
    """A rebuild dies in a partition that the seed chooses, before and after the swap; the next one is whole."""
    picked = sorted(SERVICES, key=lambda s: chance.below(1 << 30, "order", s))
    services = picked[: 1 if lab.brief else 3]
    rows = await lab.under_load(_rebuild(lab, chance, services))
    return f"rebuilds of {', '.join(services)} died twice each; {rows:,} events rebuilt afterwards"


async def _rebuild(lab: Lab, chance: Chance, services: list[str]) -> int:
    events = 0
    for service in services:
        for point in REBUILD:
            nth = 1 + chance.below(lab.stack.settings.partitions, service, point)
            code = await asyncio.to_thread(rebuild_dies, lab.stack, service, point, nth)
            assert code == -signal.SIGKILL, f"the rebuild of {service} at {point} ended with {code}"
        report = await rebuild(lab.stack, service, swap=True)
        events += report.events
    return events
