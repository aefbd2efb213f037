"""Old events under today's code: every kept log is folded as it was, row for row, in the columns of its day."""

from pathlib import Path
from typing import Any

import pytest

from tests.faults.corpus import FOLDER, made_of, read


def _in(columns: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    """A row in the columns of another; a column that is gone since is left out."""
    return {name: row[name] for name in columns if name in row}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.xz")), ids=lambda p: p.stem)
async def test_old_events_give_the_rows_that_they_gave(path: Path) -> None:
    corpus = read(path)
    today = await made_of(corpus)
    compared = 0
    for service, tables in corpus.rows.items():
        for table, then in tables.items():
            now = [
                _in(before, row) for before, row in zip(then, today[service][table], strict=True)
            ]
            assert now == [_in(row, before) for before, row in zip(then, now, strict=True)], table
            compared += len(now)
    assert compared > 100
