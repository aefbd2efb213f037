"""The same record again and again, and a group that begins at 0."""

import asyncio
import time
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException
from confluent_kafka import TopicPartition as Place
from confluent_kafka.admin import AdminClient

from deploy.provision import SERVICES
from shared import progress as progress_row
from shared.envelope import read_route
from shared.errors import Malformed
from simulator.chance import Chance
from tests.faults.lab import Lab, Stranger
from tests.faults.rows import row

MOST_COPIES = 4
COPY_SECONDS = 25.0
BRIEF_COPY_SECONDS = 6.0
RESET_SECONDS = 60.0


@row(
    11,
    "again",
    "a reader that counts a record twice, or trusts the broker's offset more than its own; money posted twice",
)
async def again(lab: Lab, chance: Chance) -> str:
    """Every record stands in the log one to five times, out of order; groups, and our own offsets, go back to 0."""
    copies = await lab.under_load(_copied_and_reset(lab, chance))
    return f"{copies} copies of records; groups and offsets of 2 services went back to 0"


async def _copied_and_reset(lab: Lab, chance: Chance) -> int:
    copying = asyncio.create_task(_copy(lab, chance))
    first = chance.pick(SERVICES, "group")
    second = chance.pick([s for s in SERVICES if s != first], "offsets")
    await lab.pauses(chance, "reset", most_seconds=4.0)
    await _group_to_zero(lab, first)
    await _offsets_to_zero(lab, second)
    return await copying


async def _copy(lab: Lab, chance: Chance) -> int:
    """Whatever is new in the log, up to four times more, late and shuffled."""
    topic = lab.stack.settings.topic
    consumer = AIOKafkaConsumer(
        bootstrap_servers=lab.stack.bootstrap, enable_auto_commit=False, auto_offset_reset="none"
    )
    await consumer.start()
    places = [TopicPartition(topic, p) for p in range(lab.stack.settings.partitions)]
    consumer.assign(places)
    for place, end in (await consumer.end_offsets(places)).items():
        consumer.seek(place, max(end - 200, 0))  # Some that everybody passed long ago.
    seen: set[tuple[str, int, int]] = set()
    copies = 0
    ends_at = time.monotonic() + (BRIEF_COPY_SECONDS if lab.brief else COPY_SECONDS)
    try:
        while time.monotonic() < ends_at:
            found = await consumer.getmany(timeout_ms=300, max_records=400)
            fresh = [r for records in found.values() for r in records if _is_new(r, seen)]
            said: list[tuple[int, Stranger]] = []
            for record in fresh:
                place_of = (record.partition, record.offset)
                for n in range(chance.below(MOST_COPIES + 1, "copies", *place_of)):
                    turn = chance.below(1 << 30, "turn", *place_of, n)
                    headers = list(record.headers)
                    said.append((turn, (record.partition, record.key, record.value, headers)))
            said.sort(key=lambda one: one[0])
            await lab.put([one for _, one in said])
            copies += len(said)
    finally:
        await consumer.stop()
    return copies


def _is_new(record: Any, seen: set[tuple[str, int, int]]) -> bool:
    """Whether it was never seen: a copy of a copy would have no end."""
    try:
        route = read_route(record.headers)
    except Malformed:
        return False
    known = (route.producer, record.partition, route.position)
    if known in seen:
        return False
    seen.add(known)
    return True


async def _group_to_zero(lab: Lab, service: str) -> None:
    """What an operator may do to a consumer group that nobody is in."""
    await asyncio.to_thread(lab.services.end, f"{service}-0")
    topic = lab.stack.settings.topic
    places = [Place(topic, p, 0) for p in range(lab.stack.settings.partitions)]
    wanted = [ConsumerGroupTopicPartitions(f"{topic}.{service}", places)]
    admin = AdminClient({"bootstrap.servers": lab.stack.bootstrap})

    async def reset() -> bool:
        (asked,) = admin.alter_consumer_group_offsets(wanted).values()
        try:
            await asyncio.to_thread(asked.result)
        except KafkaException:
            return False  # A static member is in it until its session is over.
        return True

    await lab.until(reset, f"the group of {service} is empty", RESET_SECONDS)
    lab.stack.again(service)
    await lab.ready(f"{service}-0")


async def _offsets_to_zero(lab: Lab, service: str) -> None:
    """The service hears the whole log again, as it does when the log was cut: positions tell the repeats."""
    await asyncio.to_thread(lab.services.end, f"{service}-0")
    connection: Any = await asyncpg.connect(lab.stack.dsn_of(service))
    try:
        async with connection.transaction():
            rows = await connection.fetch("select partition, body from progress for update")
            for partition, body in rows:
                one = progress_row.decode(body)
                one.next_offset = one.passed_at = 0
                await connection.execute(
                    "update progress set next_offset = 0, body = $2 where partition = $1",
                    partition,
                    progress_row.encode(one),
                )
    finally:
        await connection.close()
    lab.stack.again(service)
    await lab.ready(f"{service}-0")
