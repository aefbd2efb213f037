"""A rebuild while commands, days and people go on: it ends with what the live tables hold, in their order."""

import asyncio
from dataclasses import replace
from typing import Any

import asyncpg
import msgspec
import pytest

from shared import heard_order
from shared import rebuild as rebuild_room
from shared import work as work_room
from shared.envelope import read_route
from shared.errors import Stopped
from shared.shadow import Shadow
from shared.store import Store
from tests.kernel.house import STREAM, House
from tests.kernel.test_poison import failing


async def test_a_command_while_the_log_is_read_is_kept_where_it_was_decided(house: House) -> None:
    await house.charge(1)
    await house.settle()

    async def meanwhile() -> None:
        await house.reduce(50)
        await house.charge(2)
        await house.settle()
        await house.reduce(51)

    await house.swapped(meanwhile)
    assert await house.told() == "c1 r1 d50 c2 r2 d51"


async def test_two_services_of_one_database_are_rebuilt_side_by_side(house: House) -> None:
    await house.charge(1)
    await house.settle()

    async def meanwhile() -> None:
        await house.alpha.rebuild().swap()

    await house.swapped(meanwhile)
    assert (await house.alpha.compare()).differences == []


async def test_what_was_decided_before_anything_was_heard_is_folded_once(house: House) -> None:
    await house.reduce(50)

    async def meanwhile() -> None:
        await house.reduce(51)

    # Nothing was passed: the second reading starts at 0 like the first.
    await house.gamma.rebuild().swap()
    await house.charge(1)
    await house.settle()
    await house.swapped(meanwhile)
    assert await house.told() == "d50 c1 r1 d51"


async def test_what_a_day_wakes_while_the_log_is_read_is_kept(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work_room, "DAY_CHUNK", 1)
    await house.alpha.capture(1, "another account")
    await house.charge(1)
    await house.settle()
    await house.open_day(6)
    store, times = house.gamma.engine.store, iter([False, True])

    async def lost_after_one(*args: Any) -> Any:
        if next(times):
            raise ConnectionResetError
        return await Store.due(store, *args)

    monkeypatch.setattr(store, "due", lost_after_one)
    with pytest.raises(ConnectionResetError):
        await house.gamma.engine.poll(house.gamma.log.records[0])
        await house.gamma.engine.finish_days([0])
    monkeypatch.undo()
    assert (await house.gamma.progress()).day_work is not None

    async def meanwhile() -> None:
        await house.gamma.engine.finish_days([0])
        await house.charge(2)
        await house.settle()

    await house.swapped(meanwhile)
    assert await house.gamma.value("select count(*) from story where told like '% d6%'") == 2
    assert await house.told() == "c1 r1 d6 c2 r2"


async def test_what_is_driven_again_while_the_log_is_read_stands_at_its_place(house: House) -> None:
    healthy = house.gamma.engine.service
    account = healthy.deciders["account"]
    sick = replace(account, decide=failing(account.decide))
    house.gamma.engine.service = replace(healthy, deciders={"account": sick})
    await house.charge(7)
    await house.settle()
    await house.charge(8)
    await house.settle()
    house.gamma.engine.service = healthy
    (row,) = await house.gamma.parking.listed()

    async def meanwhile() -> None:
        assert await house.gamma.parking.redrive(0, row["offset"], "tester") == 2
        await house.reduce(50)

    await house.swapped(meanwhile)
    assert await house.told() == "c7 r7 c8 r8 d50"


async def test_states_that_another_version_kept_are_told_of_and_a_rebuild_makes_them_again(
    house: House,
) -> None:
    await house.charge(1)
    await house.settle()
    was = await house.told()
    store, pool = house.gamma.engine.store, house.gamma.engine.pool
    async with pool.acquire() as connection:
        await connection.execute("update state set body = $1", msgspec.msgpack.encode("of old"))
        with pytest.raises(Stopped, match="`claimlog rebuild gamma`"):
            await store.states(connection, [STREAM])
    await house.gamma.rebuild().swap()
    assert await house.told() == was


async def test_a_log_that_shows_less_than_was_heard_rebuilds_nothing(house: House) -> None:
    await house.charge(1)
    await house.charge(2)
    await house.settle()
    rewound = await house.gamma.progress()
    rewound.next_offset = 1
    await house.gamma.put(rewound)
    with pytest.raises(Stopped, match="does not show all that was heard"):
        await house.gamma.rebuild().swap()
    assert await house.told() == "c1 r1 c2 r2"


async def test_a_swap_that_takes_too_long_gives_the_partition_back_and_leaves_its_tables(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.charge(1)
    await house.settle()
    swap = Shadow.swap

    async def slow(self: Shadow, connection: Any, partition: int) -> None:
        await swap(self, connection, partition)
        await connection.execute("select pg_sleep(60)")

    monkeypatch.setattr(Shadow, "swap", slow)
    rebuild = house.gamma.rebuild()
    rebuild.swap_seconds = 0.5
    swapping = asyncio.create_task(rebuild.swap())
    await house.reduce(50)
    with pytest.raises(Stopped, match=r"partition 0 would be locked for more than 0\.5 seconds"):
        await swapping
    monkeypatch.undo()
    await house.reduce(51)
    await house.swapped(None)
    assert await house.told() == "c1 r1 d50 d51"


async def _eventful(house: House) -> str:
    await house.charge(1)
    await house.settle()
    await house.reduce(50)
    await house.charge(2)
    await house.settle()
    await house.reduce(51)
    await house.settle()
    return await house.told()


async def _fill_anew(house: House) -> None:
    """All that alpha said, then all that gamma said."""
    log = house.gamma.log
    records, log.records[0] = log.records[0], []
    for record in sorted(records, key=lambda r: read_route(r.headers).producer):
        log.put(record.key, record.value, record.headers)
    row = await house.gamma.progress()
    row.refilled = True
    await house.gamma.put(row)


async def test_a_log_filled_anew_in_another_order_is_folded_in_the_order_in_which_it_was_heard(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heard_order, "BATCH", 2)  # As many batches as a long log has.
    monkeypatch.setattr(rebuild_room, "CHUNK", 2)
    monkeypatch.setattr(rebuild_room, "REST", 2)
    was = await _eventful(house)
    assert was == "c1 r1 d50 c2 r2 d51"
    await _fill_anew(house)

    async def meanwhile() -> None:
        await house.charge(3)
        await house.settle()
        await house.reduce(52)

    await house.swapped(meanwhile)
    assert await house.told() == f"{was} c3 r3 d52"


async def test_a_log_filled_anew_without_the_order_in_which_it_was_heard_is_no_ground_for_other_tables(
    house: House,
) -> None:
    was = await _eventful(house)
    await house.gamma.engine.pool.execute("delete from heard where first = 0")
    await _fill_anew(house)
    with pytest.raises(Stopped, match="the order in which it was heard before was not kept"):
        await house.gamma.rebuild().swap()
    assert await house.told() == was


async def test_a_rebuild_keeps_the_order_that_an_older_version_did_not_keep(house: House) -> None:
    was = await _eventful(house)
    await house.gamma.engine.pool.execute("delete from heard where first = 0")
    await house.gamma.rebuild().swap()
    await house.charge(3)
    await house.settle()
    await _fill_anew(house)
    await house.swapped(None)
    assert await house.told() == f"{was} c3 r3"


async def test_a_log_that_is_lost_while_it_is_read_is_read_once_more(house: House) -> None:
    was = await _eventful(house)

    async def meanwhile() -> None:
        await _fill_anew(house)

    await house.swapped(meanwhile)
    assert await house.told() == was


async def test_a_rebuild_waits_a_moment_for_one_that_is_just_gone(house: House) -> None:
    await house.charge(1)
    await house.settle()
    pool = house.gamma.engine.pool
    async with pool.acquire() as dying, asyncio.TaskGroup() as tasks:
        await dying.fetchval(rebuild_room.ALONE, rebuild_room.LOCK)
        second = tasks.create_task(house.gamma.rebuild().compare())
        await asyncio.sleep(0.3)
        assert not second.done()
        await dying.execute(rebuild_room.NOT_ALONE, rebuild_room.LOCK)
    assert second.result().differences == []


async def test_of_two_rebuilds_of_a_service_one_is_refused(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuild_room, "ALONE_SECONDS", 0.2)
    async with house.gamma.rebuild().alone():
        with pytest.raises(Stopped, match="another rebuild of this service is running"):
            await house.gamma.rebuild().compare()


async def test_tables_that_a_rebuild_made_are_not_dropped_under_it(house: House) -> None:
    await house.charge(1)
    await house.settle()
    rebuild = house.gamma.rebuild()
    pool = house.gamma.engine.pool
    async with rebuild.alone(), pool.acquire() as own, pool.acquire() as another:
        async with own.transaction():
            await rebuild.beside.hold(own)
            await another.execute("set lock_timeout = '100ms'")
            with pytest.raises(asyncpg.LockNotAvailableError):
                await rebuild.beside.drop(another)
        await rebuild.beside.drop(another)
        with pytest.raises(Stopped, match="another rebuild of this service began"):
            async with own.transaction():
                await rebuild.beside.hold(own)
        await another.execute("reset lock_timeout")
