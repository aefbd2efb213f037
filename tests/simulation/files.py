"""The statements of the hand-over, each as it is written there; an update tells how many rows it changed."""

from typing import Any, NamedTuple

from shared.hand_over import handing, rows
from tests.simulation.statements import Row, knows
from tests.simulation.tables import Transaction


class File(NamedTuple):
    """A row of `hand_over`."""

    event_id: str
    partition: int
    offset: int
    stream: str
    wire: str
    file_name: str
    event: bytes
    at: bytes
    status: str = "asked"
    ready_name: str | None = None
    sha256: str | None = None
    size: int | None = None
    held: str | None = None


def _open(tx: Transaction) -> list[File]:
    found = [row for _, row in tx.items("hand_over") if row.status != "handed"]
    return sorted(found, key=lambda f: (f.stream, f.partition, f.offset))


def _named(files: list[File]) -> list[Any]:
    return [Row(File._fields, one) for one in files]


def _change(tx: Transaction, event_id: str, so: Any, **changes: Any) -> int:
    row = tx.get("hand_over", event_id)
    if row is None or not so(row):
        return 0
    tx.put("hand_over", event_id, row._replace(**changes))
    return 1


@knows(handing._NEXT)
def _next(tx: Transaction, owned: list[int], limit: int) -> list[Any]:
    first: dict[str, File] = {}
    for row in _open(tx):
        if row.partition in owned:
            first.setdefault(row.stream, row)
    return _named([row for row in first.values() if row.held is None][:limit])


@knows(handing._OPEN)
def _waiting(tx: Transaction, owned: list[int]) -> list[Any]:
    held = [row.held is not None for row in _open(tx) if row.partition in owned]
    return [(held.count(False), held.count(True))]


@knows(handing._STAGE)
def _stage(tx: Transaction, event_id: str, ready_name: str, sha256: str, size: int) -> int:
    more = {"status": "staged", "ready_name": ready_name, "sha256": sha256, "size": size}
    return _change(tx, event_id, lambda f: f.status == "asked" and f.held is None, **more)


@knows(handing._HANDED)
def _handed(tx: Transaction, event_id: str) -> int:
    return _change(tx, event_id, lambda f: f.status == "staged", status="handed")


@knows(handing._HOLD)
def _hold(tx: Transaction, event_id: str, why: str) -> int:
    return _change(tx, event_id, lambda f: f.status != "handed", held=why)


@knows(rows._INSERT)
def _insert(tx: Transaction, *columns: list[Any]) -> int:
    for *asked, held in zip(*columns, strict=True):
        one = File(*asked)._replace(held=held)
        known = any(row.file_name == one.file_name for _, row in tx.items("hand_over"))
        if tx.get("hand_over", one.event_id) is None:
            why = held or ("another file had this name before" if known else None)
            tx.put("hand_over", one.event_id, one._replace(held=why))
    return len(columns[0])


@knows(rows._LEFT)
def _left(tx: Transaction, asked: list[str], facts: list[str]) -> int:
    shown = {row[0] for _, row in tx.items("recovered")}
    return sum(
        _change(
            tx,
            event_id,
            lambda f: f.held is not None and f.status != "handed",
            status="handed",
            held=None,
        )
        for event_id, fact in zip(asked, facts, strict=True)
        if fact in shown
    )


@knows(
    "update hand_over set held = $1 where status <> 'handed' and held is null returning event_id"
)
def _hold_all(tx: Transaction, why: str) -> list[Any]:
    open_ones = [row for row in _open(tx) if row.held is None]
    for row in open_ones:
        tx.put("hand_over", row.event_id, row._replace(held=why))
    return [(row.event_id,) for row in open_ones]


@knows(
    "update hand_over set held = null where event_id = $1 and held is not null and status <> 'handed'"
)
def _release(tx: Transaction, event_id: str) -> int:
    return _change(tx, event_id, lambda f: f.held is not None and f.status != "handed", held=None)


@knows(
    "update hand_over set held = null, status = 'staged', ready_name = $2, sha256 = $3, size = $4 "
    "where event_id = $1 and held is not null and status <> 'handed'"
)
def _had_left(tx: Transaction, event_id: str, ready_name: str, sha256: str, size: int) -> int:
    more = {"status": "staged", "ready_name": ready_name, "sha256": sha256, "size": size}
    return _change(
        tx, event_id, lambda f: f.held is not None and f.status != "handed", held=None, **more
    )


@knows("select * from hand_over where event_id = $1")
def _one(tx: Transaction, event_id: str) -> list[Any]:
    row = tx.get("hand_over", event_id)
    return _named([row] if row is not None else [])
