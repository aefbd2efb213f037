"""A restored database, a topic made anew, a database that died: nothing is lost, nothing is decided twice."""

import asyncio
from contextlib import closing

import asyncpg

from shared import admin
from tests.kernel.cluster import Cluster, until


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


async def _make_anew(cluster: Cluster) -> None:
    with closing(admin.connect(cluster.bootstrap)) as client:
        client.delete_topics([cluster.topic])

    async def made() -> bool:
        return bool(await asyncio.to_thread(admin.provision, cluster.bootstrap, cluster.topic, 12, 1))

    await until(made, "a new topic of the same name")


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


async def test_a_topic_made_anew_is_filled_from_the_outboxes(cluster: Cluster) -> None:
    alpha, _ = await cluster.alpha(), await cluster.beta()
    await alpha.capture(range(150))
    await cluster.answered(150)
    await cluster.heard_back()
    before = await cluster.accepted()
    await cluster.stop()
    await _make_anew(cluster)
    alpha, _ = await cluster.alpha(), await cluster.beta()
    await alpha.capture(range(700, 760))
    await cluster.answered(210)
    await cluster.heard_back()
    after = await cluster.accepted()
    assert sum(after.values()) == sum(before.values()) + 120
    for member in cluster.members:
        assert (await member.compare()).differences == []


async def test_a_topic_made_anew_stops_who_runs_and_the_next_start_fills_it(
    cluster: Cluster,
) -> None:
    alpha = await cluster.alpha()
    running = cluster.process("beta")
    await alpha.capture(range(120))
    await cluster.answered(120)
    await cluster.heard_back()
    await cluster.members.pop().stop()
    await _make_anew(cluster)

    async def stopped() -> bool:
        return running.poll() is not None

    await until(stopped, "beta stops")
    assert running.returncode == 1
    alpha, beta = await cluster.alpha(), await cluster.beta()
    await alpha.capture(range(120, 150))
    await cluster.answered(150)
    await cluster.heard_back()
    for member in (alpha, beta):
        assert (await member.compare()).differences == []
