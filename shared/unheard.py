"""Events that a service passes without hearing them: a later version that hears them does not have them in its tables."""

from collections.abc import Collection
from typing import Any

import asyncpg

from contracts.catalogue import EVENTS


async def keep_unheard(connection: Any, hears: Collection[str]) -> None:
    """What this version knows and does not hear will be passed; what it hears and an older one passed was missed.

    A name that an older version did not know was parked and not passed. What was passed before this table was there
    cannot be known; while nothing was passed nothing is missed.
    """
    await connection.execute("delete from unheard where not exists (select from heard)")
    await connection.execute(
        "insert into unheard select unnest($1::text[]), false on conflict do nothing",
        sorted(EVENTS.keys() - hears),
    )
    await connection.execute(
        "update unheard set missed = not missed where missed <> (wire = any($1::text[]))",
        list(hears),
    )


async def missed(connection: Any, table: str = "unheard") -> list[str]:
    """What is heard since this version and was passed before; none where only an older version ran."""
    try:
        rows = await connection.fetch(f"select wire from {table} where missed order by wire")
    except asyncpg.UndefinedTableError:
        return []
    return [row[0] for row in rows]


async def made_good(connection: Any, wires: Collection[str]) -> None:
    """A rebuild has put these into the tables."""
    await connection.execute(
        "delete from unheard where missed and wire = any($1::text[])", list(wires)
    )


def said_of(service: str, wires: Collection[str]) -> str:
    """What that means, and what to do."""
    them = "it" if len(wires) == 1 else "them"
    return (
        f"hears {', '.join(wires)} since this version: what was said of {them} before is not in its tables; "
        f"`claimlog rebuild {service}`"
    )
