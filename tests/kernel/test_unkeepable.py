"""A number that neither a state nor a column can hold parks its record, whatever table it was for."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from shared import envelope as wire
from shared.errors import Refused
from shared.service import Service
from tests.kernel.fed import Fed, MemoryLog, settle
from tests.kernel.test_poison import GOOD, POISON, STREAM
from tests.kernel.toys import ALPHA, BETA, LINES

QUIET = replace(BETA, says=frozenset(), react=lambda event, at: [], projections=())
APPENDED = replace(
    LINES,
    project=lambda row, event, at: {
        "event_id": at.event_id,
        "account": event.account,
        "cents": event.charges[0].charge_cents,
    },
)
READERS: dict[str, Service] = {
    "in a state": QUIET,
    "in a row that is appended": replace(QUIET, deciders={}, projections=(APPENDED,)),
}
"""They only fold: nothing that they say fails first."""


@pytest.fixture(params=READERS)
async def reader(request: pytest.FixtureRequest, database: str) -> AsyncIterator[Fed]:
    """A service that heard one charge, and one of more cents than 64 bits hold."""
    log = MemoryLog()
    alpha, made = (
        await Fed.start(ALPHA, log, database),
        await Fed.start(READERS[request.param], log, database),
    )
    await alpha.capture(1, "before")
    value, _, _ = POISON["cents that no column holds"]
    log.put(STREAM.encode(), value, [(wire.ROUTING, GOOD)])
    await alpha.capture(2, "after")
    await settle(alpha, made)
    await alpha.close()
    yield made
    await made.close()


async def _parked(fed: Fed) -> Any:
    return await fed.value("select string_agg(status || ' ' || reason, ',') from parked")


async def test_it_alone_is_parked_and_discarded(reader: Fed) -> None:
    assert await _parked(reader) == "parked defect"
    offset = (await reader.parking.listed())[0]["offset"]
    with pytest.raises(Refused, match="the database refuses a value of it"):
        await reader.parking.redrive(0, offset, "tester")
    await reader.parking.discard(0, offset, "poison", "tester")
    assert await _parked(reader) == "discarded defect"
    await settle(reader)
    assert (await reader.progress()).next_offset == len(reader.log.records[0])
    assert (await reader.compare()).differences == []
