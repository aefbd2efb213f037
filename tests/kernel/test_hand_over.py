"""A file that was asked for leaves exactly once, wherever the process dies or freezes."""

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from shared.errors import Malformed
from shared.hand_over import hand_over_schema, handing, hold_all, rows_for
from shared.pool import open_pool
from shared.service import Answer, At, Event, HandOver, Outside
from shared.tables import KERNEL
from tests.kernel.cluster import LIMIT_SECONDS
from tests.kernel.handing_toy import FACTS, NOTHING, PARTITION, TOY, FactDoors, asked, worker

POINTS = ["built", "ready", "staged", "renamed", "handed"]


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Any]:
    made = await open_pool(database)
    await made.execute(KERNEL + hand_over_schema() + FACTS)
    yield made
    await made.close()


async def ask(pool: Any, *events: tuple[Event, At], hold_until: int = 0) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await rows_for(TOY)(connection, events, {PARTITION: hold_until})


def start(database: str, folder: Path, failpoint: str = "") -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.kernel.handing_toy", database, str(folder)],
        env={**os.environ, "CLAIMLOG_FAILPOINT": failpoint},
    )


def finish(process: "subprocess.Popen[bytes]") -> int:
    try:
        return process.wait(timeout=LIMIT_SECONDS)
    finally:
        process.kill()


def files(folder: Path) -> dict[str, bytes]:
    """What lies in the outbound folder, by name."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.parent.name != "ready"
    }


def take_away(folder: Path) -> dict[str, bytes]:
    """What a clearinghouse does."""
    taken = files(folder)
    for name in taken:
        (folder / name).unlink()
    return taken


async def facts(pool: Any) -> dict[str, str]:
    return {row[0]: row[1].decode() for row in await pool.fetch("select * from facts")}


def fact(data: bytes) -> str:
    return f"{hashlib.sha256(data).hexdigest()} {len(data)}"


async def test_a_file_that_is_asked_for_leaves_and_is_stated(pool: Any, tmp_path: Path) -> None:
    await ask(pool, asked(1))
    assert await worker(pool, tmp_path).sweep() == 1
    (data,) = files(tmp_path).values()
    assert await facts(pool) == {"handed/event-1": fact(data)}
    assert await worker(pool, tmp_path).sweep() == 0
    assert list((tmp_path / "ready").iterdir()) == []


async def test_a_file_of_which_nothing_is_left_neither_leaves_nor_is_stated_nor_holds_the_next(
    pool: Any, tmp_path: Path
) -> None:
    await ask(pool, asked(1, content=NOTHING), asked(2))
    handing = worker(pool, tmp_path)
    assert [await handing.sweep(), await handing.sweep()] == [0, 1]
    assert set(files(tmp_path)) == {"CH/000000002.270"}
    assert set(await facts(pool)) == {"handed/event-2"}
    assert await handing.sweep() == 0


async def test_an_event_heard_twice_asks_for_one_file(pool: Any, tmp_path: Path) -> None:
    await ask(pool, asked(1))
    await worker(pool, tmp_path).sweep()
    await ask(pool, asked(1), asked(2))
    taken = take_away(tmp_path)
    await worker(pool, tmp_path).sweep()
    assert set(taken) == {"CH/000000001.270"} and set(files(tmp_path)) == {"CH/000000002.270"}


async def test_files_of_partitions_of_others_are_left_to_them(pool: Any, tmp_path: Path) -> None:
    event, at = asked(1)
    await ask(pool, (event, structs.replace(at, partition=4)))
    assert await worker(pool, tmp_path).sweep() == 0 and files(tmp_path) == {}


@pytest.mark.parametrize("taken_away", [False, True], ids=["left there", "taken away"])
@pytest.mark.parametrize("point", POINTS)
async def test_a_death_while_handing_over_neither_doubles_nor_loses_a_file(
    pool: Any, database: str, tmp_path: Path, point: str, taken_away: bool
) -> None:
    await ask(pool, asked(1), asked(2), asked(3, lane=2))
    process = start(database, tmp_path, f"handover.{point}:2")
    assert finish(process) == -signal.SIGKILL
    first = take_away(tmp_path) if taken_away else {}
    assert finish(start(database, tmp_path)) == 0
    second = files(tmp_path)
    assert not first.keys() & second.keys()
    everything = {**first, **second}
    assert len(everything) == 3
    stated = await facts(pool)
    assert sorted(stated.values()) == sorted(map(fact, everything.values())) and len(stated) == 3
    assert list((tmp_path / "ready").iterdir()) == []


@pytest.mark.parametrize("point", POINTS)
async def test_a_process_that_froze_and_wakes_after_a_takeover_changes_nothing(
    pool: Any, database: str, tmp_path: Path, point: str
) -> None:
    await ask(pool, asked(1), asked(2))
    frozen = start(database, tmp_path, f"handover.{point}:1:stop")
    while os.waitpid(frozen.pid, os.WUNTRACED | os.WNOHANG) == (0, 0):
        await asyncio.sleep(0.02)
    assert finish(start(database, tmp_path)) == 0
    taken = take_away(tmp_path)
    frozen.send_signal(signal.SIGCONT)
    assert finish(frozen) == 0
    assert len(taken) == 2 and files(tmp_path) == {}
    assert sorted((await facts(pool)).values()) == sorted(map(fact, taken.values()))
    assert list((tmp_path / "ready").iterdir()) == []


async def test_two_processes_that_both_believe_they_own_it_hand_each_file_over_once(
    pool: Any, database: str, tmp_path: Path
) -> None:
    await ask(pool, *(asked(n, lane=n % 5) for n in range(1, 31)))
    processes = [start(database, tmp_path) for _ in range(2)]
    seen: dict[str, bytes] = {}
    while any(process.poll() is None for process in processes):
        taken = take_away(tmp_path)
        assert not taken.keys() & seen.keys()
        seen.update(taken)
        await asyncio.sleep(0.02)
    taken = take_away(tmp_path)
    assert not taken.keys() & seen.keys() and len({**seen, **taken}) == 30
    assert [finish(process) for process in processes] == [0, 0]


async def test_the_same_file_under_the_same_name_is_fine(pool: Any, tmp_path: Path) -> None:
    await ask(pool, asked(1))
    await worker(pool, tmp_path).sweep()
    await pool.execute("delete from hand_over")
    await ask(pool, asked(1))
    assert await worker(pool, tmp_path).sweep() == 1 and len(files(tmp_path)) == 1


async def test_another_file_under_the_same_name_stops_that_queue_only(
    pool: Any, tmp_path: Path
) -> None:
    (tmp_path / "CH").mkdir()
    (tmp_path / "CH" / "000000001.270").write_bytes(b"something else")
    await ask(pool, asked(1), asked(2), asked(3, lane=2))
    handing = worker(pool, tmp_path)
    assert await handing.sweep() == 1 and await handing.sweep() == 0
    assert files(tmp_path)["CH/000000001.270"] == b"something else"
    assert set(files(tmp_path)) == {"CH/000000001.270", "CH/000000003.270"}
    (held,) = await handing.held()
    assert held["event_id"] == "event-1" and "already called" in held["reason"]
    (tmp_path / "CH" / "000000001.270").unlink()
    await handing.release("event-1")
    assert await handing.sweep() == 1 and await handing.sweep() == 1
    assert len(files(tmp_path)) == 3


async def test_a_second_event_with_the_name_of_an_earlier_file_waits_for_a_person(
    pool: Any, tmp_path: Path
) -> None:
    event, at = asked(1)
    await ask(pool, (event, at))
    await worker(pool, tmp_path).sweep()
    take_away(tmp_path)
    await ask(pool, (event, structs.replace(at, event_id="event-99")))
    assert await worker(pool, tmp_path).sweep() == 0
    assert [row["event_id"] for row in await worker(pool, tmp_path).held()] == ["event-99"]


async def test_after_a_restore_unmarked_files_wait_for_a_person(pool: Any, tmp_path: Path) -> None:
    await ask(pool, asked(1), asked(2, lane=2))
    async with pool.acquire() as connection:
        assert await hold_all(connection, TOY) == 2
    await ask(pool, asked(3, lane=3), hold_until=4)
    handing = worker(pool, tmp_path)
    assert await handing.sweep() == 0 and len(await handing.held()) == 3
    await handing.release("event-1")
    await handing.had_left("event-2")
    await handing.sweep()
    assert set(files(tmp_path)) == {"CH/000000001.270"}
    assert set(await facts(pool)) == {"handed/event-1", "handed/event-2"}
    assert [row["event_id"] for row in await handing.held()] == ["event-3"]


async def test_a_fact_that_must_wait_is_stated_later_and_no_second_file_leaves(
    pool: Any, tmp_path: Path
) -> None:
    await ask(pool, asked(1))
    busy = FactDoors(pool, [Answer(409, "outbound/CH/1", code="stream_parked")])
    assert await worker(pool, tmp_path, busy).sweep() == 0
    assert len(take_away(tmp_path)) == 1
    assert await worker(pool, tmp_path).sweep() == 1
    assert files(tmp_path) == {} and len(await facts(pool)) == 1


async def test_a_fact_that_is_refused_waits_for_a_person(pool: Any, tmp_path: Path) -> None:
    await ask(pool, asked(1))
    refusing = FactDoors(pool, [Answer(409, "outbound/CH/1", code="refused")])
    handing = worker(pool, tmp_path, refusing)
    assert await handing.sweep() == 0
    assert "refused" in (await handing.held())[0]["reason"]


async def test_a_file_that_cannot_be_built_holds_back_its_own_queue_only(
    pool: Any, tmp_path: Path
) -> None:
    async def refuse(event: Event, at: At, outside: Outside) -> bytes:
        if event.lane == 1:
            raise Malformed("a sealed field does not open")
        return b"ISA~"

    one = replace(TOY.hand_overs[0], build=refuse)
    await ask(pool, asked(1), asked(2), asked(3, lane=2))
    handing = worker(pool, tmp_path, service=replace(TOY, hand_overs=(one,)))
    assert await handing.sweep() == 1 and await handing.sweep() == 0
    assert [row["event_id"] for row in await handing.held()] == ["event-1"]


@pytest.mark.parametrize("name", ["../outside.270", "/tmp/outside.270", "ready/inside.270"])
async def test_a_name_outside_the_outbound_folder_is_never_written(
    pool: Any, tmp_path: Path, name: str
) -> None:
    stray = HandOver(TOY.hand_overs[0].wire, lambda event: name, *_rest(TOY.hand_overs[0]))
    service = replace(TOY, hand_overs=(stray,))
    async with pool.acquire() as connection:
        await rows_for(service)(connection, [asked(1)], {})
    handing = worker(pool, tmp_path / "out", service=service)
    assert await handing.sweep() == 0 and len(await handing.held()) == 1
    assert not (tmp_path / "outside.270").exists()


def _rest(one: HandOver) -> tuple[Any, Any]:
    return one.build, one.handed


@pytest.mark.parametrize("blocked", ["CH", "ready"])
async def test_a_folder_that_takes_nothing_holds_its_files_alone_and_they_are_told(
    pool: Any, tmp_path: Path, blocked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, float] = {}
    monkeypatch.setattr(handing, "measure", told.update)
    one = replace(
        TOY.hand_overs[0],
        file_name=lambda event: f"{'CH' if event.lane == 1 else 'MAC'}/{event.isa13}.270",
    )
    service = replace(TOY, hand_overs=(one,))
    async with pool.acquire() as connection:
        await rows_for(service)(connection, [asked(1), asked(2, lane=2)], {})
    (tmp_path / blocked).write_text("no folder")
    made = worker(pool, tmp_path, service=service)
    left = 1 if blocked == "CH" else 0
    assert await made.sweep() == left
    assert (told["files_waiting"], told["files_held"]) == (2 - left, 0)
    (tmp_path / blocked).unlink()
    made._not_before.clear()
    assert await made.sweep() == 2 - left
    assert told["files_waiting"] == 0 and len(await facts(pool)) == 2
