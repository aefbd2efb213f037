"""The rows of files that were asked for: written in the transaction of the event that asks."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec

from shared.envelope import encode_event, event_id
from shared.service import At, Event, HandOver, Service

_TABLE = """
create table if not exists hand_over (
    event_id text primary key, partition int not null, "offset" bigint not null,
    stream text not null, wire text not null, file_name text not null,
    event bytea not null, at bytea not null,
    status text not null default 'asked' check (status in ('asked', 'staged', 'handed')),
    ready_name text, sha256 text, size bigint, held text,
    check (status = 'asked' or (ready_name is not null and sha256 is not null)))
    with (fillfactor = 60);
create index if not exists hand_over_open on hand_over (partition, stream, "offset")
    where status <> 'handed';
create index if not exists hand_over_name on hand_over (file_name);
"""
_INSERT = """
insert into hand_over (event_id, partition, "offset", stream, wire, file_name, event, at, held)
select event_id, partition, place, stream, wire, file_name, event, at, coalesce(held,
    (select 'another file had this name before' from hand_over h where h.file_name = u.file_name limit 1))
from unnest($1::text[], $2::int[], $3::bigint[], $4::text[], $5::text[], $6::text[],
    $7::bytea[], $8::bytea[], $9::text[])
    as u (event_id, partition, place, stream, wire, file_name, event, at, held)
on conflict (event_id) do nothing
"""
_LEFT = """
update hand_over h set status = 'handed', held = null, sha256 = coalesce(h.sha256, ''), size = coalesce(h.size, 0),
    ready_name = coalesce(h.ready_name, h.event_id || '.left')
from unnest($1::text[], $2::text[]) as u (asked, fact)
where h.event_id = u.asked and h.held is not null and h.status <> 'handed'
    and exists (select from recovered r where r.event_id = u.fact)
"""
RESTORED = "the database was restored: did this file leave?"

Recorder = Callable[[Any, Sequence[tuple[Event, At]], Mapping[int, int]], Awaitable[None]]


def hand_over_schema() -> str:
    """The table; it is a record that no rebuild touches. Harmless to run again."""
    return _TABLE


def fact_key(asked: str) -> str:
    """The Idempotency-Key under which it is stated that the file of this event left."""
    return f"handed/{asked}"


def rows_for(service: Service) -> Recorder:
    """What writes down, in the batch's transaction, which of the heard events ask for a file.

    Those below `hold[partition]` were heard before a restore, perhaps: they wait for a person, but for those whose
    fact the log shows.
    """
    by_wire = {one.wire: one for one in service.hand_overs}

    async def record(
        connection: Any, heard: Sequence[tuple[Event, At]], hold: Mapping[int, int]
    ) -> None:
        rows = []
        for event, at in heard:
            if at.wire in by_wire:
                held = RESTORED if at.offset < hold.get(at.partition, 0) else None
                rows.append((*_row(by_wire[at.wire], event, at), held))
        if rows:
            await connection.execute(_INSERT, *map(list, zip(*rows, strict=True)))
            await mark_left(connection, service, [row[0] for row in rows if row[-1] is not None])

    return record


async def mark_left(connection: Any, service: Service, asked: Sequence[str]) -> None:
    """Held files of which the log states that they left need no person."""
    if asked:
        facts = [event_id("door", service.name, fact_key(one), "0") for one in asked]
        await connection.execute(_LEFT, list(asked), facts)


def _row(one: HandOver, event: Event, at: At) -> tuple[Any, ...]:
    body, place = bytes(encode_event(event)), msgspec.json.encode(at)
    name = one.file_name(event)
    return (at.event_id, at.partition, at.offset, at.stream, at.wire, name, body, place)


async def hold_all(connection: Any, service: Service) -> int:
    """After a restore: every file that is not known to have left waits for a person; how many there are."""
    rows = await connection.fetch(
        "update hand_over set held = $1 where status <> 'handed' and held is null returning event_id",
        RESTORED,
    )
    await mark_left(connection, service, [row[0] for row in rows])
    return len(rows)
