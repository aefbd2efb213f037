"""A log that was cut is noticed, however quickly others fill it again."""

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest

from shared.progress import Progress
from shared.recover import _cut

PASSED_AT = 1_000


class Reader:
    """A partition that ends elsewhere by now, with a record of another time, or of ours, before our offset."""

    def __init__(self, end: int, taken_at: int) -> None:
        self.end = end
        self.taken_at = taken_at

    async def ends(self, partitions: list[int]) -> dict[int, int]:
        return dict.fromkeys(partitions, self.end)

    async def read(self, partition: int, start: int, end: int) -> AsyncIterator[list[Any]]:
        yield [SimpleNamespace(timestamp=self.taken_at)]


@pytest.mark.parametrize(
    ("first", "now", "taken_at", "lost"),
    [
        (6, 6, PASSED_AT, {0: 6}),
        (6, 12, PASSED_AT + 1, {0: 0}),
        (12, 12, PASSED_AT + 1, {0: 0}),
        (6, 12, PASSED_AT, {}),
        (12, 12, PASSED_AT, {}),
    ],
    ids=[
        "cut",
        "filled since the first look",
        "filled before",
        "another instance went on",
        "whole",
    ],
)
async def test_a_log_that_was_cut_is_known_by_its_end_or_by_the_record_before_ours(
    first: int, now: int, taken_at: int, lost: dict[int, int]
) -> None:
    reader: Any = Reader(now, taken_at)
    rows = {0: Progress(partition=0, next_offset=10, passed_at=PASSED_AT)}
    assert await _cut(reader, rows, {0: first}) == lost
