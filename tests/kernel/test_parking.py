"""What a person may do with parked records: several on one stream, two people at once, values no table keeps."""

import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest

from shared import envelope as wire
from shared.engine import Engine
from shared.errors import NotFound, Refused
from shared.http import app
from shared.kernel_api import kernel_routes
from shared.parking import Parking
from shared.service import Service
from tests.kernel.house import STREAM, House
from tests.kernel.test_poison import failing


def poison(house: House, position: int) -> int:
    """A record on the stream that nobody can read; its offset."""
    header = f"coding.charges_captured.v1|stranger/0|{position}|0".encode()
    return house.gamma.log.put(STREAM.encode(), b"{broken", [(wire.ROUTING, header)])


async def statuses(house: House) -> str:
    return str(
        await house.gamma.value("select string_agg(status, ' ' order by \"offset\") from parked")
    )


def give_sick_rule(house: House) -> Service:
    """Gamma fails on 7 cents; the healthy service, to put back."""
    healthy = house.gamma.engine.service
    account = healthy.deciders["account"]
    sick = replace(account, decide=failing(account.decide))
    house.gamma.engine.service = replace(healthy, deciders={"account": sick})
    return healthy


async def test_a_log_line_tells_where_and_why_a_record_was_parked(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    place = poison(house, 1)
    await house.charge(1)
    await house.settle()
    told = [r.getMessage() for r in caplog.records if r.getMessage().startswith("parked ")]
    assert told == [f"parked 0@{place}: malformed"]


async def test_in_a_partition_that_the_log_does_not_have_no_record_is_parked(house: House) -> None:
    with pytest.raises(NotFound):
        await house.gamma.parking.redrive(1_000, 0, "tester")
    with pytest.raises(NotFound):
        await house.gamma.parking.discard(1_000, 0, "a slip of the pen", "tester")


async def test_two_unreadable_records_of_a_stream_are_discarded_one_after_the_other(
    house: House,
) -> None:
    first = poison(house, 1)
    await house.charge(1)
    second = poison(house, 2)
    await house.charge(2)
    await house.settle()
    assert await statuses(house) == "parked waiting parked waiting"
    with pytest.raises(Refused, match="parked before it"):
        await house.gamma.parking.redrive(0, second, "tester")
    assert await house.gamma.parking.discard(0, first, "poison", "tester") == 1
    assert await house.told() == "c1 r1"
    assert await statuses(house) == "discarded redriven parked waiting"
    assert await house.gamma.parking.discard(0, second, "poison", "tester") == 1
    await house.settle()
    assert await house.told() == "c1 r1 c2 r2"
    assert (await house.gamma.compare()).differences == []


async def test_a_later_record_discarded_first_lets_nothing_overtake_the_earlier(
    house: House,
) -> None:
    first = poison(house, 1)
    second = poison(house, 2)
    await house.charge(1)
    await house.settle()
    assert await house.gamma.parking.discard(0, second, "poison", "tester") == 0
    assert await statuses(house) == "parked discarded waiting"
    assert await house.gamma.parking.discard(0, first, "poison", "tester") == 1
    await house.settle()
    assert await house.told() == "c1 r1"
    assert (await house.gamma.compare()).differences == []


async def test_a_list_that_is_cut_says_how_many_there_are(house: House) -> None:
    first = poison(house, 1)
    poison(house, 2)
    await house.settle()
    (row,) = await house.gamma.parking.listed(1)
    assert (row["offset"], row["listed"]) == (first, 2)


async def test_one_behind_it_that_cannot_be_applied_is_parked_in_its_turn(house: House) -> None:
    first = poison(house, 1)
    await house.charge(1)
    await house.charge(7)
    await house.charge(2)
    await house.settle()
    healthy = give_sick_rule(house)
    assert await house.gamma.parking.discard(0, first, "poison", "tester") == 1
    assert await statuses(house) == "discarded redriven parked waiting"
    (row,) = await house.gamma.parking.listed()
    assert row["reason"] == "defect"
    with pytest.raises(Refused):
        await house.gamma.parking.redrive(0, row["offset"], "tester")
    house.gamma.engine.service = healthy
    assert await house.gamma.parking.redrive(0, row["offset"], "tester") == 2
    await house.settle()
    assert await house.told() == "c1 r1 c7 r7 c2 r2"
    assert (await house.gamma.compare()).differences == []
    said = await house.gamma.value(
        "select string_agg(wire, ' ' order by seq) from outbox where wire like 'platform.%'"
    )
    parked, discarded, redriven = (
        f"platform.record_{what}.v1" for what in ("parked", "discarded", "redriven")
    )
    assert said == f"{parked} {discarded} {parked} {redriven}"


async def column(house: House, kind: str) -> None:
    """Make the column of gamma's row narrower or wider."""
    pool = house.gamma.engine.pool
    await pool.execute(f"alter table story alter column told type {kind}")
    await pool.expire_connections()


async def test_a_value_that_the_database_refuses_is_parked_where_it_stands(house: House) -> None:
    first = poison(house, 1)
    for cents in (1, 2, 3, 4):
        await house.charge(cents)
    await house.settle()
    await column(house, "varchar(12)")
    assert await house.gamma.parking.discard(0, first, "poison", "tester") == 2
    assert await statuses(house) == "discarded redriven redriven parked waiting"
    (row,) = await house.gamma.parking.listed()
    assert row["sentence"] == "the database refuses a value of it"
    with pytest.raises(Refused, match="the database refuses a value of it"):
        await house.gamma.parking.redrive(0, row["offset"], "tester")
    await column(house, "text")
    assert await house.gamma.parking.redrive(0, row["offset"], "tester") == 2
    await house.settle()
    assert await house.told() == "c1 r1 c2 r2 c3 r3 c4 r4"


async def test_two_people_driving_one_record_again_apply_it_once(house: House) -> None:
    healthy = give_sick_rule(house)
    await house.charge(7)
    await house.settle()
    house.gamma.engine.service = healthy
    (row,) = await house.gamma.parking.listed()
    engine = house.gamma.engine
    other = Engine(healthy, engine.pool, engine.store, 1, engine.publish)
    outcomes = await asyncio.gather(
        *(one.redrive(0, row["offset"], "tester") for one in (Parking(engine), Parking(other))),
        return_exceptions=True,
    )
    assert sorted(map(type, outcomes), key=str) == sorted([int, NotFound], key=str)
    await house.settle()
    assert await house.told() == "c7 r7"


async def test_a_person_with_too_long_a_name_is_told_so(house: House) -> None:
    offset = poison(house, 1)
    await house.settle()
    doors: Any = None
    made = app(house.gamma.engine.service, dict, kernel_routes(house.gamma.engine, doors))
    client = httpx.AsyncClient(transport=httpx.ASGITransport(made), base_url="http://toy")
    async with client:
        for name, status in (("x" * 49, 422), ("x" * 48, 200)):
            answer = await client.post(
                f"/parked/0/{offset}/discard",
                json={"reason": "poison"},
                headers={"X-Actor": name},
            )
            assert answer.status_code == status
