"""A stranger's record in another partition than its key's stream: nobody waits for it but itself."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from shared import envelope as wire
from shared.errors import Refused
from shared.streams import partition_of
from tests.kernel.fed import Fed, MemoryLog, settle
from tests.kernel.test_poison import CAPTURED, GOOD, STREAM, charge
from tests.kernel.test_poison import record as made
from tests.kernel.toys import ALPHA, BETA

PARTITIONS = 4
HOME = partition_of(STREAM, PARTITIONS)
ELSEWHERE = (HOME + 1) % PARTITIONS
LISTENER = replace(
    BETA,
    hears=BETA.hears | {"platform.record_parked.v1"},
    says=frozenset(),
    deciders={},
    react=lambda event, at: [],
    projections=(),
)
"""Hears what is said of parked records, on the streams where it is said."""
Two = tuple[Fed, Fed]


@pytest.fixture
async def two(database: str) -> AsyncIterator[Two]:
    """One that says charges, and one that hears them."""
    log = MemoryLog(PARTITIONS)
    made = (await Fed.start(ALPHA, log, database), await Fed.start(LISTENER, log, database))
    yield made
    for one in made:
        await one.close()


async def _statuses(fed: Fed) -> Any:
    return await fed.value("select string_agg(status, ' ' order by status) from parked")


@pytest.mark.parametrize("key", [STREAM.encode(), b"", None])
async def test_the_stream_at_home_goes_on_and_nothing_is_left_waiting(
    two: Two, key: bytes | None
) -> None:
    alpha, beta = two
    place = ELSEWHERE if key else HOME
    beta.log.put(key, b"{broken", [(wire.ROUTING, GOOD)], place)  # type: ignore[arg-type]
    assert (await alpha.capture(0, "at the same time")).status == 200
    await settle(beta)  # Both in one transaction.
    await settle(alpha, beta)
    assert (await alpha.capture(0, "afterwards")).status == 200
    await settle(alpha, beta)
    assert await _statuses(beta) == "parked"
    (row,) = await beta.parking.listed()
    await beta.parking.discard(row["partition"], row["offset"], "a stray", "tester")
    await settle(alpha, beta)
    assert await _statuses(beta) == "discarded"


async def test_a_record_that_can_be_read_is_not_applied_elsewhere_either(two: Two) -> None:
    alpha, beta = two
    record = made(CAPTURED, 1, STREAM, charge("100"))
    beta.log.put(STREAM.encode(), record, [(wire.ROUTING, GOOD)], ELSEWHERE)
    assert (await alpha.capture(0, "at home")).status == 200
    await settle(alpha, beta)
    (row,) = await beta.parking.listed()
    assert (row["partition"], row["reason"]) == (ELSEWHERE, "malformed")
    with pytest.raises(Refused):
        await beta.parking.redrive(row["partition"], row["offset"], "tester")
    assert await _statuses(beta) == "parked"
