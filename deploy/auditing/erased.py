"""Whose key is gone, and that the log says why: what was erased stays so, and nothing else was."""

from collections.abc import Collection, Mapping
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
_KEYS = "select key_id, destroyed_at is null as lives from keyring.data_keys"


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
        keys = {row["key_id"]: row["lives"] for row in await ring.fetch(_KEYS)}
    finally:
        await ring.close()
    missing = sorted(set(erasing) & set(late))
    return without(compared(said, keys, whole=not missing), missing)


def compared(said: Mapping[str, str], keys: Mapping[str, bool], *, whole: bool = True) -> Result:
    """Streams by the key ids that they said are gone, beside the key ring's ids with whether each lives.

    A key that an older ring never had is gone as well. Unless all that was said is here (`whole`), a key that nobody
    said is gone may be theirs who are missing.
    """
    living = sorted(stream for key_id, stream in said.items() if keys.get(key_id))
    gone = {key_id for key_id, lives in keys.items() if not lives}
    untold = sorted(gone - said.keys()) if whole else []
    first = living[0] if living else f"key {untold[0]}" if untold else ""
    return Result(NAME, PROMISE, len(living) + len(untold), first, len(gone))
