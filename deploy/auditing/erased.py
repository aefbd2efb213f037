"""Whose key is gone, and that the log says why: what was erased stays so, and nothing else was."""

from collections.abc import Collection
from typing import Any

import asyncpg

from deploy.auditing.result import Result, without
from deploy.shares import service_named
from deploy.stack import Stack
from shared.pool import CONNECT_SECONDS

NAME, PROMISE = (
    "erased for good",
    "the keys of whom and of what was erased are gone, and no other key is",
)
_SAID = "select stream, unnest(key_ids) as key_id from {service}.erasure"
_GONE = "select key_id from keyring.data_keys where destroyed_at is not null"


async def check_erased(
    connection: Any, stack: Stack, services: Collection[str], late: Collection[str] = ()
) -> Result:
    """What the services state beside what the key ring has; nothing of those that are `late`."""
    erasing = [s for s in services if service_named(s).erasing is not None]
    said: dict[str, str] = {}
    for service in erasing:
        if service not in late:
            said |= {
                row["key_id"]: row["stream"]
                for row in await connection.fetch(_SAID.format(service=service))
            }
    ring: Any = await asyncpg.connect(stack.dsn_of("keyring"), timeout=CONNECT_SECONDS)
    try:
        gone = {row[0] for row in await ring.fetch(_GONE)}
    finally:
        await ring.close()
    living = sorted(stream for key_id, stream in said.items() if key_id not in gone)
    untold = sorted(gone - said.keys())
    first = living[0] if living else f"key {untold[0]}" if untold else ""
    missing = sorted(set(erasing) & set(late))
    if missing:
        untold = []  # Theirs may be among them.
    return without(Result(NAME, PROMISE, len(living) + len(untold), first, len(gone)), missing)
