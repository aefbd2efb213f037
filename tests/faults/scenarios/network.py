"""A network between services, broker and database that is slow, chops, keeps silent, or forgets to say that it is gone."""

import asyncio
from collections.abc import Awaitable, Callable

from simulator.chance import Chance
from tests.faults.lab import Lab
from tests.faults.proxied import ProxiedStack, make_proxied
from tests.faults.proxy import FAIR, Proxy, Weather
from tests.faults.rows import row
from tests.faults.watch import Watch, supervised

WEATHERS = (
    Weather(latency_ms=40, jitter_ms=60),
    Weather(latency_ms=5, jitter_ms=20, slice_bytes=97),
    Weather(jitter_ms=5, slice_bytes=1_021, cut_after_bytes=400_000),
)
HOLE_SECONDS = (3, 10, 25)
"""Shorter than any limit, longer than a session of the group, longer than every lock's."""
SILENT_SECONDS = 12.0
SHARE = 5_000


@row(
    18,
    "weather",
    "a reader that takes what arrives at once for one message; a limit of time that a slow network alone exceeds; "
    "a connection that breaks in the midst of a record and is trusted",
    make_stack=make_proxied,
)
async def weather(lab: Lab, chance: Chance) -> str:
    """Latency with jitter, bytes in small pieces, cuts in the midst of anything, on both ways at once."""
    order = sorted(WEATHERS, key=lambda w: chance.below(1 << 30, "order", w))
    seconds = 5.0 if lab.brief else 12.0

    async def blow() -> None:
        for one in order:
            for proxy in _both(lab):
                proxy.weather = one
            await asyncio.sleep(seconds)
        for proxy in _both(lab):
            proxy.weather = FAIR

    return await _through(lab, chance, blow)


@row(
    18,
    "blackhole",
    "a wait without an end: a service that hangs for ever on a connection that neither answers nor breaks; "
    "a partition that is held by somebody whom nobody can reach",
    make_stack=make_proxied,
)
async def blackhole(lab: Lab, chance: Chance) -> str:
    """Nothing passes to the broker, the database or both for a while; connections stand and say nothing."""

    async def fall_silent() -> None:
        for n in range(1 if lab.brief else 3):
            await lab.pauses(chance, "fair", n, most_seconds=4.0)
            which = chance.pick(((0,), (1,), (0, 1)), "which", n)
            chosen = [_both(lab)[i] for i in which]
            for proxy in chosen:
                await asyncio.to_thread(_stack(lab).proxies.do, proxy.swallow())
            await asyncio.sleep(3 if lab.brief else chance.pick(HOLE_SECONDS, "how long", n))
            for proxy in chosen:
                await asyncio.to_thread(_stack(lab).proxies.do, proxy.release())

    return await _through(lab, chance, fall_silent)


@row(
    18,
    "half-open",
    "a pool that gives out dead connections without an end; a consumer that waits for a broker that forgot it",
    make_stack=make_proxied,
)
async def half_open(lab: Lab, chance: Chance) -> str:
    """Half of the connections lose their server and are not told; others are cut."""

    async def forget() -> None:
        for n in range(1 if lab.brief else 3):
            await lab.pauses(chance, "fair", n, most_seconds=4.0)
            proxy = _both(lab)[chance.below(2, "which", n)]
            await asyncio.to_thread(_stack(lab).proxies.do, proxy.half_open(SHARE))
            await asyncio.sleep(SILENT_SECONDS / (4 if lab.brief else 1))
            other = _both(lab)[chance.below(2, "cut", n)]
            await asyncio.to_thread(_stack(lab).proxies.do, other.cut(SHARE))

    return await _through(lab, chance, forget)


async def _through(lab: Lab, chance: Chance, fault: Callable[[], Awaitable[None]]) -> str:
    for proxy in _both(lab):
        proxy.chance = chance

    async def doing() -> None:
        await fault()

    async with supervised(lab) as watch:
        await lab.under_load(doing())
        await lab.ready(seconds=240.0)
    return _seen(lab, watch)


def _seen(lab: Lab, watch: Watch) -> str:
    told = []
    for proxy, name in zip(_both(lab), ("broker", "database"), strict=True):
        words = ", ".join(f"{n} {what}" for what, n in sorted(proxy.seen.items()))
        told.append(f"{name}: {words or 'untouched'}")
    return f"{'; '.join(told)}; {watch}"


def _both(lab: Lab) -> tuple[Proxy, Proxy]:
    return _stack(lab).to_kafka, _stack(lab).to_postgres


def _stack(lab: Lab) -> ProxiedStack:
    assert isinstance(lab.stack, ProxiedStack)
    return lab.stack
