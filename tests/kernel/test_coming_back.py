"""A restored database, a topic made anew, a database that died: nothing is lost, nothing is decided twice."""

import asyncio

import asyncpg

from deploy.embedded.kafka import EmbeddedKafka
from shared import admin
from tests.kernel.cluster import Cluster


async def _copy(server: str, source: str, target: str) -> None:
    connection = await asyncpg.connect(server)
    await connection.execute(f'drop database if exists "{target}" with (force)')
    await connection.execute(f'create database "{target}" template "{source}"')
    await connection.close()


async def _replace(server: str, source: str, target: str) -> None:
    connection = await asyncpg.connect(server)
    await connection.execute(f'drop database "{target}" with (force)')
    await connection.execute(f'alter database "{source}" rename to "{target}"')
    await connection.close()


async def test_a_database_restored_from_an_older_backup_comes_up_to_the_log(
    cluster: Cluster, server: str
) -> None:
    name = cluster.dsn.rpartition("/")[2]
    alpha, _ = await cluster.alpha(), await cluster.beta()
    await alpha.capture(range(100))
    await cluster.answered(100)
    await cluster.heard_back()
    await cluster.stop()
    await _copy(server, name, f"{name}_backup")
    alpha, _ = await cluster.alpha(), await cluster.beta()
    await alpha.capture(range(100, 220))
    await cluster.answered(220)
    await cluster.heard_back()
    await cluster.stop()
    before = await cluster.accepted()
    await _replace(server, f"{name}_backup", name)

    alpha, beta = await cluster.alpha(), await cluster.beta()
    assert alpha.recovered == 120
    assert beta.recovered == 120
    await cluster.answered(220)
    await alpha.capture(range(500, 560))
    await cluster.answered(280)
    await cluster.heard_back()
    after = await cluster.accepted()
    assert sum(after.values()) == sum(before.values()) + 120
    for member in cluster.members:
        assert (await member.compare()).differences == []


async def test_a_topic_made_anew_is_filled_from_the_outboxes(
    cluster: Cluster, kafka: EmbeddedKafka
) -> None:
    alpha, _ = await cluster.alpha(), await cluster.beta()
    await alpha.capture(range(150))
    await cluster.answered(150)
    await cluster.heard_back()
    before = await cluster.accepted()
    await cluster.stop()
    with_admin = admin.connect(kafka.bootstrap)
    with_admin.delete_topics([cluster.topic])
    with_admin.close()
    for _ in range(100):
        await asyncio.sleep(0.1)
        if admin.provision(kafka.bootstrap, cluster.topic, 12, 1):
            break
    alpha, _ = await cluster.alpha(), await cluster.beta()
    await alpha.capture(range(700, 760))
    await cluster.answered(210)
    await cluster.heard_back()
    after = await cluster.accepted()
    assert sum(after.values()) == sum(before.values()) + 120
    for member in cluster.members:
        assert (await member.compare()).differences == []
