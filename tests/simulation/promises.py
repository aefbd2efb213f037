"""Promises of the store and of the kernel on it, kept by PostgreSQL and by the double in memory alike.

The suites of both import these tests with a `house` (alpha and gamma on one partition) and `idle(connection)`, which
lets the limit for idle transactions pass.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from shared import engine as kernel
from shared import envelope as wire
from shared import work
from shared.again import Found, Parked
from shared.commands import LOST
from shared.engine import Engine
from shared.errors import Refused, Stopped
from shared.records import OutboxRow, ParkedRow
from tests.kernel.fed import Fed
from tests.kernel.house import STREAM, House

Idle = Callable[[Any], Awaitable[None]]
NOW = datetime(2026, 1, 5, tzinfo=UTC)


class Undone(Exception):
    """Something fails in the middle."""


def _row(position: int, seq: int) -> OutboxRow:
    name = "coding.charges_captured.v1"
    return OutboxRow(0, seq, 0, position, "s", name, True, "", "id", b"h", b"v", NOW)


async def _raise_version(fed: Fed, connection: Any) -> int:
    row = (await fed.engine.store.lock(connection, [0]))[0]
    row.version += 1
    await fed.engine.store.write_progress(connection, [row])
    return row.version


class StorePromises:
    """What transactions are to the kernel."""

    async def test_what_is_rolled_back_never_was(self, house: House) -> None:
        with pytest.raises(Undone):
            async with house.alpha.engine.pool.acquire() as one, one.transaction():
                await _raise_version(house.alpha, one)
                await house.alpha.engine.store.write_outbox(one, [_row(1, 1)])
                raise Undone
        assert (await house.alpha.progress()).version == 0
        async with house.alpha.engine.pool.acquire() as one, one.transaction():
            await house.alpha.engine.store.write_outbox(one, [_row(1, 1)])

    async def test_nobody_sees_what_is_not_committed(self, house: House) -> None:
        async with house.alpha.engine.pool.acquire() as one, one.transaction():
            await _raise_version(house.alpha, one)
            assert (await house.alpha.progress()).version == 0
            assert (await house.alpha.engine.store.progress(one))[0].version == 1
        assert (await house.alpha.progress()).version == 1

    async def test_a_locked_partition_is_waited_for_and_then_read_as_it_is(
        self, house: House
    ) -> None:
        pool, told = house.alpha.engine.pool, list[str]()

        async def second() -> int:
            async with pool.acquire() as two, two.transaction():
                version = await _raise_version(house.alpha, two)
                told.append("second")
                return version

        async with pool.acquire() as one, one.transaction():
            await _raise_version(house.alpha, one)
            waiting = asyncio.create_task(second())
            for _ in range(20):
                await asyncio.sleep(0.005)
            told.append("first")
        assert await waiting == 2
        assert told == ["first", "second"]

    async def test_a_savepoint_takes_back_only_its_own(self, house: House) -> None:
        store = house.alpha.engine.store
        async with house.alpha.engine.pool.acquire() as one, one.transaction():
            await _raise_version(house.alpha, one)
            with pytest.raises(Undone):
                async with one.transaction():
                    await _raise_version(house.alpha, one)
                    raise Undone
            assert (await store.progress(one))[0].version == 1
        assert (await house.alpha.progress()).version == 1

    @pytest.mark.parametrize("second", [_row(1, 2), _row(2, 1)], ids=["position", "number"])
    async def test_a_place_in_the_outbox_is_given_once(
        self, house: House, second: OutboxRow
    ) -> None:
        store = house.alpha.engine.store
        async with house.alpha.engine.pool.acquire() as one:
            async with one.transaction():
                await store.write_outbox(one, [_row(1, 1)])
            with pytest.raises(asyncpg.UniqueViolationError):
                async with one.transaction():
                    await store.write_outbox(one, [second])

    async def test_what_a_restore_found_is_known_by_its_cause_and_by_its_id(
        self, house: House
    ) -> None:
        store, said = house.alpha.engine.store, [_row(1, 1), _row(2, 2)]
        causes = ["x/0:1", "x/0:2"]
        columns = ["event_id", "target", "partition", "seq", "cause"]
        async with house.alpha.engine.pool.acquire() as one, one.transaction():
            rows = [r._replace(event_id=c, cause=c) for r, c in zip(said, causes, strict=True)]
            await store.write_outbox(one, rows)
            kept = [(r.event_id, r.target, r.partition, r.seq, r.cause) for r in rows]
            await one.copy_records_to_table("recovered", records=kept, columns=columns)
            found, streams = await store.found(one, 0, causes[1:])
            assert found == {(0, causes[1]): [Found(causes[1], 0, True, b"v")]}
            assert streams == {"s"}
            known = await store.recovered(one, [*reversed(causes), "another"])
            assert known == [(rows[0].wire, causes[0]), (rows[1].wire, causes[1])]

    async def test_what_became_of_a_parked_record_is_known_by_its_offset(
        self, house: House
    ) -> None:
        store = house.alpha.engine.store
        parked = ParkedRow(0, 7, "s", "x/0", 1, "w", "discarded", "r", "why", b"k", b"h", b"v", NOW)
        async with house.alpha.engine.pool.acquire() as one, one.transaction():
            await store.write_parked(one, [parked])
            became = await store.parked_before(one, 0, [6, 7])
        assert became == {(0, 7): Parked("discarded", "r", "why")}

    async def test_a_snapshot_is_of_one_moment(self, house: House) -> None:
        pool, store = house.alpha.engine.pool, house.alpha.engine.store
        async with pool.acquire() as one, one.transaction(isolation="repeatable_read"):
            before = (await store.progress(one))[0].version
            async with pool.acquire() as two, two.transaction():
                await _raise_version(house.alpha, two)
            assert (await store.progress(one))[0].version == before

    async def test_a_session_that_idled_too_long_commits_nothing_and_holds_nothing(
        self, house: House, idle: Idle
    ) -> None:
        pool = house.alpha.engine.pool
        with pytest.raises(LOST):
            async with pool.acquire() as one, one.transaction():
                await _raise_version(house.alpha, one)
                await idle(one)
        async with pool.acquire() as two, two.transaction():
            assert await _raise_version(house.alpha, two) == 1


class KernelPromises:
    """The kernel's own, where they lean on the store."""

    async def test_a_key_gives_its_first_answer_again(self, house: House) -> None:
        first = await house.alpha.capture(0, "key", 7)
        second = await house.alpha.capture(0, "key", 7)
        assert (second.said, second.again) == (first.said, True)
        await house.settle()
        assert (await house.gamma.state(0)).order == ("c7", "r7")

    async def test_a_batch_that_fails_before_its_commit_leaves_nothing(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await house.charge(1)
        fails(monkeypatch, "batch.before_commit")
        with pytest.raises(Undone):
            await house.gamma.hear()
        assert (await house.gamma.progress()).next_offset == 0
        await house.settle()
        assert (await house.gamma.state(0)).order == ("c1", "r1")
        assert (await house.gamma.compare()).differences == []

    async def test_a_batch_that_fails_after_its_commit_stands(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await house.charge(1)
        fails(monkeypatch, "batch.after_commit")
        with pytest.raises(Undone):
            await house.gamma.hear()
        row = await house.gamma.progress()
        assert (row.next_offset, row.sent) == (1, {0: 1})
        assert len(house.gamma.log.records[0]) == 1
        assert (await house.gamma.state(0)).order == ("c1", "r1")

    async def test_two_instances_that_hear_the_same_count_it_once(self, house: House) -> None:
        for cents in range(1, 6):
            await house.charge(cents)
        one = house.gamma.engine
        two = Engine(one.service, one.pool, one.store, one.partitions, one.publish)
        records = list(house.gamma.log.records[0])
        await asyncio.gather(one.poll(records), two.poll(records))
        await house.settle()
        assert (await house.gamma.progress()).sent == {0: 5}
        assert (await house.gamma.state(0)).order == tuple(
            f"{kind}{cents}" for cents in range(1, 6) for kind in "cr"
        )
        assert (await house.gamma.compare()).differences == []

    async def test_what_stands_behind_a_hole_waits_until_it_is_filled(self, house: House) -> None:
        kept: list[OutboxRow] = []
        house.alpha.log.lost = lambda row: row.position == 1 and not kept and not kept.append(row)
        await house.charge(1)
        await house.charge(2)
        await house.settle()
        with pytest.raises(KeyError):
            await house.gamma.state(0)
        house.alpha.log.publish(kept)
        await house.settle()
        assert (await house.gamma.state(0)).order == ("c1", "r1")

    async def test_a_stream_waits_behind_its_parked_record_and_goes_on_in_order(
        self, house: House
    ) -> None:
        log = house.gamma.log
        header = b"coding.charges_captured.v1|stranger/0|1|0"
        offset = log.put(STREAM.encode(), b"{broken", [(wire.ROUTING, header)])
        await house.charge(1)
        await house.charge(2)
        await house.settle()
        with pytest.raises(Refused):
            await house.gamma.parking.redrive(0, offset, "person")
        assert await house.gamma.parking.discard(0, offset, "a stranger's", "person") == 2
        await house.settle()
        assert (await house.gamma.state(0)).order == ("c1", "r1", "c2", "r2")
        assert (await house.gamma.compare()).differences == []

    async def test_a_day_wakes_whoever_waits_for_it_once(self, house: House) -> None:
        await house.charge(1)
        await house.settle()
        await house.open_day(6)
        await house.settle()
        assert (await house.gamma.state(0)).order == ("c1", "r1", "d6")
        assert (await house.gamma.compare()).differences == []

    async def test_tables_are_swapped_while_others_write(self, house: House) -> None:
        for cents in range(1, 4):
            await house.charge(cents)
        await house.settle()

        async def meanwhile() -> None:
            await house.reduce(50)
            await house.charge(9)
            await house.settle()

        await house.swapped(meanwhile)
        assert (await house.gamma.state(0)).order[-3:] == ("d50", "c9", "r9")

    async def test_a_swap_in_the_midst_of_a_day_wakes_nobody_twice(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(work, "DAY_CHUNK", 1)
        await house.alpha.capture(0, "one", 1)
        await house.alpha.capture(1, "two", 2)
        await house.settle()
        await house.open_day(6)
        fails(monkeypatch, "day.chunk", passing=1)
        with pytest.raises(Undone):
            await house.settle()
        assert (await house.gamma.progress()).day_work is not None
        await house.gamma.rebuild().swap()
        await house.gamma.engine.finish_days([0])
        await house.settle()
        told = [*(await house.gamma.state(0)).order, *(await house.gamma.state(1)).order]
        assert told.count("d6") == 2

    @pytest.mark.parametrize("swap", [True, False])
    async def test_a_rebuild_whose_tables_are_another_rebuilds_by_now_puts_nothing_in_place(
        self, house: House, swap: bool
    ) -> None:
        await house.charge(1)
        await house.settle()
        first, second = house.gamma.rebuild(), house.gamma.rebuild()
        async with first.alone(), house.gamma.engine.pool.acquire() as connection:
            # The connection that kept it alone is lost, its process goes on.
            await second.beside.make(connection)
            with pytest.raises(Stopped, match="another rebuild of this service began"):
                await first.make([0], swap=swap)
        assert (await house.gamma.state(0)).order == ("c1", "r1")


def fails(patch: pytest.MonkeyPatch, name: str, passing: int = 0) -> None:
    """The kernel fails once at this point, after it passed it so often."""
    left = [name] * (passing + 1)

    def point(passed: str) -> None:
        if passed in left:
            left.remove(passed)
            if not left:
                raise Undone(passed)

    patch.setattr(kernel, "failpoint", point)
