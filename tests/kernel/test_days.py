"""A day wakes everything that is due in it, however much that is."""

from datetime import date
from typing import Any

import pytest

from shared import work as work_room
from shared.service import Order
from shared.streams import account_number, account_stream
from shared.work import DAY_CHUNK
from tests.kernel.cluster import SCOPE
from tests.kernel.fed import Fed, MemoryLog, settle
from tests.kernel.house import House
from tests.kernel.toys import ALPHA, BETA, Capture, OpenDay

MANY = 2 * DAY_CHUNK + 100
ACCOUNTS = [account_number("toy", "days", str(n)) for n in range(MANY)]


@pytest.fixture
async def services(database: str) -> Any:
    """Alpha, and beta with a timer of every account; its wakes are silent."""
    log = MemoryLog()
    made = await Fed.start(ALPHA, log, database), await Fed.start(BETA, log, database)
    orders = [Order(account_stream(a), Capture(a, 1), a, b"", SCOPE, "tester") for a in ACCOUNTS]
    await made[0].engine.handle(orders)
    await settle(*made)
    yield made
    for one in made:
        await one.close()


async def test_a_day_with_many_silent_timers_is_worked_off_without_another_record(
    services: tuple[Fed, Fed],
) -> None:
    alpha, beta = services
    day = OpenDay(date(2026, 1, 6))
    await alpha.engine.handle([Order("books/company", day, "day", b"", SCOPE, "tester")])
    await settle(alpha, beta)
    late = "select count(*) from due where due_on <= date '2026-01-06'"
    assert await beta.value(late) == 0
    assert await beta.value("select count(*) from due") == MANY
    assert (await beta.progress()).day_work is None


@pytest.mark.parametrize("chunk", [DAY_CHUNK, 1], ids=["at once", "in chunks"])
async def test_a_day_in_the_middle_of_a_poll_wakes_what_was_before_it_and_then_the_rest_is_heard(
    house: House, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(work_room, "DAY_CHUNK", chunk)
    await house.charge(1)
    await house.open_day(6)
    await house.charge(2)
    await house.open_day(7)
    await house.charge(3)
    records = house.alpha.log.records[0]
    await house.gamma.engine.poll(records)
    assert await house.told() == "c1 r1 d6 c2 r2 d7 c3 r3"
    await house.gamma.engine.poll(records)
    await house.settle()
    assert await house.told() == "c1 r1 d6 c2 r2 d7 c3 r3"
    assert (await house.gamma.compare()).differences == []
