"""A service's tables made again by several processes: the same events, the same rows, whoever of them ends."""

import multiprocessing
from dataclasses import asdict
from typing import Any

import asyncpg
import psutil
import pytest

from deploy.maintenance import rebuild
from deploy.rebuilders import Rebuilders
from deploy.stack import Stack
from shared.errors import Stopped

PARTS = ("posting", "adjudication_tracking", "reporting")


async def _by(stack: Stack, workers: int, **how: Any) -> dict[str, Any]:
    if workers == 1:
        return {name: asdict(await rebuild(stack, name, swap=False, **how)) for name in PARTS}
    with Rebuilders(stack.settings, workers) as others:
        return {
            name: asdict(await rebuild(stack, name, swap=False, others=others, **how))
            for name in PARTS
        }


async def test_one_two_and_eight_workers_replay_the_same_events_into_the_live_rows(
    lived: Stack,
) -> None:
    by_one = await _by(lived, 1)
    assert all(made["events"] > 0 and made["differences"] == [] for made in by_one.values())
    assert await _by(lived, 2) == by_one
    assert await _by(lived, 8) == by_one


async def test_several_workers_put_tables_in_place_and_tell_how_far_they_are(lived: Stack) -> None:
    told: list[tuple[int, int]] = []
    with Rebuilders(lived.settings, 2) as others:
        made = await rebuild(
            lived, "posting", swap=True, others=others, told=lambda *so_far: told.append(so_far)
        )
    assert made.partitions == lived.settings.partitions
    assert told == sorted(told)
    assert told[-1][1] == made.events
    assert (await _by(lived, 1))["posting"]["differences"] == []


async def test_several_workers_name_the_row_that_differs(lived: Stack) -> None:
    connection: Any = await asyncpg.connect(lived.pg_dsn)
    one = "select account, partition from posting.account_balance order by account limit 1"
    changed = "update posting.account_balance set open_cents = open_cents + $2 where account = $1"
    try:
        account, partition = await connection.fetchrow(one)
        await connection.execute(changed, account, 1)
        found = (await _by(lived, 2))["posting"]["differences"]
        await connection.execute(changed, account, -1)
    finally:
        await connection.close()
    assert [(d["partition"], d["table"], d["first"]) for d in found] == [
        (partition, "account_balance", account)
    ]


async def test_a_worker_that_ends_by_itself_is_told_and_the_next_rebuild_is_whole(
    lived: Stack,
) -> None:
    killed: list[int] = []

    def kill(_made: int, _events: int) -> None:
        if not killed:
            worker = multiprocessing.active_children()[-1]
            killed.append(worker.pid or 0)
            worker.kill()

    with (
        pytest.raises(Stopped, match="ended by itself"),
        Rebuilders(lived.settings, 2) as others,
    ):
        await rebuild(lived, "reporting", swap=False, others=others, told=kill)
    assert killed
    assert not psutil.pid_exists(killed[0])
    assert all(made["differences"] == [] for made in (await _by(lived, 2)).values())
