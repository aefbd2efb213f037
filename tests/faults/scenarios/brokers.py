"""Brokers that die and come back: the only one, the leader of a partition, and most of three."""

import asyncio
import signal

import psutil
from confluent_kafka import Consumer, TopicPartition

from simulator.chance import Chance
from tests.faults.brokers import NODES, ClusterStack, make_cluster
from tests.faults.lab import Lab
from tests.faults.rows import row
from tests.faults.watch import supervised

FROZEN_SECONDS = 2.0
"""Followers that do not fetch, and are still taken to be in sync."""
SILENT_SECONDS = 8.0
HANDED_MEANWHILE = 5


@row(
    4,
    "broker",
    "a record lost, doubled or reordered when the broker goes in the midst of a publication; "
    "a producer or consumer that does not find it again; a door that needs the broker to answer",
)
async def broker(lab: Lab, chance: Chance) -> str:
    """The only broker is killed and comes back, some times, for moments or for long."""
    deaths = 1 if lab.brief else 4
    async with supervised(lab) as watch:
        down = await lab.under_load(_broker(lab, chance, deaths))
    await lab.ready()
    return f"{deaths} deaths, {down:.0f} s without a broker; {watch}"


async def _broker(lab: Lab, chance: Chance, deaths: int) -> float:
    loop = asyncio.get_running_loop()
    down = 0.0
    for n in range(deaths):
        await lab.pauses(chance, "up", n, most_seconds=5.0)
        await asyncio.to_thread(lab.stack.kafka.kill)
        gone_at = loop.time()
        await lab.pauses(chance, "down", n, most_seconds=chance.pick((1.0, 15.0), "long", n))
        await asyncio.to_thread(lab.stack.kafka.start)
        down += loop.time() - gone_at
    return down


@row(
    5,
    "leader",
    "a record that was taken as published when only the leader had it; a producer that does not follow to the new leader",
    make_stack=make_cluster,
)
async def leader(lab: Lab, chance: Chance) -> str:
    """Followers freeze for a moment, the leader of a partition is killed, they go on without it; it comes back."""
    deaths = 1 if lab.brief else 3
    async with supervised(lab) as watch:
        moved = await lab.under_load(_leader(lab, chance, deaths))
    return f"{deaths} leaders killed, {moved} partitions led by others; {watch}"


async def _leader(lab: Lab, chance: Chance, deaths: int) -> int:
    moved = 0
    for n in range(deaths):
        await lab.pauses(chance, "up", n, most_seconds=4.0)
        partition = chance.below(lab.stack.settings.partitions, "partition", n)
        moved += await kill_leader(lab, partition, frozen_seconds=FROZEN_SECONDS)
    return moved


async def kill_leader(lab: Lab, partition: int, frozen_seconds: float) -> int:
    """Kill who leads it while nobody else hears; how many partitions have another leader then."""
    brokers, topic = _cluster(lab).brokers, lab.stack.settings.topic
    before = await led_by(lab)
    victim = before[partition]
    others = [n for n in NODES if n != victim]
    _send(lab, others, signal.SIGSTOP)
    await asyncio.sleep(frozen_seconds)
    brokers.end_node(victim)
    _send(lab, others, signal.SIGCONT)

    async def led() -> bool:
        now = await asyncio.to_thread(brokers.leaders, topic)
        return bool(now) and victim not in now.values() and None not in now.values()

    await lab.until(led, "every partition has a leader that is alive")
    await asyncio.to_thread(brokers.start_nodes, [victim])
    return sum(node == victim for node in before.values())


async def led_by(lab: Lab) -> dict[int, int]:
    """The leader of every partition, once each has one."""
    found: dict[int, int] = {}

    async def known() -> bool:
        told = await asyncio.to_thread(_cluster(lab).brokers.leaders, lab.stack.settings.topic)
        found.update({p: node for p, node in told.items() if node is not None})
        return len(found) == lab.stack.settings.partitions

    await lab.until(known, "every partition has a leader")
    return found


@row(
    5,
    "majority",
    "a write that goes on with one broker of three and is lost with it; work that is lost while nothing can be published",
    make_stack=make_cluster,
)
async def majority(lab: Lab, chance: Chance) -> str:
    """Two of three are killed: nothing is published, doors go on as long as they can; both come back."""
    async with supervised(lab) as watch:
        waiting = await lab.under_load(_majority(lab, chance))
    return f"{waiting} records were said and waited; {watch}"


async def _majority(lab: Lab, chance: Chance) -> int:
    brokers = _cluster(lab).brokers
    left = chance.pick(NODES, "left")
    gone = [n for n in NODES if n != left]
    led = await led_by(lab)
    mine = [p for p, node in led.items() if node == left]
    await lab.pauses(chance, "up", most_seconds=4.0)
    for n in gone:
        brokers.end_node(n)
    await asyncio.sleep(1.0)  # What was in sync already is passed on.
    said, before = await _said(lab), await asyncio.to_thread(_ends, lab, mine)
    handed = await _meanwhile(lab)
    await asyncio.sleep(SILENT_SECONDS)
    waiting = await _said(lab) - said
    assert waiting >= handed, f"{handed} encounters were taken and {waiting} records written down"
    after = await asyncio.to_thread(_ends, lab, mine)
    assert after == before, f"published with one of three brokers: {before} became {after}"
    await asyncio.to_thread(brokers.start_nodes, gone)
    return waiting


async def _meanwhile(lab: Lab) -> int:
    """Encounters that the door takes while nothing can be published; how many."""
    first = 2_000_000 * (1 + lab.days_done)
    day = lab.world.feed.day(lab.days[lab.days_done], range(first, first + HANDED_MEANWHILE))
    key = f"majority/{lab.days_done}"
    await lab.doors.post_all("registration", "/encounters", key, "encounters", day.encounters)
    return len(day.encounters)


async def _said(lab: Lab) -> int:
    found = await lab.fetch("select count(*) from registration.outbox")
    return int(found[0][0])


def _ends(lab: Lab, partitions: list[int]) -> dict[int, int]:
    """Ends as a reader sees them: what too few brokers have is not shown."""
    asking = Consumer(
        {"bootstrap.servers": lab.stack.bootstrap, "group.id": "laboratory", "log_level": 0}
    )
    try:
        topic = lab.stack.settings.topic
        return {
            p: asking.get_watermark_offsets(TopicPartition(topic, p), timeout=10)[1]
            for p in partitions
        }
    finally:
        asking.close()


def _cluster(lab: Lab) -> ClusterStack:
    assert isinstance(lab.stack, ClusterStack)
    return lab.stack


def _send(lab: Lab, nodes: list[int], sign: int) -> None:
    for n in nodes:
        facts = lab.services.home.read_run(f"kafka-{n}")
        if facts is not None:
            psutil.Process(facts["pid"]).send_signal(sign)
