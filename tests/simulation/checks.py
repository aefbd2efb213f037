"""What must be so after every run, whatever happened in it and whatever it was about."""

import random
from collections import deque
from typing import Any

import msgspec

from shared.envelope import ROUTING, read_route
from shared.errors import Malformed, Stopped
from shared.streams import kind_of
from tests.kernel.fed import MemoryLog
from tests.simulation.pool import MemoryPool
from tests.simulation.replay import MemoryRebuild
from tests.simulation.store import row_of
from tests.simulation.world import World


async def check(world: World) -> None:
    """Adds to the world's violations."""
    for name in world.services:
        _outbox_stands_in_the_log(world, name)
        _everything_was_heard(world, name)
        _timers_are_those_of_the_states(world, name)
        await _replay_gives_the_same(world, name)
        await _a_log_filled_anew_gives_the_same(world, name)
    _the_log_holds_nothing_else(world)
    world.play.check(world, world.broken)


def _outbox_stands_in_the_log(world: World, name: str) -> None:
    said = world.databases[name].tables["outbox"]
    stands = {
        (p, bytes(dict(record.headers)[ROUTING]), record.key, record.value)
        for p, records in world.log.records.items()
        for record in records
    }
    last: dict[tuple[int, int], int] = {}
    ids = set()
    for (source, target, position), row in sorted(said.items()):
        if position != last.get((source, target), 0) + 1:
            world.broken(f"{name}/{source} to {target} has no position before {position}")
        last[source, target] = position
        if (target, row.header, row.stream.encode(), row.value) not in stands:
            world.broken(f"{name}/{source} to {target}: position {position} is not in the log")
        if (row.event_id, target) in ids:
            world.broken(f"{name} said {row.wire} twice with one id")
        ids.add((row.event_id, target))
    for p, progress in world.progress(name).items():
        channels = {t: n for (s, t), n in last.items() if s == p}
        if channels != {t: n for t, n in progress.sent.items() if n}:
            world.broken(f"{name}/{p} gave out other positions than its outbox holds")
        numbers = sorted(
            s for source, s in world.databases[name].tables["outbox_seq"] if source == p
        )
        if numbers != list(range(1, progress.last_seq + 1)):
            world.broken(f"{name}/{p}: the outbox has holes in its own order")


def _everything_was_heard(world: World, name: str) -> None:
    for p, progress in world.progress(name).items():
        for other in world.services:
            for source, row in world.progress(other).items():
                heard, said = progress.heard.get(f"{other}/{source}", 0), row.sent.get(p, 0)
                if heard != said:
                    world.broken(
                        f"{name}/{p} heard {heard} of the {said} that {other}/{source} said"
                    )


def _timers_are_those_of_the_states(world: World, name: str) -> None:
    service, tables = world.services[name], world.databases[name].tables
    wanted = set()
    for stream, row in tables["state"].items():
        decider = service.deciders[kind_of(stream)]
        if decider.timers is not None:
            state = msgspec.msgpack.decode(row[4], type=decider.state)
            wanted |= {(stream, what) for what in decider.timers(state)}
    if wanted != set(tables["due"]):
        world.broken(f"{name} waits for {wanted}, its timers are {set(tables['due'])}")


def _the_log_holds_nothing_else(world: World) -> None:
    for p, records in world.log.records.items():
        for record in records:
            try:
                route = read_route(record.headers)
            except Malformed:
                continue
            name, _, source = route.producer.partition("/")
            if name in world.databases:
                key = (int(source), p, route.position)
                if key not in world.databases[name].tables["outbox"]:
                    world.broken(f"the log holds {key} of {name}, which was never committed")


async def _replay_gives_the_same(world: World, name: str) -> None:
    service = world.services[name]
    pool = MemoryPool(world.databases[name])
    rebuild = MemoryRebuild(service, pool, world.log)
    try:
        for found in (await rebuild.compare()).differences:
            world.broken(f"a replay of {name} gives other rows: {found}")
    except Stopped as stop:
        world.broken(f"{name} cannot be replayed: {stop}")


async def _a_log_filled_anew_gives_the_same(world: World, name: str) -> None:
    log, database = _filled_anew(world), world.databases[name]
    for p, progress in world.progress(name).items():
        progress.refilled = True
        database.tables["progress"][p] = row_of(progress)
    rebuild = MemoryRebuild(world.services[name], MemoryPool(database), log)
    try:
        for found in (await rebuild.compare()).differences:
            world.broken(f"a log filled anew gives other rows of {name}: {found}")
    except Stopped as stop:
        world.broken(f"{name} cannot be replayed from a log filled anew: {stop}")


def _filled_anew(world: World) -> MemoryLog:
    """Each producer's records in their order, and between producers in another: as after a lost topic."""
    rng, log = random.Random(world.options.seed), MemoryLog(world.log.partitions)
    for p, records in world.log.records.items():
        queues: dict[str, deque[Any]] = {}
        for record in records:
            queues.setdefault(_producer(record), deque()).append(record)
        while queues:
            producer = rng.choice(sorted(queues))
            for _ in range(min(rng.randint(1, 9), len(queues[producer]))):
                record = queues[producer].popleft()
                log.put(record.key, record.value, record.headers, p)
            if not queues[producer]:
                del queues[producer]
    return log


def _producer(record: Any) -> str:
    try:
        return read_route(record.headers).producer
    except Malformed:
        return ""
