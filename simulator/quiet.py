"""Whether anything is still on its way between the services."""

import asyncio

from simulator.doors import Doors

LOOK_SECONDS = 0.1


async def _standing_still(doors: Doors, services: tuple[str, ...]) -> list[int]:
    """How far all of them are and how much they have said; empty while one is behind, or its words are on their way."""
    rows = await asyncio.gather(*(doors.get(service, "/progress") for service in services))
    places = [[p["next_offset"] for p in progress] for progress in rows]
    on_its_way = any(p["unheard"] or p.get("day_work") for progress in rows for p in progress)
    if on_its_way or any(place != places[0] for place in places):
        return []
    return [*places[0], *(sum(p["said"] for p in progress) for progress in rows)]


async def quiet(doors: Doors, services: tuple[str, ...], seconds: float, *, looks: int = 2) -> bool:
    """Wait until so many looks in a row show all services at one place of the log, with nothing on its way.

    False when they are not quiet in that time. A file that is being handed over is on no log yet: look more often
    where that matters.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    before: list[int] = []
    alike = 0
    while True:
        now = await _standing_still(doors, services)
        alike = (alike + 1 if now == before else 1) if now else 0
        before = now
        if alike >= looks:
            return True
        if loop.time() > deadline:
            return False
        await asyncio.sleep(LOOK_SECONDS)
