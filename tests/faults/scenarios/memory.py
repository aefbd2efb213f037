"""Memory that runs out: a service that may have no more of it, for a while, in the midst of its work."""

import asyncio
import contextlib

import psutil

from deploy.provision import SERVICES
from simulator.chance import Chance
from tests.faults.lab import Lab
from tests.faults.rows import row
from tests.faults.watch import supervised

SLACK_MB = 16
"""Up to so much more than it has a service may still take."""
SHORT_SECONDS = 6.0
RESTED_SECONDS = 4.0


@row(
    19,
    "memory",
    "a batch half applied where memory ran out; a process that neither works nor ends, which nobody would start again",
)
async def memory(lab: Lab, chance: Chance) -> str:
    """A service may take no more memory: it works on, or ends and is started again, and nothing is half done."""
    victims = [chance.pick(SERVICES, "victim", n) for n in range(2 if lab.brief else 8)]
    async with supervised(lab) as watch:
        await lab.under_load(_run_short(lab, chance, victims))
        await asyncio.sleep(RESTED_SECONDS)
        await lab.ready()
    return f"{len(victims)} services ran short of memory; {watch}"


async def _run_short(lab: Lab, chance: Chance, victims: list[str]) -> None:
    for n, victim in enumerate(victims):
        await lab.pauses(chance, n)
        found = lab.services.home.read_run(f"{victim}-0")
        if found is None:  # It ended a moment ago and is about to be started again.
            continue
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(found["pid"])
            slack = (1 + chance.below(SLACK_MB, "slack", n)) << 20
            most = process.memory_info().vms + slack
            process.rlimit(psutil.RLIMIT_AS, (most, psutil.RLIM_INFINITY))
            await asyncio.sleep(SHORT_SECONDS)
            process.rlimit(psutil.RLIMIT_AS, (psutil.RLIM_INFINITY, psutil.RLIM_INFINITY))
        await asyncio.sleep(RESTED_SECONDS)
