"""The events that all of them project: what `claim_view` hears, from the log of the run, numbered without gaps.

All of them share the pure part (decode, `keys`, `project`), so that only the machinery around it differs.
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import msgspec

from services.reporting.projections.claims import CLAIMS
from shared import envelope as wire
from shared.log_reader import LogReader
from shared.service import At, Row, Scope

TABLE = CLAIMS.table
COLUMNS = tuple(CLAIMS.columns)
JSON_COLUMNS = tuple(c for c, kind in CLAIMS.columns.items() if kind == "jsonb")
(KEY,) = CLAIMS.key


@dataclass(frozen=True, slots=True)
class Kept:
    """One record as it goes into the topic of the comparison."""

    partition: int
    key: bytes
    header: bytes
    value: bytes


async def claim_events(reader: LogReader, partitions: int, most: int) -> list[Kept]:
    """At most `most` events, an equal part of every partition, in their order and with positions of their own."""
    found: list[Kept] = []
    ends = await reader.ends(list(range(partitions)))
    for p in range(partitions):
        enough = most * (p + 1) // partitions - len(found)
        found += await _of_partition(reader, p, ends[p], enough)
    return found


async def _of_partition(reader: LogReader, p: int, end: int, enough: int) -> list[Kept]:
    found: list[Kept] = []
    last: dict[str, int] = defaultdict(int)
    seen: set[tuple[str, int]] = set()
    async for records in reader.read(p, 0, end):
        for record in records:
            route = wire.read_route(record.headers)
            place = (route.producer, route.position)
            if len(found) >= enough or route.wire not in CLAIMS.hears or place in seen:
                continue
            seen.add(place)
            last[route.producer] += 1
            position = last[route.producer]
            renumbered = msgspec.structs.replace(wire.decode(record.value), position=position)
            header = wire.routing_header(route.wire, route.producer, position, route.own)
            found.append(Kept(p, record.key, header, wire.encode(renumbered)))
    return found


def told(value: bytes, partition: int) -> tuple[Any, At]:
    """A record's event and where it stands."""
    e = wire.decode(value)
    scope = Scope(e.tenant, e.legalentity, e.facility)
    at = At(
        e.subject, partition, e.id, e.type, scope, e.occurredon, e.time, e.actor, e.correlation,
        e.producer, e.position,
    )  # fmt: skip
    return wire.decode_event(e.type, e.data), at


def keys(event: Any, at: At) -> list[str]:
    """The rows that an event touches."""
    assert CLAIMS.keys is not None
    return [key[0] for key in CLAIMS.keys(event, at)]


def project(row: Row | None, event: Any, at: At) -> Row | None:
    """The row after the event."""
    assert CLAIMS.project is not None
    return CLAIMS.project(row, event, at)


def create_table(schema: str) -> str:
    """The table with the key and the indexes that it has in `reporting`."""
    columns = ", ".join(f'"{c}" {kind}' for c, kind in CLAIMS.columns.items())
    indexes = "".join(f"; create index on {schema}.{TABLE} {index}" for index in CLAIMS.indexes)
    return f'create table {schema}.{TABLE} ({columns}, primary key ("{KEY}")){indexes}'


def upsert(schema: str, places: list[str]) -> str:
    """Insert or update of one whole row; `places` are the driver's placeholders in the order of COLUMNS."""
    names = ", ".join(f'"{c}"' for c in COLUMNS)
    changed = ", ".join(f'"{c}" = excluded."{c}"' for c in COLUMNS if c != KEY)
    values = ", ".join(places)
    return (
        f"insert into {schema}.{TABLE} ({names}) values ({values}) "
        f'on conflict ("{KEY}") do update set {changed}'
    )


def as_json(value: Any) -> str:
    """A jsonb column's value as text."""
    return json.dumps(value)


DIGEST = (
    "select count(*) || ' ' || coalesce(md5(string_agg(md5(r::text), '' order by md5(r::text))), '') "
    f"from (select {', '.join(COLUMNS)} from {{schema}}.{TABLE}) r"
)
"""Rows and a digest of all of them: the same for the same rows, whoever wrote them."""
