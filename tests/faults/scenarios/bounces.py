"""Services that end and come back: asked to, one after the other, or all at once."""

import asyncio
import signal

from deploy.provision import SERVICES
from simulator.chance import Chance
from tests.faults.lab import Lab
from tests.faults.rows import row

POLL_RECORDS = 2_000
"""`max_records`: what one poll may hold, and so what one end may leave to be said again."""


@row(
    2,
    "terminate",
    "a service that throws away its batch when asked to end, or says more than one batch again when it is back",
)
async def terminate(lab: Lab, chance: Chance) -> str:
    """SIGTERM in the midst of work: it ends by itself, and leaves at most one batch to be said again."""
    victims = [chance.pick(SERVICES, "victim", n) for n in range(3 if lab.brief else 12)]
    before = await repeats(lab)
    took = await lab.under_load(_terminate(lab, chance, victims))
    await lab.drained()
    again = await repeats(lab) - before
    most = POLL_RECORDS * len(victims)
    assert again <= most, f"{again} records were said again after {len(victims)} ends"
    return f"{len(victims)} services ended within {took:.1f} s, {again} records said again"


async def _terminate(lab: Lab, chance: Chance, victims: list[str]) -> float:
    slowest = 0.0
    for n, victim in enumerate(victims):
        await lab.pauses(chance, n)
        took = await asyncio.to_thread(lab.services.end, f"{victim}-0", signal.SIGTERM)
        slowest = max(slowest, took)
        lab.stack.again(victim)
        await lab.ready(f"{victim}-0")
    return slowest


async def repeats(lab: Lab) -> int:
    """Records in the log beyond those of the outboxes: everything that was said more than once."""
    from shared import admin

    ends = await asyncio.to_thread(admin.ends, lab.stack.bootstrap, lab.stack.settings.topic)
    said = 0
    for service in SERVICES:
        (found,) = await lab.fetch(f'select count(*) from "{service}".outbox')
        said += found[0]
    return sum(ends.values()) - said


@row(
    6,
    "rolling",
    "a hand-over between old and new processes that loses, doubles or reorders; a service that needs another to start",
)
async def rolling(lab: Lab, chance: Chance) -> str:
    """Every service bounced in a random order, three times, cleanly or by SIGKILL."""
    rounds = 1 if lab.brief else 3
    hard = await lab.under_load(_roll(lab, chance, rounds))
    return f"{rounds} rounds over {len(SERVICES)} services, {hard} ends of them kills"


async def _roll(lab: Lab, chance: Chance, rounds: int) -> int:
    hard = 0
    for n in range(rounds):
        order = sorted(SERVICES, key=lambda s: chance.below(1 << 30, "order", n, s))
        for service in order:
            name = f"{service}-0"
            if chance.happens(5_000, "hard", n, service):
                hard += 1
                await asyncio.to_thread(lab.services.kill, name)
            else:
                await asyncio.to_thread(lab.services.end, name)
            lab.stack.again(service)
            await lab.pauses(chance, n, service, most_seconds=0.5)
        await lab.ready(*(f"{s}-0" for s in SERVICES))
    return hard
