"""The rows of files that were asked for: written in the transaction of the event that asks."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from shared.envelope import encode_event
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
select u.*, coalesce($9::text, (select 'another file had this name before' from hand_over h
    where h.file_name = u.file_name limit 1))
from unnest($1::text[], $2::int[], $3::bigint[], $4::text[], $5::text[], $6::text[],
    $7::bytea[], $8::bytea[]) as u (event_id, partition, place, stream, wire, file_name, event, at)
on conflict (event_id) do nothing
"""

Recorder = Callable[[Any, Sequence[tuple[Event, At]]], Awaitable[None]]


def hand_over_schema() -> str:
    """The table; it is a record that no rebuild touches. Harmless to run again."""
    return _TABLE


def rows_for(service: Service, held: str | None = None) -> Recorder:
    """What writes down, in the batch's transaction, which of the heard events ask for a file.

    With `held` they wait for a person from the start, as for events heard again after a restore.
    """
    by_wire = {one.wire: one for one in service.hand_overs}

    async def record(connection: Any, heard: Sequence[tuple[Event, At]]) -> None:
        asked = [(event, at) for event, at in heard if at.wire in by_wire]
        if asked:
            rows = [_row(by_wire[at.wire], event, at) for event, at in asked]
            await connection.execute(_INSERT, *map(list, zip(*rows, strict=True)), held)

    return record


def _row(one: HandOver, event: Event, at: At) -> tuple[Any, ...]:
    body, place = bytes(encode_event(event)), msgspec.json.encode(at)
    name = one.file_name(event)
    return (at.event_id, at.partition, at.offset, at.stream, at.wire, name, body, place)


async def hold_all(connection: Any, reason: str) -> int:
    """Let every file that is not marked as handed wait for a person; how many there are."""
    done = await connection.execute(
        "update hand_over set held = $1 where status <> 'handed' and held is null", reason
    )
    return int(done.rsplit(" ", 1)[1])
