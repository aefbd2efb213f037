"""A database put back from an older backup: what the log shows of us comes back, each at its place, and nothing twice."""

from dataclasses import replace
from typing import Any

import pytest

from shared import envelope as wire
from shared import work as work_room
from shared.errors import Recovering, Stopped
from shared.recover import recover
from shared.service import Order
from shared.store import Store
from tests.kernel.cluster import ACCOUNTS, SCOPE
from tests.kernel.fed import MemoryLog, MemoryReader
from tests.kernel.house import STREAM, House
from tests.kernel.test_parking import give_sick_rule, poison, statuses
from tests.kernel.toys import Reduce


async def test_a_command_whose_cause_was_repeated_later_is_folded_once(house: House) -> None:
    await house.charge(1)
    await house.settle()
    await house.gamma.back_up()
    last = house.gamma.log.records[0][-1]
    await house.reduce(50)
    house.gamma.log.put(last.key, last.value, last.headers)
    await house.charge(2)
    await house.settle()
    await house.gamma.restore()
    assert await house.gamma.recover() == 2
    await house.settle()
    assert await house.told() == "c1 r1 d50 c2 r2"
    assert (await house.gamma.compare()).differences == []


async def test_doors_are_busy_until_what_was_decided_before_is_folded(house: House) -> None:
    await house.charge(1)
    await house.settle()
    await house.gamma.back_up()
    await house.charge(2)
    await house.settle()
    await house.gamma.restore()
    assert await house.gamma.recover() == 1
    command = Order(STREAM, Reduce(ACCOUNTS[0], 50), "reduce 50", b"", SCOPE, "tester")
    (answer,) = await house.gamma.engine.handle([command])
    assert (answer.status, answer.code) == (503, "recovering")
    with pytest.raises(Recovering):
        await house.gamma.parking.redrive(0, 0, "tester")
    await house.settle()
    await house.reduce(50)
    assert await house.told() == "c1 r1 c2 r2 d50"


def positions(log: MemoryLog, producer: str) -> list[int]:
    """The positions of a producer in the log, as they stand there."""
    routes = [wire.read_route(r.headers) for p in range(log.partitions) for r in log.records[p]]
    return [route.position for route in routes if route.producer == producer]


async def test_a_key_that_the_restore_lost_is_answered_the_same_and_nothing_is_said_twice(
    house: House,
) -> None:
    await house.charge(1)
    await house.settle()
    await house.gamma.back_up()
    command = Order(STREAM, Reduce(ACCOUNTS[0], 50), "one key", b"body", SCOPE, "tester")
    (first,) = await house.gamma.engine.handle([command])
    await house.settle()
    await house.gamma.restore()
    assert await house.gamma.recover() == 1
    await house.settle()
    (again,) = await house.gamma.engine.handle([command])
    assert again == replace(first, again=True)
    assert await house.told() == "c1 r1 d50"
    assert positions(house.gamma.log, "gamma/0") == [1, 2]


# -- parked records --------------------------------------------------------------------------------


async def _restored(house: House) -> None:
    said = len(house.gamma.log.records[0])
    await house.gamma.restore()
    await house.gamma.recover()
    await house.settle()
    assert len(house.gamma.log.records[0]) == said, "the log says everything already"
    assert (await house.gamma.compare()).differences == []


async def test_what_was_parked_after_the_backup_is_parked_again_and_what_waited_waits(
    house: House,
) -> None:
    await house.charge(1)
    await house.settle()
    await house.gamma.back_up()
    healthy = give_sick_rule(house)
    await house.charge(7)
    poison(house, 1)
    await house.charge(2)
    await house.gamma.capture(1, "another account")
    await house.settle()
    assert await statuses(house) == "parked parked waiting"
    listed = await house.gamma.parking.listed()
    await _restored(house)
    assert await statuses(house) == "parked parked waiting"
    assert await house.told() == "c1 r1"
    kept = ("offset", "stream", "reason", "sentence", "waiting")
    again = await house.gamma.parking.listed()
    assert [[row[k] for k in kept] for row in again] == [[row[k] for k in kept] for row in listed]
    house.gamma.engine.service = healthy
    assert await house.gamma.parking.redrive(0, listed[0]["offset"], "tester") == 1
    assert await house.gamma.parking.discard(0, listed[1]["offset"], "poison", "tester") == 1
    await house.settle()
    assert await house.told() == "c1 r1 c7 r7 c2 r2"
    assert (await house.gamma.compare()).differences == []


@pytest.mark.parametrize("backed_up", ["before", "while parked", "while the first is discarded"])
async def test_what_was_settled_after_the_backup_is_settled(house: House, backed_up: str) -> None:
    await house.charge(1)
    await house.settle()
    if backed_up == "before":
        await house.gamma.back_up()
    first = poison(house, 1)
    await house.charge(2)
    healthy = give_sick_rule(house)
    await house.charge(7)
    await house.charge(3)
    await house.settle()
    if backed_up == "while parked":
        await house.gamma.back_up()
    assert await statuses(house) == "parked waiting waiting waiting"
    assert await house.gamma.parking.discard(0, first, "poison", "tester") == 1
    assert await statuses(house) == "discarded redriven parked waiting"
    if backed_up == "while the first is discarded":
        await house.settle()
        await house.gamma.back_up()
    house.gamma.engine.service = healthy
    (row,) = await house.gamma.parking.listed()
    assert await house.gamma.parking.redrive(0, row["offset"], "tester") == 2
    await house.reduce(50)
    await house.charge(4)
    await house.settle()
    assert await house.told() == "c1 r1 c2 r2 c7 r7 c3 r3 d50 c4 r4"
    await _restored(house)
    assert await house.told() == "c1 r1 c2 r2 c7 r7 c3 r3 d50 c4 r4"
    assert "parked" not in await statuses(house) and "waiting" not in await statuses(house)


async def test_what_was_parked_in_its_turn_after_the_backup_is_parked_again(house: House) -> None:
    first = poison(house, 1)
    await house.charge(1)
    await house.charge(7)
    await house.charge(2)
    await house.settle()
    await house.gamma.back_up()
    healthy = give_sick_rule(house)
    assert await house.gamma.parking.discard(0, first, "poison", "tester") == 1
    await house.settle()
    await _restored(house)
    assert await statuses(house) == "discarded redriven parked waiting"
    assert await house.told() == "c1 r1"
    house.gamma.engine.service = healthy
    (row,) = await house.gamma.parking.listed()
    assert row["reason"] == "defect"
    assert await house.gamma.parking.redrive(0, row["offset"], "tester") == 2
    await house.settle()
    assert await house.told() == "c1 r1 c7 r7 c2 r2"


# -- days, and processes that run on ------------------------------------------------------------------


@pytest.mark.parametrize("backed_up", ["before the day", "in the day's work"])
async def test_what_a_day_woke_is_woken_once_and_what_it_had_not_woken_yet_now(
    house: House, backed_up: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work_room, "DAY_CHUNK", 1)
    for number in (1, 2):
        await house.alpha.capture(number, f"number {number}")
    await house.charge(1)
    await house.settle()
    if backed_up == "before the day":
        await house.gamma.back_up()
    await house.open_day(6)
    store, chunks = house.gamma.engine.store, iter(["one", "two"])

    async def lost_after_two(*args: Any) -> Any:
        chunk = next(chunks, None)
        if chunk is None:
            raise ConnectionResetError
        if chunk == "two" and backed_up == "in the day's work":
            await house.gamma.back_up()
        return await Store.due(store, *args)

    monkeypatch.setattr(store, "due", lost_after_two)
    with pytest.raises(ConnectionResetError):
        await house.gamma.hear()
    monkeypatch.undo()
    woken = "select count(*) from story where told like '% d6%'"
    assert await house.gamma.value(woken) == 2
    await house.gamma.restore()
    assert await house.gamma.recover() == (2 if backed_up == "before the day" else 1)
    await house.gamma.engine.finish_days([0])
    await house.settle()
    assert await house.gamma.value(woken) == 3
    assert await house.gamma.value("select count(*) from story where told like '%d6%d6%'") == 0
    assert await house.told() == "c1 r1 d6"
    events = [wire.decode(r.value).id for r in house.gamma.log.records[0]]
    assert len(events) == len(set(events)), "nothing was said twice"
    assert (await house.gamma.compare()).differences == []
    await house.open_day(7)
    await house.settle()
    assert await house.told() == "c1 r1 d6 d7"


async def test_a_process_whose_database_is_put_back_under_it_stops(house: House) -> None:
    await house.charge(1)
    await house.settle()
    await house.gamma.back_up()
    await house.charge(2)
    await house.settle()
    running = house.gamma.engine
    stopped: list[Stopped] = []
    running.on_stopped = stopped.append
    await house.gamma.restore()
    with pytest.raises(Stopped, match="older than we left it"):
        await running.poll(house.gamma.log.records[0])
    command = Order(STREAM, Reduce(ACCOUNTS[0], 50), "reduce 50", b"", SCOPE, "tester")
    (answer,) = await running.handle([command])
    assert (answer.status, len(stopped)) == (503, 1)
    assert await house.gamma.recover() == 1
    await house.settle()
    assert await house.told() == "c1 r1 c2 r2"


class Early(MemoryReader):
    """Asked for the first time it tells ends of a moment ago."""

    asked = 0

    async def ends(self, partitions: list[int]) -> dict[int, int]:
        self.asked += 1
        told = await super().ends(partitions)
        return {p: end - 1 for p, end in told.items()} if self.asked == 1 else told


async def test_a_member_that_starts_while_another_hears_takes_nothing_for_lost(
    house: House,
) -> None:
    await house.charge(1)
    await house.settle()
    before = await house.gamma.progress()
    assert await recover(house.gamma.engine, Early(house.gamma.log), "topic") == 0
    after = await house.gamma.progress()
    assert (after.next_offset, after.refill) == (before.next_offset, False)
