"""Clocks that are wrong: a day, more than a year, behind, and right again."""

import asyncio

from deploy.provision import SERVICES
from simulator.chance import Chance
from tests.faults.lab import Lab
from tests.faults.rows import row

DAY_SECONDS = 86_400
WRONG_SECONDS = (DAY_SECONDS, 400 * DAY_SECONDS, -DAY_SECONDS)


@row(
    16,
    "clocks",
    "a deadline, an order or a position that is taken from the clock of a machine instead of from events",
)
async def clocks(lab: Lab, chance: Chance) -> str:
    """Each service starts again with a clock that is a day ahead, 400 days ahead, or a day behind, by turns; then right."""
    try:
        changes = await lab.under_load(_go_wrong(lab, chance))
    finally:
        lab.stack.planted = {}
    return f"{changes} times a clock was set under load"


async def _go_wrong(lab: Lab, chance: Chance) -> int:
    changes = 0
    for n in range(1 if lab.brief else 3):
        wrong = {s: chance.pick(WRONG_SECONDS, "wrong", n, s) for s in SERVICES}
        lab.stack.planted = {s: {"FAULTS_CLOCK": str(seconds)} for s, seconds in wrong.items()}
        changes += await _all_again(lab, chance, n)
    lab.stack.planted = {}
    return changes + await _all_again(lab, chance, "right")


async def _all_again(lab: Lab, chance: Chance, name: object) -> int:
    order = sorted(SERVICES, key=lambda s: chance.below(1 << 30, "order", name, s))
    for service in order:
        await asyncio.to_thread(lab.services.end, f"{service}-0")
        lab.stack.again(service)
    await lab.ready(*(f"{s}-0" for s in SERVICES))
    return len(order)
