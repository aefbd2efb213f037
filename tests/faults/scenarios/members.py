"""Members of a group that freeze, come by the dozen, and go: one partition never has two owners that count."""

import asyncio
import re
import signal

import httpx
import psutil

from simulator.chance import Chance
from tests.faults.lab import Lab
from tests.faults.rows import row

FROZEN_SECONDS = (10, 60)
"""By turns: longer than a session of the group, and longer than every limit of the database."""
INSIDE = ("batch.locked", "batch.applied", "batch.before_commit")
AFTER, PUBLISHING = ("batch.after_commit",), ("relay.before_publish", "relay.after_publish")
SILENT = "reporting"
"""It says nothing, so nothing of it is published."""
BUSY = ("submission", "posting", "adjudication_tracking", "reporting", "eligibility", "coding")
MOST_MEMBERS = 8
AWAKE_SECONDS = 3.0
TAKE_OVER_SECONDS = 60.0


@row(
    3,
    "freeze",
    "a zombie that commits or publishes after another member took over; a lock that a frozen process keeps",
)
async def freeze(lab: Lab, chance: Chance) -> str:
    """SIGSTOP in and out of a transaction, another member takes over, SIGCONT."""
    service = chance.pick(BUSY, "victim")
    inside = chance.below(2, "inside") == 0
    outside = AFTER if service == SILENT else AFTER + PUBLISHING
    point = chance.pick(INSIDE if inside else outside, "where")
    seconds = FROZEN_SECONDS[0] if lab.brief else chance.pick(FROZEN_SECONDS, "how long")
    took = await lab.under_load(
        _freeze(lab, service, f"{point}:{1 + chance.below(5, 'pass')}", seconds)
    )
    where = "in" if inside else "out of"
    return f"{service} froze {where} a transaction ({point}) for {seconds} s; taken over after {took:.0f} s"


async def _freeze(lab: Lab, service: str, point: str, seconds: int) -> float:
    first, second = f"{service}-0", f"{service}-1"
    await asyncio.to_thread(lab.services.end, first)
    lab.stack.again(service, failpoint=f"{point}:stop")
    process = psutil.Process(lab.services.facts(first)["pid"])

    async def stopped() -> bool:
        return process.status() == psutil.STATUS_STOPPED

    await lab.until(stopped, f"{service} froze at {point}")
    loop = asyncio.get_running_loop()
    frozen_at = loop.time()
    lab.stack.again(service, "1")

    async def taken_over() -> bool:
        return await owned(lab, second) == lab.stack.settings.partitions

    await lab.until(taken_over, f"another member of {service} took over", TAKE_OVER_SECONDS)
    took = loop.time() - frozen_at
    await asyncio.sleep(max(seconds - took, 0))
    process.send_signal(signal.SIGCONT)
    await asyncio.sleep(AWAKE_SECONDS)  # A zombie has time to do harm.
    await asyncio.to_thread(lab.services.end, second, signal.SIGKILL)
    await _back_to_one(lab, service)
    return took


async def _back_to_one(lab: Lab, service: str) -> None:
    """The first instance serves alone: started again if what it woke up to made it end."""
    if lab.services.home.read_run(f"{service}-0") is None:
        lab.stack.again(service)

    async def all_owned() -> bool:
        if lab.services.home.read_run(f"{service}-0") is None:
            lab.stack.again(service)
        return await owned(lab, f"{service}-0") == lab.stack.settings.partitions

    await lab.until(all_owned, f"{service}-0 owns every partition", TAKE_OVER_SECONDS)


async def owned(lab: Lab, name: str) -> int:
    """How many partitions an instance says that it owns; 0 when it says nothing."""
    facts = lab.services.home.read_run(name)
    if facts is None:
        return 0
    try:
        async with httpx.AsyncClient(timeout=3) as client:
            told = (await client.get(f"{facts['url']}/metrics")).text
    except httpx.HTTPError:
        return 0
    found = re.search(r"^claimlog_partitions\{[^}]*\} ([0-9.]+)", told, re.MULTILINE)
    return int(float(found[1])) if found else 0


@row(
    17,
    "storm",
    "work lost or done twice while partitions move; connections that members leave behind",
)
async def storm(lab: Lab, chance: Chance) -> str:
    """One service goes from nobody to eight members and back to one, each change while the last still settles."""
    service = chance.pick(BUSY, "victim")
    members = 3 if lab.brief else MOST_MEMBERS
    changes = await lab.under_load(_storm(lab, chance, service, members))
    return f"{service} from 0 to {members} members and to 1, {changes} changes"


async def _storm(lab: Lab, chance: Chance, service: str, members: int) -> int:
    await asyncio.to_thread(lab.services.end, f"{service}-0")
    changes = 1
    for n in range(members):
        lab.stack.again(service, str(n))
        await lab.pauses(chance, "comes", n, most_seconds=3.0)
        changes += 1
    await lab.ready(*(f"{service}-{n}" for n in range(members)))
    going = sorted(range(1, members), key=lambda n: chance.below(1 << 30, "goes", n))
    for n in going:
        hard = chance.happens(5_000, "hard", n)
        sign = signal.SIGKILL if hard else signal.SIGTERM
        await asyncio.to_thread(lab.services.end, f"{service}-{n}", sign)
        await lab.pauses(chance, "gone", n, most_seconds=2.0)
        changes += 1
    await _back_to_one(lab, service)
    return changes
