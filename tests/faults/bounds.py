"""Memory, descriptors and connections of each service, before and after: what a fault leaves behind must be bounded."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import asyncpg
import psutil

from deploy.provision import SERVICES
from deploy.stack import Stack

GROWN_BYTES = 150_000_000
"""How much more memory a service may hold after a fault than before it: batches differ, leaks add up."""
GROWN_DESCRIPTORS = 60
CONNECTIONS = 2 * (8 + 4)
"""Of a service's role for each of its instances: the pool and the key ring's, and as many not yet closed."""


@dataclass(frozen=True, slots=True)
class Held:
    """What the instances of one service hold together."""

    instances: int
    resident_bytes: int
    descriptors: int
    connections: int


async def held(stack: Stack) -> dict[str, Held]:
    """What each service holds now."""
    connection: Any = await asyncpg.connect(stack.pg_dsn)
    try:
        rows = await connection.fetch("select usename, count(*) from pg_stat_activity group by 1")
    finally:
        await connection.close()
    connections = Counter({row[0]: row[1] for row in rows})
    found: dict[str, Held] = {}
    for facts in stack.home.running():
        service = facts.get("service")
        if service not in SERVICES:
            continue
        process = psutil.Process(facts["pid"])
        memory, descriptors = process.memory_info().rss, process.num_fds()
        before = found.get(service, Held(0, 0, 0, connections[service]))
        found[service] = Held(
            before.instances + 1,
            before.resident_bytes + memory,
            before.descriptors + descriptors,
            before.connections,
        )
    return found


def grown(before: dict[str, Held], after: dict[str, Held]) -> list[str]:
    """Who holds more than it may; what is compared is an instance's mean."""
    told = []
    for service, now in after.items():
        was = before.get(service, now)
        memory = now.resident_bytes // now.instances - was.resident_bytes // was.instances
        if memory > GROWN_BYTES:
            told.append(f"{service} holds {memory // 1_000_000} MB more than before")
        more = now.descriptors // now.instances - was.descriptors // was.instances
        if more > GROWN_DESCRIPTORS:
            told.append(f"{service} holds {more} descriptors more than before")
        if now.connections > CONNECTIONS * now.instances:
            told.append(
                f"{service} holds {now.connections} connections with {now.instances} instances"
            )
    return told
