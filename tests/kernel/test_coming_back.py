"""A restored database, a topic made anew, a database that died: nothing is lost, nothing is decided twice."""

import asyncio
from contextlib import closing

import asyncpg
import pytest

from deploy.embedded.kafka import EmbeddedKafka
from shared import admin
from shared.parking import Parking
from shared.service import Order
from tests.kernel.cluster import SCOPE, Cluster, Member, until
from tests.kernel.test_poison import GOOD, PARTITION, SICK, STREAM, give_sick_rule, inject
from tests.kernel.toys import Capture


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


async def _make_anew(cluster: Cluster, partitions: int = 12) -> None:
    with closing(admin.connect(cluster.bootstrap)) as client:
        client.delete_topics([cluster.topic])

    async def made() -> bool:
        made = await asyncio.to_thread(
            admin.provision, cluster.bootstrap, cluster.topic, partitions, 1
        )
        return cluster.topic in made

    await until(made, "a new topic of the same name")


async def _refilling(member: Member) -> bool:
    async with member.pool.acquire() as connection:
        rows = await member.engine.store.progress(connection)
    return any(row.refill for row in rows.values())


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
    await alpha.captured(range(500, 560))
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


async def _parked(beta: Member, count: int) -> None:
    async def there() -> bool:
        return len(await Parking(beta.engine).listed()) == count

    await until(there, f"{count} parked records")


async def test_what_was_parked_keeps_its_place_in_a_topic_made_anew(cluster: Cluster) -> None:
    alpha, beta = await cluster.alpha(), await cluster.beta()
    give_sick_rule(beta)
    order = Order(STREAM, Capture(SICK, 7), "seven", b"", SCOPE, "tester")
    await alpha.engine.handle([order])
    await _parked(beta, 1)
    assert (await Parking(beta.engine).listed())[0]["offset"] == 0
    await cluster.heard_back()
    await cluster.stop()
    await _make_anew(cluster)
    await inject(cluster, b"{broken", [("r", GOOD)])

    alpha, beta = await cluster.alpha(), await cluster.beta()
    await alpha.capture(range(1, 60))
    await _parked(beta, 2)
    await cluster.heard_back()
    assert (await beta.compare()).differences == []
    old, new = sorted(row["offset"] for row in await Parking(beta.engine).listed())
    assert old < 0 == new
    assert await Parking(beta.engine).discard(PARTITION, new, "poison", "tester") == 0
    assert await Parking(beta.engine).redrive(PARTITION, old, "tester") == 1
    await cluster.answered(60)
    await cluster.heard_back()
    assert (await beta.compare()).differences == []


@pytest.mark.parametrize("first_alone", [False, True], ids=["together", "one fills it first"])
async def test_a_log_that_lost_its_tail_is_filled_again(
    cluster: Cluster, kafka: EmbeddedKafka, first_alone: bool
) -> None:
    alpha, _ = await cluster.alpha(), await cluster.beta()
    await alpha.capture(range(240))
    await cluster.answered(240)
    await cluster.heard_back()
    before = await cluster.accepted()
    await cluster.stop()
    kafka.kill()
    for segment in (kafka.folder / "data").glob(f"{cluster.topic}-*/*.log"):
        with segment.open("r+b") as file:
            file.truncate(segment.stat().st_size * 2 // 3)
    await asyncio.to_thread(kafka.start)
    assert (await cluster.accepted()).total() < before.total()

    alpha = await cluster.alpha()
    if first_alone:  # It makes the log longer than the other one ever knew it.

        async def filled() -> bool:
            return not await _refilling(alpha)

        await until(filled, "all that alpha said in the log again")
    beta = await cluster.beta()
    await alpha.capture(range(300, 360))
    await cluster.answered(300)
    await cluster.heard_back()
    assert (await cluster.accepted()).total() == before.total() + 120
    for member in (alpha, beta):
        assert (await member.compare()).differences == []


async def test_a_topic_with_another_number_of_partitions_is_refused_at_the_start(
    cluster: Cluster, kafka: EmbeddedKafka
) -> None:
    alpha = await cluster.alpha()
    await alpha.capture(range(10))
    await cluster.heard_back()
    await cluster.stop()
    await _make_anew(cluster, partitions=6)
    refused = cluster.process("alpha")
    assert await asyncio.to_thread(refused.wait, 60) == 1
    told = (cluster.home / "alpha-0.log").read_text()
    assert "does not start: Stopped: the topic has 6 partitions and alpha knows it with 12" in told
    assert await cluster.fetchval("alpha", "select count(*) from progress") == 12
