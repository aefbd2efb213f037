"""The statements that the kernel writes beside its store, each as it is written there; another one is not known."""

from collections.abc import Callable, Iterable
from typing import Any

from shared.store import ALONE, NOT_ALONE
from tests.simulation.tables import Transaction


class Row(tuple[Any, ...]):
    """A row by number or by name, as the driver gives it."""

    names: tuple[str, ...]

    def __new__(cls, names: tuple[str, ...], values: Iterable[Any]) -> "Row":
        row = super().__new__(cls, values)
        row.names = names
        return row

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(self.names.index(key) if isinstance(key, str) else key)

    def keys(self) -> tuple[str, ...]:
        return self.names


Statement = Callable[..., Any]
"""Gives rows; an update may give how many it changed."""
STATEMENTS: dict[str, Statement] = {}


def plain(sql: str) -> str:
    """A statement without its line breaks."""
    return " ".join(sql.split())


def knows(sql: str) -> Callable[[Statement], Statement]:
    def keep(statement: Statement) -> Statement:
        STATEMENTS[plain(sql)] = statement
        return statement

    return keep


def _parked(tx: Transaction) -> list[Any]:
    return sorted((row for _, row in tx.items("parked")), key=lambda r: (r.partition, r.offset))


@knows("select count(*) from parked where status = 'parked'")
def _count_parked(tx: Transaction) -> list[Any]:
    return [(sum(row.status == "parked" for row in _parked(tx)),)]


@knows("select key, body_hash, answer from idempotency where key = any($1::text[])")
def _answers(tx: Transaction, keys: list[str]) -> list[Any]:
    rows = [tx.get("idempotency", key) for key in sorted(set(keys))]
    return [(row[0], row[2], row[3]) for row in rows if row is not None]


# -- the relay ---------------------------------------------------------------------------------------------


@knows(
    "select position, stream, header, value from outbox where partition = $1 and target = $2 "
    "and position > $3 and position <= $4 order by position limit $5"
)
def _channel(
    tx: Transaction, source: int, target: int, start: int, last: int, limit: int
) -> list[Any]:
    wanted = range(start + 1, min(last, start + limit) + 1)
    rows = [tx.get("outbox", (source, target, position)) for position in wanted]
    return [(r.position, r.stream, r.header, r.value) for r in rows if r is not None]


@knows(
    "select max(extract(epoch from now() - o.recorded_at))::float8 from outbox o "
    "join unnest($1::int[], $2::int[], $3::bigint[]) as u(s, t, p) "
    "on o.partition = u.s and o.target = u.t and o.position = u.p"
)
def _oldest(tx: Transaction, *channels: Any) -> list[Any]:
    return [(None,)]


# -- parked records ----------------------------------------------------------------------------------------


@knows("select stream from parked where partition = $1 and \"offset\" = $2 and status = 'parked'")
def _parked_stream(tx: Transaction, partition: int, offset: int) -> list[Any]:
    row = tx.get("parked", (partition, offset))
    return [(row.stream,)] if row is not None and row.status == "parked" else []


@knows(
    "select * from parked where stream = $1 and partition = $2 "
    "and status in ('parked', 'waiting') order by \"offset\""
)
def _behind(tx: Transaction, stream: str, partition: int) -> list[Any]:
    return [
        Row(row._fields, row)
        for row in _parked(tx)
        if (row.stream, row.partition) == (stream, partition)
        and row.status in ("parked", "waiting")
    ]


@knows('update parked set status = $3 where partition = $1 and "offset" = any($2::bigint[])')
def _mark(tx: Transaction, partition: int, offsets: list[int], status: str) -> list[Any]:
    for offset in offsets:
        row = tx.get("parked", (partition, offset))
        if row is not None:
            tx.put("parked", (partition, offset), row._replace(status=status))
    return []


@knows(
    "update parked set status = 'parked', reason = $3, sentence = $4 "
    'where partition = $1 and "offset" = $2'
)
def _park(tx: Transaction, partition: int, offset: int, reason: str, sentence: str) -> list[Any]:
    row = tx.get("parked", (partition, offset))
    if row is not None:
        kept = row._replace(status="parked", reason=reason, sentence=sentence)
        tx.put("parked", (partition, offset), kept)
    return []


# -- a restored database -----------------------------------------------------------------------------------


@knows("select exists (select from recovered)")
def _was_restored(tx: Transaction) -> list[Any]:
    return [(any(True for _ in tx.items("recovered")),)]


@knows(
    "select * from parked where partition = $1 and status in ('parked', 'waiting') "
    'and "offset" < $2 order by "offset"'
)
def _parked_below(tx: Transaction, partition: int, end: int) -> list[Any]:
    return [
        Row(row._fields, row)
        for row in _parked(tx)
        if row.partition == partition and row.offset < end and row.status in ("parked", "waiting")
    ]


@knows(
    "update parked set status = $3, reason = coalesce(nullif($4, ''), reason), "
    "sentence = coalesce(nullif($5, ''), sentence) "
    'where partition = $1 and "offset" = $2'
)
def _became(
    tx: Transaction, partition: int, offset: int, status: str, reason: str, sentence: str
) -> list[Any]:
    row = tx.get("parked", (partition, offset))
    if row is not None:
        kept = row._replace(
            status=status, reason=reason or row.reason, sentence=sentence or row.sentence
        )
        tx.put("parked", (partition, offset), kept)
    return []


# -- the order in which a partition was heard --------------------------------------------------------------


@knows(
    "select partition, first, runs from heard where partition = $1 and first < $2 order by first"
)
def _stretches(tx: Transaction, partition: int, before: int) -> list[Any]:
    return sorted(s for (p, at), s in tx.items("heard") if p == partition and at < before)


@knows("select min(first) from heard where partition = $1")
def _first_heard(tx: Transaction, partition: int) -> list[Any]:
    return [(min((at for (p, at), _ in tx.items("heard") if p == partition), default=None),)]


@knows("delete from heard where partition = $1")
def _forget_order(tx: Transaction, partition: int) -> list[Any]:
    for key in [key for key, _ in tx.items("heard") if key[0] == partition]:
        tx.put("heard", key, None)
    return []


# -- a rebuild ---------------------------------------------------------------------------------------------


@knows(ALONE)
def try_lock(tx: Transaction, number: int) -> list[Any]:
    free = number not in tx.database.advisory
    if free:
        tx.database.advisory.add(number)
    return [(free,)]


@knows(NOT_ALONE)
def _unlock(tx: Transaction, number: int) -> list[Any]:
    tx.database.advisory.discard(number)
    return []


for _setting in (
    "idle_in_transaction_session_timeout = '120s'",
    "idle_in_transaction_session_timeout = '10s'",
    "statement_timeout = '600s'",
):
    STATEMENTS[f"set local {_setting}"] = lambda tx: []


@knows("select body from progress where partition = $1")
def _body(tx: Transaction, partition: int) -> list[Any]:
    return [(tx.get("progress", partition).body,)]


@knows("select producer, position from parked where partition = $1 and status <> 'redriven'")
def _skipped(tx: Transaction, partition: int) -> list[Any]:
    rows = [r for r in _parked(tx) if r.partition == partition and r.status != "redriven"]
    return [(row.producer, row.position) for row in rows]


@knows(
    "select seq, cause, value from outbox where partition = $1 and own and seq > $2 order by seq"
)
def _own(tx: Transaction, partition: int, after: int) -> list[Any]:
    rows = sorted(r for (p, s), r in tx.items("outbox_seq") if p == partition and s > after)
    return [(row.seq, row.cause, row.value) for row in rows if row.own]


@knows("update book set version = $2 where partition = $1")
def _book_version(tx: Transaction, partition: int, version: int) -> list[Any]:
    row = tx.get("book", partition)
    if row is not None:
        tx.put("book", partition, (partition, version, row[2]))
    return []


@knows("select wire from unheard where missed order by wire")
def _missed(tx: Transaction) -> list[Any]:
    return sorted((wire,) for wire, missed in tx.items("unheard") if missed)


@knows("delete from unheard where missed and wire = any($1::text[])")
def _made_good(tx: Transaction, wires: list[str]) -> list[Any]:
    for wire in wires:
        if tx.get("unheard", wire):
            tx.put("unheard", wire, None)
    return []
