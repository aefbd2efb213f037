"""A process says what it can do now: its broker and its database are asked when somebody asks it."""

import asyncio
from typing import Any

import asyncpg
import httpx

from deploy.embedded.kafka import EmbeddedKafka
from deploy.stack import Stack
from tests.kernel.cluster import LIMIT_SECONDS, Cluster, schema_dsn, until
from tests.kernel.test_deaths import _up


async def _asked(url: str) -> dict[str, Any]:
    async with httpx.AsyncClient(timeout=LIMIT_SECONDS) as client:
        assert (await client.get(f"{url}/livez")).status_code == 200
        answer = await client.get(f"{url}/readyz")
    said: dict[str, Any] = answer.json()
    assert answer.status_code == (200 if said["ok"] else 503)
    return said


async def _says(url: str, **checks: bool) -> None:
    async def so() -> bool:
        said = await _asked(url)
        return all(said[name]["ok"] == ok for name, ok in checks.items())

    await until(so, f"ready says {checks}")


async def test_ready_is_what_broker_and_database_answer_now_and_alive_is_not(
    cluster: Cluster, kafka: EmbeddedKafka, stack: Stack
) -> None:
    cluster.process("alpha")
    url = await _up(cluster)
    await _says(url, broker=True, database=True, lag=True)
    kafka.kill()
    assert not (await _asked(url))["broker"]["ok"]
    await asyncio.to_thread(kafka.start)
    await _says(url, broker=True, database=True, lag=True)
    stack.postgres.kill()
    assert not (await _asked(url))["database"]["ok"]
    await asyncio.to_thread(stack.postgres.start)
    await _says(url, broker=True, database=True, lag=True)


async def test_who_is_too_far_behind_is_not_ready(cluster: Cluster) -> None:
    alpha = await cluster.alpha()
    cluster.process("beta", lag_bound="10")
    url = await _up(cluster)
    await _says(url, lag=True)
    holder = await asyncpg.connect(schema_dsn(cluster.dsn, "beta"))
    async with holder.transaction():
        await holder.fetch("select from progress for update")
        await alpha.capture(range(60))
        await _says(url, broker=True, database=True, lag=False)
    await holder.close()
    await _says(url, lag=True)
