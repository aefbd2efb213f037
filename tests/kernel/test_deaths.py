"""Killed at a door, while parking, in a day's work, in a rebuild, while keys are made: the next start goes on."""

import asyncio
import signal
import subprocess
from datetime import date
from typing import Any

import asyncpg
import httpx
import pytest

from shared.failpoints import REGISTRY
from shared.keyring import open_ring, read_kek
from tests.kernel.cluster import ACCOUNTS, LIMIT_SECONDS, Cluster, until
from tests.kernel.test_erasing import ERASING
from tests.kernel.test_hand_over import POINTS
from tests.kernel.test_poison import GOOD, inject
from tests.kernel.test_promises import KILLED_AT

AT_A_DOOR = ("command.before_commit", "command.after_commit")
PARKING = ("park.before_commit", "park.after_commit")
REBUILDING = ("rebuild.before_swap", "rebuild.after_swap")
MAKING_KEYS = ("keyring.before_commit", "keyring.after_commit")


def test_a_process_is_killed_at_every_failpoint_there_is() -> None:
    handing = {f"handover.{point}" for point in POINTS}
    alone = {*AT_A_DOOR, *PARKING, *REBUILDING, *MAKING_KEYS, "day.chunk", ERASING}
    assert {*KILLED_AT, *handing, *alone} == set(REGISTRY)


async def _dies(victim: "subprocess.Popen[bytes]", where: str) -> None:
    async def gone() -> bool:
        return victim.poll() is not None

    await until(gone, f"dies at {where}")
    assert victim.returncode == -signal.SIGKILL


async def _up(cluster: Cluster) -> str:
    url = cluster.url
    async with httpx.AsyncClient() as client:

        async def answers() -> bool:
            try:
                return (await client.get(f"{url}/livez")).status_code == 200
            except httpx.TransportError:
                return False

        await until(answers, "the doors are open")
    return url


async def _leave(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    await asyncio.to_thread(process.wait, LIMIT_SECONDS)


async def _capture(url: str) -> Any:
    async with httpx.AsyncClient(timeout=LIMIT_SECONDS) as client:
        answer = await client.post(
            f"{url}/captures/{ACCOUNTS[0]}/5", headers={"Idempotency-Key": "one-and-only"}
        )
    return answer.json()


@pytest.mark.parametrize("failpoint", AT_A_DOOR)
async def test_killed_at_a_door_the_same_key_again_gives_one_event(
    cluster: Cluster, failpoint: str
) -> None:
    await cluster.beta()
    victim = cluster.process("alpha", failpoint=failpoint)
    with pytest.raises(httpx.TransportError):
        await _capture(await _up(cluster))
    await _dies(victim, failpoint)
    cluster.process("alpha")
    answer = await _capture(await _up(cluster))
    assert answer["status"] == 200
    assert answer["again"] == (failpoint == "command.after_commit")
    await cluster.answered(1)
    await cluster.heard_back()


@pytest.mark.parametrize("failpoint", PARKING)
async def test_killed_while_parking_the_record_is_parked_once(
    cluster: Cluster, failpoint: str
) -> None:
    alpha = await cluster.alpha()
    victim = cluster.process("beta", failpoint=failpoint)
    await alpha.capture(range(60))
    await cluster.answered(60)
    await inject(cluster, b"{broken", [("r", GOOD)])
    await _dies(victim, failpoint)
    again = cluster.process("beta")
    url = await _up(cluster)
    async with httpx.AsyncClient(timeout=LIMIT_SECONDS) as client:

        async def parked() -> bool:
            return len((await client.get(f"{url}/parked")).json()) == 1

        await until(parked, "one parked record")
        (row,) = (await client.get(f"{url}/parked")).json()
        at = f"{url}/parked/{row['partition']}/{row['offset']}"
        assert (await client.post(f"{at}/redrive")).status_code == 409
        discarded = await client.post(f"{at}/discard", json={"reason": "poison"})
        assert discarded.json() == {"applied": 0}
    await cluster.heard_back()
    await _leave(again)
    assert await cluster.fetchval("beta", "select count(*) from parked") == 1
    assert (await (await cluster.beta()).compare()).differences == []


async def test_killed_in_a_days_work_the_day_is_finished_by_the_next(cluster: Cluster) -> None:
    alpha = await cluster.alpha()
    victim = cluster.process("beta", failpoint="day.chunk")
    await alpha.capture(range(60))
    await cluster.answered(60)
    await alpha.open_day(date(2026, 1, 6))
    await _dies(victim, "day.chunk")
    again = cluster.process("beta")

    async def woken() -> bool:
        late = await cluster.fetchval(
            "beta", "select count(*) from due where due_on <= date '2026-01-06'"
        )
        return bool(late == 0)

    await until(woken, "every timer of the day")
    assert await cluster.fetchval("beta", "select count(*) from due") == 60
    await cluster.heard_back()
    await _leave(again)
    assert (await (await cluster.beta()).compare()).differences == []


@pytest.mark.parametrize("failpoint", REBUILDING)
async def test_killed_in_a_rebuild_the_live_tables_are_whole(
    cluster: Cluster, failpoint: str
) -> None:
    alpha, beta = await cluster.alpha(), await cluster.beta()
    await alpha.capture(range(120))
    await cluster.answered(120)
    await cluster.heard_back()
    await _dies(cluster.process("beta", failpoint=f"{failpoint}:5", job="rebuild"), failpoint)
    await cluster.answered(120)
    await alpha.capture(range(120, 180))
    again = cluster.process("beta", job="rebuild")
    assert await asyncio.to_thread(again.wait, LIMIT_SECONDS) == 0
    await cluster.answered(180)
    await cluster.heard_back()
    assert (await beta.compare()).differences == []


@pytest.mark.parametrize("failpoint", MAKING_KEYS)
async def test_killed_while_keys_are_made_each_person_has_one(
    cluster: Cluster, failpoint: str
) -> None:
    await _dies(cluster.process("beta", failpoint=failpoint, job="keys"), failpoint)
    ring = await open_ring(cluster.dsn, read_kek(cluster.home / "kek"))
    made = await ring.keys_for(["one", "two", "three"])
    await ring.close()
    connection = await asyncpg.connect(cluster.dsn)
    kept = await connection.fetchval("select count(*) from keyring.data_keys")
    await connection.close()
    assert len(made) == kept == 3
