"""The tables of a service's own schema: the kernel's records, and one per projection."""

import zlib
from collections.abc import Sequence
from typing import Any

from shared.service import Projection, Service

KERNEL = """
create table if not exists progress (
    partition int primary key, next_offset bigint not null, version bigint not null,
    topic_id text not null, body bytea not null) with (fillfactor = 50);
create table if not exists heard (
    partition int not null, first bigint not null, runs bytea not null, primary key (partition, first));
create table if not exists state (
    stream text primary key, partition int not null, legal_entity text not null,
    facility text not null, tenant text not null, body bytea not null)
    with (fillfactor = 60, toast_tuple_target = 4080);
create table if not exists book (partition int primary key, version bigint not null, body bytea not null);
create table if not exists outbox (
    partition int not null, seq bigint not null, target int not null, position bigint not null,
    stream text not null, wire text not null, own boolean not null, cause text not null,
    event_id text not null, header bytea not null, value bytea not null,
    recorded_at timestamptz not null, primary key (partition, target, position))
    with (toast_tuple_target = 8160);
create unique index if not exists outbox_seq on outbox (partition, seq);
create table if not exists due (
    stream text not null, what text not null, partition int not null, due_on date not null,
    moment text not null, primary key (stream, what)) with (fillfactor = 60);
create index if not exists due_on on due (partition, moment, due_on, stream, what);
create table if not exists parked (
    partition int not null, "offset" bigint not null, stream text not null, producer text not null,
    position bigint not null, wire text not null, status text not null, reason text not null,
    sentence text not null, key bytea not null, header bytea not null, value bytea not null,
    parked_at timestamptz not null, primary key (partition, "offset"));
create index if not exists parked_stream on parked (stream) where status in ('parked', 'waiting');
create table if not exists idempotency (
    key text primary key, stream text not null, body_hash bytea not null, answer bytea not null,
    answered_at timestamptz not null);
create table if not exists recovered (
    event_id text not null, target int not null, partition int not null, seq bigint not null,
    cause text not null, primary key (event_id, target));
create index if not exists recovered_cause on recovered (partition, cause);
create table if not exists unheard (wire text primary key, missed boolean not null);
do $$ declare found record; begin
  for found in select attrelid::regclass as owner, attname from pg_attribute where attstorage = 'x'
      and (attrelid, attname) in (('state'::regclass, 'body'), ('outbox'::regclass, 'value'),
      ('book'::regclass, 'body')) loop
    execute format('alter table %s alter column %I set storage external', found.owner, found.attname);
  end loop;
  for found in select attrelid::regclass as owner, attname from pg_attribute where attstattarget is distinct from 0
      and (attrelid, attname) in (('state'::regclass, 'body'), ('outbox'::regclass, 'value'),
      ('outbox'::regclass, 'header'), ('outbox'::regclass, 'event_id'), ('outbox'::regclass, 'cause')) loop
    execute format('alter table %s alter column %I set statistics 0', found.owner, found.attname);
  end loop;
end $$;
"""
"""Records that a rebuild never touches, but for `state`, `due` and `book`, which it can make again."""

REBUILT = ("state", "due", "book")
"""Kernel tables that follow from the log alone; projections are the others."""


def options_of(projection: Projection) -> list[str]:
    """How its rows lie: with room where they change, and whole up to 4 KB, for packing cost more than all else."""
    fill = 100 if projection.append or projection.lasting else 60
    return [f"fillfactor={fill}", "toast_tuple_target=4080"]


def projection_ddl(projection: Projection) -> str:
    """The table of a projection, with the partition its rows were written in."""
    columns = ", ".join(f'"{name}" {kind}' for name, kind in projection.columns.items())
    key = ", ".join(f'"{name}"' for name in projection.key)
    options = ", ".join(options_of(projection))
    ddl = (
        f'create table if not exists "{projection.table}" ({columns}, partition int not null, '
        f"primary key ({key})) with ({options});\n"
    )
    for index in projection.indexes:
        name = _index_name(projection, index)
        ddl += f'create index if not exists "{name}" on "{projection.table}" {index};\n'
    return ddl


def _index_name(projection: Projection, index: str) -> str:
    # An index that is defined anew is another one: its old one is dropped by its name.
    return f"{projection.table}_x{zlib.crc32(index.encode()):08x}"


def indexes_of(projection: Projection) -> list[str]:
    """The names of its extra indexes: whatever else stands on its table was defined by an older version."""
    return [_index_name(projection, index) for index in projection.indexes]


def schema(service: Service) -> str:
    """All DDL of a service, harmless to run again."""
    return KERNEL + "".join(projection_ddl(p) for p in service.projections)


def update_sql(projection: Projection, others: Sequence[str], suffix: str = "") -> str:
    """One statement that changes these columns of many rows: a parameter each, after those of the key."""
    columns, keys = projection.columns, projection.key
    names = [*(f"k{n}" for n in range(len(keys))), *(f"c{n}" for n in range(len(others)))]
    kinds = [_array(columns[c]) for c in (*keys, *others)]
    # One unnest of many arrays would keep each of them in a store of its own, row by row.
    unpacked = ", ".join(
        f"unnest(${n}::{kind}) {name}"
        for n, (kind, name) in enumerate(zip(kinds, names, strict=True), 1)
    )
    sets = ", ".join(f'"{c}" = {_unpacked(f"u.c{n}", columns[c])}' for n, c in enumerate(others))
    found = " and ".join(f't."{k}" = u.k{n}' for n, k in enumerate(keys))
    return (
        f'update "{projection.table}{suffix}" t set {sets} from (select {unpacked}) u where {found}'
    )


def _array(kind: str) -> str:
    # An array of arrays cannot be unnested row by row: array columns travel as JSON text.
    return "text[]" if kind.endswith("[]") or kind == "jsonb" else f"{kind}[]"


def _unpacked(name: str, kind: str) -> str:
    if kind == "jsonb":
        return f"{name}::jsonb"
    if kind.endswith("[]"):
        return (
            f"case when {name} = '[]' then '{{}}' when {name} is not null "
            f"then array(select jsonb_array_elements_text({name}::jsonb))::{kind} end"
        )
    return name


def select_sql(projection: Projection, suffix: str = "") -> str:
    """Rows of many keys: a key column a parameter."""
    kinds = [projection.columns[k] for k in projection.key]
    params = ", ".join(f"${n + 1}::{kind}[]" for n, kind in enumerate(kinds))
    join = " and ".join(f't."{k}" = u.c{n}' for n, k in enumerate(projection.key))
    names = ", ".join(f"c{n}" for n in range(len(kinds)))
    columns = ", ".join(f't."{c}"' for c in projection.columns)
    return (
        f'select {columns} from "{projection.table}{suffix}" t '
        f"join unnest({params}) as u({names}) on {join}"
    )


def delete_sql(projection: Projection, suffix: str = "") -> str:
    """Delete rows of many keys."""
    kinds = [projection.columns[k] for k in projection.key]
    params = ", ".join(f"${n + 1}::{kind}[]" for n, kind in enumerate(kinds))
    join = " and ".join(f't."{k}" = u.c{n}' for n, k in enumerate(projection.key))
    names = ", ".join(f"c{n}" for n in range(len(kinds)))
    return f'delete from "{projection.table}{suffix}" t using unnest({params}) as u({names}) where {join}'


def columns_of(rows: list[tuple[Any, ...]], width: int) -> list[list[Any]]:
    """Rows turned into columns, for unnest."""
    return (
        [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
    )
