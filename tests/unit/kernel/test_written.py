"""What a batch writes of what stands already: the columns and states that are others now, and nothing else."""

import asyncio
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import msgspec

from shared.batch import Batch
from shared.records import Kept, Loaded
from shared.service import Decider, Projection, Scope
from shared.store import Store

STREAM = "claim/one"
CLAIM = Projection(
    "claim", {"claim": "text", "paid": "bigint", "reasons": "text[]", "payer": "text"}, ("claim",)
)
BEFORE = {"claim": "1", "paid": 0, "reasons": ["a"], "payer": "x"}


class State(msgspec.Struct, frozen=True):
    """What was paid."""

    paid: int = 0


class Written:
    """A connection that keeps what it is asked; every update meets its rows."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[Any, ...]]] = []

    async def execute(self, sql: str, *columns: Any) -> str:
        self.asked.append((sql, columns))
        return f"UPDATE {len(columns[0])}"

    async def copy_records_to_table(self, table: str, *, records: Any, columns: Any) -> None:
        self.asked.append((table, tuple(records)))


def _batch(states: dict[str, Kept]) -> Batch:
    decider = Decider("claim", State, lambda *_: (), lambda state, _: state)
    service: Any = SimpleNamespace(
        name="toy", deciders={"claim": decider}, projections=(CLAIM,), book=None
    )
    return Batch(
        service, Loaded({}, states, {}, frozenset(), datetime(2026, 1, 6, tzinfo=UTC), 1), {}
    )


def _written(batch: Batch) -> list[tuple[str, tuple[Any, ...]]]:
    connection = Written()
    asyncio.run(Store(batch.service).write_replayed(connection, batch))
    return connection.asked


def _rows(*rows: dict[str, Any]) -> Batch:
    batch = _batch({})
    batch.before = {"claim": {("1",): BEFORE, ("2",): BEFORE | {"claim": "2"}}}
    batch.changed = {"claim": {(row["claim"],): (0, row) for row in rows}}
    return batch


def test_an_update_names_the_columns_that_change_in_any_of_its_rows() -> None:
    paid, moved = BEFORE | {"paid": 5}, BEFORE | {"claim": "2", "payer": "y"}
    ((sql, columns),) = _written(_rows(paid, moved))
    assert sql == (
        'update "claim" t set "paid" = u.c0, "payer" = u.c1 from (select unnest($1::text[]) k0, '
        'unnest($2::bigint[]) c0, unnest($3::text[]) c1) u where t."claim" = u.k0'
    )
    assert [*map(list, columns)] == [["1", "2"], [5, 0], ["x", "y"]]


def test_an_array_that_changes_travels_as_text() -> None:
    ((sql, columns),) = _written(_rows(BEFORE | {"reasons": ["a", "b"]}))
    assert '"paid"' not in sql and "jsonb_array_elements_text(u.c0::jsonb)" in sql
    assert [*map(list, columns)] == [["1"], ['["a","b"]']]


def test_a_row_that_is_new_is_written_whole() -> None:
    row = BEFORE | {"claim": "3"}
    assert _written(_rows(row)) == [("claim", ((*row.values(), 0),))]


def _state(scope: Scope) -> tuple[str, tuple[Any, ...]]:
    batch = _batch({STREAM: Kept(State(), Scope("t"))})
    batch.states[STREAM] = Kept(State(5), scope)
    (asked,) = _written(batch)
    return asked


def test_a_state_that_stays_in_its_scope_is_its_body_alone() -> None:
    sql, columns = _state(Scope("t"))
    assert sql.startswith("update state t set body = u.b from")
    assert columns == ([STREAM], [msgspec.msgpack.encode(State(5))])


def test_a_state_that_learns_its_scope_is_written_with_it() -> None:
    sql, columns = _state(Scope("t", "l", "f"))
    assert sql.startswith(
        "update state t set body = u.b, legal_entity = u.l, facility = u.f, tenant = u.t from"
    )
    assert columns == ([STREAM], ["l"], ["f"], ["t"], [msgspec.msgpack.encode(State(5))])
