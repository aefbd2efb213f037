"""Old events under today's code: every kept log is folded as it was, row for row, in the columns of its day."""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from tests.faults.corpus import FOLDER, Row, made_of, read

TOLD_SINCE = {
    "account_charges": "facility",  # Charges that were heard before their account had none.
    "claim_view": "rejected_on",  # Of a file that bounced nobody said the day.
}
"""By table the column in which something is told today where nothing was: what was told then stays."""
RENAMED = {"inquiry_package": "queued_inquiry"}
"""Tables that are called otherwise today; their rows may stand in another order, for their key is another one."""
PACKED = 100
"""Texts so long may be packages: JSON in base64."""


def _as_then(then: Any, now: Any) -> Any:
    """What is now, in the shape of its day: a column or a field that came since is left out, at any depth."""
    if isinstance(then, dict) and isinstance(now, dict):
        return {name: _as_then(was, now[name]) for name, was in then.items() if name in now}
    if isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        return [_as_then(was, of) for was, of in zip(then, now, strict=True)]
    return now


def _opened(value: Any) -> Any:
    """Values that are kept packed, as what is in them."""
    if isinstance(value, dict):
        return {name: _opened(one) for name, one in value.items()}
    if isinstance(value, str) and len(value) > PACKED:
        try:
            return json.loads(b64decode(value, validate=True))
        except ValueError:
            return value
    return value


def _in_order(rows: list[Row], names: list[str]) -> list[Row]:
    return sorted(rows, key=lambda row: [str(row[name]) for name in names])


def _kept(table: str, then: Row, now: Row) -> Row:
    """A row of then in the columns that are left today."""
    kept = {name: value for name, value in then.items() if name in now}
    since = TOLD_SINCE.get(table, "")
    return {**kept, since: now[since]} if since in kept and not kept[since] else kept


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.xz")), ids=lambda p: p.stem)
async def test_old_events_give_the_rows_that_they_gave(path: Path) -> None:
    corpus = read(path)
    today = await made_of(corpus)
    compared = 0
    for service, tables in corpus.rows.items():
        for table, old in tables.items():
            then, rows = old, today[service][RENAMED.get(table, table)]
            if table in RENAMED and old:
                then, rows = (_in_order(some, sorted(old[0])) for some in (old, rows))
            pairs = list(zip(map(_opened, then), map(_opened, rows), strict=True))
            now = [_as_then(was, row) for was, row in pairs]
            assert now == [_kept(table, was, row) for was, row in pairs], table
            compared += len(now)
    assert compared > 100
