"""SIGKILL at every boundary there is, while claims come and go."""

import asyncio
import itertools

from deploy.provision import SERVICES
from shared.failpoints import REGISTRY
from simulator.chance import Chance
from tests.faults.lab import Lab
from tests.faults.rows import row
from tests.journeys.deaths import REBUILD, Deaths, points_of
from tests.journeys.erasing import erase_somebody

BRIEF_POINTS = 2
LIMIT_SECONDS = 600.0
BRIEF_LIMIT_SECONDS = 40.0
MOST_PASSES = 4
STRANGER_SECONDS = 5.0
RARE = ("keyring.", "handover.", "park.", "day.", "erasing.")
"""What is passed a few times a day at most: the first pass kills."""


def dying(chance: Chance, brief: bool) -> dict[str, list[str]]:
    """Every place of every service in an order and at a pass that the seed chooses; some of them when brief."""
    found = {}
    for service in SERVICES:
        points = sorted(
            points_of(service), key=lambda p: chance.below(1 << 30, "order", service, p)
        )
        found[service] = [
            point
            if point.startswith(RARE)
            else f"{point}:{1 + chance.below(MOST_PASSES, service, point)}"
            for point in (points[:BRIEF_POINTS] if brief else points)
        ]
    return found


@row(
    1,
    "kill",
    "work that is neither done nor undone when its process dies: a commit without its publication, "
    "an answer given and forgotten, a file handed over twice or never",
)
async def kill(lab: Lab, chance: Chance) -> str:
    """Every service dies at each of its failpoints and comes back, under load."""
    deaths = Deaths(lab.stack, dying(chance, lab.brief))
    left = await lab.under_load(_die(lab, deaths), encounters=14)
    await lab.ready(*(f"{s}-0" for s in SERVICES))
    await lab.drained()
    await lab.discard_parked()
    met = {point.partition(":")[0] for points in deaths.died.values() for point in points}
    never = sorted(set(REGISTRY) - met - set(REBUILD))
    if not lab.brief:
        assert not never, f"nobody died at {', '.join(never)}"
    died = sum(map(len, deaths.died.values()))
    waited = ", ".join(f"{s} at {p}" for s, p in left.items())
    return f"{died} deaths at {len(met)} places" + (f"; not reached: {waited}" if left else "")


async def _die(lab: Lab, deaths: Deaths) -> dict[str, str]:
    await deaths.begin()
    watching = asyncio.create_task(deaths.watch())
    troubling = asyncio.create_task(_rare_work(lab))
    limit = BRIEF_LIMIT_SECONDS if lab.brief else LIMIT_SECONDS
    try:
        await asyncio.wait(
            [watching, troubling], timeout=limit, return_when=asyncio.FIRST_COMPLETED
        )
        for task in (watching, troubling):
            if task.done():
                task.result()
    finally:
        watching.cancel()
        troubling.cancel()
        await asyncio.gather(watching, troubling, return_exceptions=True)
    return await deaths.leave()


async def _rare_work(lab: Lab) -> None:
    """What the world never brings: records to park, code sets that are sealed, and people who are erased."""
    for n in itertools.count():
        await lab.stranger()
        name = f"LAB{lab.days_done}x{n}"
        params = {"name": name, "version": "1", "effective_from": "2026-01-01"}
        data = name.encode()
        await lab.doors.post("reference", "/code-sets", f"lab/{name}", content=data, params=params)
        await erase_somebody(lab.doors, lab.world.books, name, lab.days[0])
        await asyncio.sleep(STRANGER_SECONDS)
