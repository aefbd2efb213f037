"""A database that dies, throws sessions out, picks them as victims, or never tells what became of a COMMIT."""

import asyncio
from collections import Counter

from deploy.provision import SERVICES
from simulator.chance import Chance
from tests.faults.lab import Lab
from tests.faults.postgres_faults import Trouble
from tests.faults.proxied import ProxiedStack, make_proxied
from tests.faults.rows import row
from tests.faults.watch import supervised

BUSY = ("submission", "posting", "adjudication_tracking", "reporting", "coding")
TOLD = (
    "ConnectionDoesNotExistError",
    "AdminShutdownError",
    "DeadlockDetectedError",
    "SerializationError",
)
SECONDS = 30.0
LOST_BASIS_POINTS = 500


@row(
    8,
    "postgres",
    "work that was answered or published and not durable; a pool that never comes back; "
    "a batch that is applied twice because nobody looked whether it was",
)
async def postgres(lab: Lab, chance: Chance) -> str:
    """PostgreSQL is killed, or asked to go, and comes back on its data."""
    deaths = 1 if lab.brief else 4
    async with supervised(lab) as watch:
        down = await lab.under_load(_postgres(lab, chance, deaths))
    await lab.ready()
    return f"{deaths} deaths, {down:.0f} s without a database; {watch}"


async def _postgres(lab: Lab, chance: Chance, deaths: int) -> float:
    loop = asyncio.get_running_loop()
    down = 0.0
    for n in range(deaths):
        await lab.pauses(chance, "up", n, most_seconds=5.0)
        hard = chance.happens(7_000, "hard", n)
        gone_at = loop.time()
        await asyncio.to_thread(lab.stack.postgres.kill if hard else lab.stack.postgres.stop)
        await lab.pauses(chance, "down", n, most_seconds=chance.pick((1.0, 12.0), "long", n))
        await asyncio.to_thread(lab.stack.postgres.start)
        down += loop.time() - gone_at
    return down


@row(
    9,
    "backends",
    "an order in which locks are taken that is not everywhere the same; "
    "a failure of the database that is taken for one of the record, and parked",
)
async def backends(lab: Lab, chance: Chance) -> str:
    """Backends end in the midst of transactions, services are the victims of deadlocks and of outdated rows."""
    before = failures(lab)
    async with supervised(lab) as watch, Trouble(lab.stack.pg_dsn, chance) as trouble:
        ended, victims, outdated = await lab.under_load(_backends(lab, chance, trouble))
    told = failures(lab) - before
    found = await lab.fetch(
        " union all ".join(f'select count(*) from "{s}".parked' for s in SERVICES)
    )
    assert not sum(r[0] for r in found), "a record was parked for what the database did"
    if not lab.brief:
        assert victims and told["SerializationError"], f"nothing was provoked: {victims}, {told}"
    words = ", ".join(f"{n} {name}" for name, n in sorted(told.items()))
    return (
        f"{ended} backends ended, {victims} deadlocks, {outdated} rows outdated ({words}); {watch}"
    )


async def _backends(lab: Lab, chance: Chance, trouble: Trouble) -> tuple[int, int, int]:
    rounds = 2 if lab.brief else 8
    partitions = lab.stack.settings.partitions
    ended = victims = outdated = 0
    for n in range(rounds):
        ended += await trouble.terminate(3)
        service = chance.pick(BUSY, "deadlock", n)
        victims += await trouble.deadlock(service, partitions, n)
    isolated = chance.pick(BUSY, "isolated")
    await trouble.isolate(isolated, "repeatable read")
    try:
        for n in range(rounds):
            outdated += await trouble.outdate(isolated, chance.below(partitions, "outdated", n))
    finally:
        await trouble.isolate(isolated, "read committed")
    return ended, victims, outdated


def failures(lab: Lab) -> Counter[str]:
    """How often each failure of the database stands in the services' logs."""
    found: Counter[str] = Counter()
    for service in SERVICES:
        path = lab.services.home.log(f"{service}-0")
        text = path.read_text(errors="replace") if path.exists() else ""
        found.update({name: text.count(name) for name in TOLD if name in text})
    return found


@row(
    10,
    "commit",
    "an outcome that is guessed: a command answered with yes and not committed, or committed and done again; "
    "a batch that is published and not committed",
    make_stack=make_proxied,
)
async def commit(lab: Lab, chance: Chance) -> str:
    """One COMMIT in twenty meets a cut: it was done and nobody hears, or it was never said. The outcome is looked up."""
    assert isinstance(lab.stack, ProxiedStack)
    proxy = lab.stack.to_postgres
    proxy.chance = chance
    seconds = 6.0 if lab.brief else SECONDS

    async def both_were_met() -> bool:
        return bool(proxy.seen["committed and not told"] and proxy.seen["not committed"])

    async def cutting() -> None:
        proxy.basis_points = LOST_BASIS_POINTS
        await asyncio.sleep(seconds)
        # A slow machine commits little in that time.
        await lab.until(
            both_were_met, "a COMMIT met a cut before it was said, and one after it was done"
        )
        proxy.basis_points = 0

    async with supervised(lab) as watch:
        await lab.under_load(cutting(), encounters=16)
    await lab.ready()
    told, never = proxy.seen["committed and not told"], proxy.seen["not committed"]
    return f"{told} COMMITs were done and not told, {never} not done; {watch}"
